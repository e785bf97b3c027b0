import { context, trace } from "@opentelemetry/api";
import { type DestinationStream, type Logger, pino } from "pino";

interface LogOptions {
  level: string;
  service: string;
  /** Takes what is secret out of an object before it is written. */
  redact: (fields: Record<string, unknown>) => Record<string, unknown>;
  destination?: DestinationStream;
}

/** JSON lines on standard error (standard output is for data), each with the ids of the span that it was written in. */
export function createLog({ level, service, redact, destination }: LogOptions): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: "message",
      formatters: { level: (label) => ({ level: label }), log: redact },
      mixin() {
        const span = trace.getSpan(context.active())?.spanContext();
        return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
      },
    },
    destination ?? pino.destination({ dest: 2, sync: false }),
  );
}
