import type { Worker } from "../domain/agent.ts";
import type { Scrub } from "./redaction.ts";

interface ScrubbedOptions {
  scrub: Scrub;
  /** Told of each output or error in which something was masked. */
  onMasked: () => void;
}

/** The worker, with secrets masked in what it puts out and in the words of its errors, before anything of it is stored or told (CC-12). */
export function scrubbedWorker(worker: Worker, { scrub, onMasked }: ScrubbedOptions): Worker {
  return async (assignment, signal) => {
    let masked = false;
    const clean = (text: string): string => {
      const scrubbed = scrub(text);
      masked ||= scrubbed !== text;
      return scrubbed;
    };
    try {
      const result = await worker(assignment, signal);
      return { ...result, output: scrubbedValue(result.output, clean) };
    } catch (error) {
      // The error itself stays: what may be tried again is told by its kind.
      if (error instanceof Error) error.message = clean(error.message);
      throw error;
    } finally {
      if (masked) onMasked();
    }
  };
}

/** A JSON value with secrets masked in its strings and keys. */
export function scrubbedValue(value: unknown, clean: Scrub): unknown {
  if (typeof value === "string") return clean(value);
  if (Array.isArray(value)) return value.map((one) => scrubbedValue(one, clean));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [clean(key), scrubbedValue(one, clean)]),
  );
}
