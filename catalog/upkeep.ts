import { z } from "zod";
import { reference } from "./reference.ts";
import { absolutePath } from "./text.ts";

const FIELDS = [
  { what: "minute", least: 0, most: 59 },
  { what: "hour", least: 0, most: 23 },
  { what: "day of the month", least: 1, most: 31 },
  { what: "month", least: 1, most: 12 },
  { what: "day of the week", least: 0, most: 6 },
] as const;

/** When something is done, in UTC, as Kubernetes reads it: minute, hour, day of the month, month, day of the week (0 is Sunday). */
export const schedule = z
  .string()
  .superRefine((text, { addIssue }) => {
    const fields = text.split(" ");
    const wrong =
      fields.length === FIELDS.length
        ? FIELDS.find((field, i) => !isField(fields[i] ?? "", field))?.what
        : "number of fields";
    if (wrong === undefined) return;
    addIssue({ code: "custom", message: `must be a schedule such as "0 2 * * *": wrong ${wrong}` });
  })
  .meta({ examples: ["0 2 * * *"] });

function isField(text: string, { least, most }: (typeof FIELDS)[number]): boolean {
  return text.split(",").every((part) => {
    const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (!match) return false;
    const [, from, to, step] = match;
    const numbers = [from, to].flatMap((one) => (one === undefined ? [] : [Number(one)]));
    const isInside = numbers.every((one) => one >= least && one <= most);
    return isInside && Number(from ?? 0) <= Number(to ?? most) && step !== "0" && step !== "00";
  });
}

/** Copies of a PostgreSQL's database, and the proof that they can be restored. */
export const backup = z.strictObject({
  schedule,
  /** How many of the newest copies stay; an older one goes only after a new one was read to its end. */
  keep: z.int().min(2).max(1000),
  /** The volume that copies are kept on; one that pods on several nodes may mount. */
  to: reference("volume"),
  /** When the newest copy is restored into a PostgreSQL of its own, and compared. */
  restoreTest: schedule,
});

/** When a PostgreSQL's tables are vacuumed and analysed, beside what it does by itself. */
export const vacuum = z.strictObject({ schedule });

/** Log files that a service writes on one of its volumes; what goes to standard output the node rotates. */
export const logRotation = z.strictObject({
  schedule,
  /** Below one of the service's mounts; its files are named `*.log`. */
  folder: absolutePath,
  /** How many closed files of each log stay. */
  keep: z.int().min(1).max(1000),
});
