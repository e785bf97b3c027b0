import type { ReadableSpan, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace-node";
import type { Instruments, Reading } from "./instruments.ts";
import { byLabel, plain } from "./readings.ts";

/** Spans that wait to be sent at most; one that ends while so many wait is dropped. OpenTelemetry's own default. */
export const queuedSpans = 2_048;

/** Counts what becomes of spans: started, dropped, handed on, sent. */
export interface SpanMetrics {
  /** Sees every span; where spans are not sent, they end with it. */
  processor: SpanProcessor;
  /** The exporter, with what it is given and what it says counted: before it stands a queue of `queuedSpans`. */
  counted(exporter: SpanExporter): SpanExporter;
  /** Has a service show them, as far as they are declared for it. */
  observe(on: Instruments): void;
}

interface Counts {
  started: number;
  waiting: number;
  dropped: number;
  handedOn: number;
  /** Whether an exporter takes them. */
  isSent: boolean;
}

type ExportErrors = Record<"" | "timeout" | "rejected" | "_OTHER", number>;

/** Nothing is counted until a tracer is given the processor. */
export function spanMetrics(): SpanMetrics {
  const count: Counts = { started: 0, waiting: 0, dropped: 0, handedOn: 0, isSent: false };
  const exported: ExportErrors = { "": 0, timeout: 0, rejected: 0, _OTHER: 0 };
  return {
    processor: {
      onStart: () => {
        count.started += 1;
      },
      onEnd() {
        if (!count.isSent) count.handedOn += 1;
        else if (count.waiting >= queuedSpans) count.dropped += 1;
        else count.waiting += 1;
      },
      forceFlush: async () => undefined,
      shutdown: async () => undefined,
    },
    counted(exporter) {
      count.isSent = true;
      return {
        export(spans: ReadableSpan[], done) {
          count.waiting -= spans.length;
          count.handedOn += spans.length;
          exporter.export(spans, (result) => {
            exported[result.code === 0 ? "" : errorOf(result.error)] += spans.length;
            done(result);
          });
        },
        ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
        shutdown: () => exporter.shutdown(),
      };
    },
    observe(on) {
      if (!on.has("otel_sdk_span_started_total")) return;
      on.observeTogether(async () => ({
        ...readingsOf(count),
        otel_sdk_exporter_span_exported_total: byLabel("error_type", exported),
      }));
    },
  };
}

function readingsOf({ started, handedOn, dropped, waiting, isSent }: Counts): Record<string, Reading[]> {
  const sampled = { RECORD_AND_SAMPLE: started, RECORD_ONLY: 0, DROP: 0 };
  const processed = { "": handedOn, queue_full: dropped, already_shutdown: 0, _OTHER: 0 };
  return {
    otel_sdk_span_started_total: byLabel("otel_span_sampling_result", sampled),
    otel_sdk_processor_span_processed_total: byLabel("error_type", processed),
    otel_sdk_processor_span_queue_size: plain(waiting),
    otel_sdk_processor_span_queue_capacity: plain(isSent ? queuedSpans : 0),
  };
}

/** Why spans did not arrive: nobody answered in time, or the collector would not have them. */
function errorOf(error: Error | undefined): keyof ExportErrors {
  if (/timeout|timed out/i.test(String(error?.message))) return "timeout";
  return error && "code" in error && typeof error.code === "number" ? "rejected" : "_OTHER";
}
