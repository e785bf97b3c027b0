import { type DestinationStream, type Logger, type LoggerOptions, pino } from "pino";
import { redacted, type Scrub, secretProperties } from "./redaction.ts";

export interface LogOptions {
  level: string;
  scrub: Scrub;
  /** Where the lines go; standard error unless told (standard output is for data). */
  to?: DestinationStream;
  /** Fields that each line carries, such as the trace's ids. */
  mixin?: NonNullable<LoggerOptions["mixin"]>;
}

/**
 * JSON log lines without secrets: named properties are redacted, and the finished line is scrubbed once more, so that neither an error's
 * message nor a nested object lets one through. JSON escapes line breaks: no client can write a line of its own.
 */
export function redactingLog({ level, scrub, to, mixin }: LogOptions): Logger {
  const out = to ?? pino.destination({ fd: 2, sync: false });
  const scrubbed: DestinationStream = { write: (line) => out.write(scrub(line)) };
  return pino(
    {
      level,
      redact: { paths: [...secretProperties], censor: redacted },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      ...(mixin ? { mixin } : {}),
    },
    scrubbed,
  );
}
