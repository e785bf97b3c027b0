import { type DestinationStream, type Logger, type LoggerOptions, pino } from "pino";
import { redacted, type Scrub, secretProperties } from "./redaction.ts";

export interface LogOptions {
  level: string;
  scrub: Scrub;
  /** Where the lines go; standard error unless told (standard output is for data). */
  to?: DestinationStream;
  /** Told of each line or property in which something was masked. */
  onMasked?: () => void;
  /** Fields that each line carries, such as the trace's ids. */
  mixin?: NonNullable<LoggerOptions["mixin"]>;
}

/**
 * JSON log lines without secrets: named properties are redacted, and the finished line is scrubbed once more, so that neither an error's
 * message nor a nested object lets one through. JSON escapes line breaks: no client can write a line of its own.
 */
export function redactingLog({ level, scrub, to, mixin, onMasked = () => undefined }: LogOptions): Logger {
  const out = to ?? pino.destination({ fd: 2, sync: false });
  const scrubbed: DestinationStream = {
    write(line) {
      const clean = scrub(line);
      if (clean !== line) onMasked();
      out.write(clean);
    },
  };
  const censor = (): string => {
    onMasked();
    return redacted;
  };
  return pino(
    {
      level,
      redact: { paths: [...secretProperties], censor },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      ...(mixin ? { mixin } : {}),
    },
    scrubbed,
  );
}
