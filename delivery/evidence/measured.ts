// What a file says once it is understood.
import type { JWK } from "jose";
import { z } from "zod";
import { repeatedKey } from "./repeated-key.ts";

/** A measured value in the unit of its measure, and of how many samples it is. */
export interface MeasuredValue {
  value: number;
  samples?: number;
}

/** What a file tells. A measure that is absent is one that it says nothing of. */
export interface Measured {
  /** The load profile it is of, as PLATFORM/PROFILE. */
  subject?: string;
  /** Until when was measured, if the file says so; ISO 8601. */
  at?: string;
  /** The same of the newest part, where the file is of several and `at` is of the oldest. */
  latest?: string;
  values: Readonly<Record<string, MeasuredValue>>;
}

/** For whom a file is read. */
export interface ReadFor {
  /** When it is decided. */
  at: Date;
  environment: string;
  release?: string | undefined;
  /** Public keys of those who may approve: `kid` is the person. */
  approvers: readonly JWK[];
}

/** Reads the text of a file. Throws an UnreadableError where it cannot be relied on. */
export type Read = (text: string, context: ReadFor) => Measured | Promise<Measured>;

/** A file that is no evidence: damaged, of another form, or at odds with itself. The message goes on after "no value: ". */
export class UnreadableError extends Error {
  override readonly name = "UnreadableError";
}

/** A number of things. */
export const count = z.int().min(0);
/** A length of time in seconds. */
export const seconds = z.number().min(0);
/** ISO 8601 with a time zone. */
export const moment = z.iso.datetime({ offset: true });

/** JSON of a schema; unknown keys are left out. Throws an UnreadableError that names the first place that is wrong. */
export function fromJson<T>(text: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UnreadableError(text.trim() === "" ? "the file is empty" : "the file is no whole JSON");
  }
  const repeated = repeatedKey(text);
  if (repeated !== undefined)
    throw new UnreadableError(`the file says "${repeated.slice(0, 40)}" twice in one object`);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.length ? `${issue.path.join(".")}: ` : "";
  throw new UnreadableError(`the file is of another form (${place}${issue?.message ?? "unknown"})`);
}

/** A share of counted things; undefined where there is nothing that it could be a share of. */
export function share(part: number, whole: number): MeasuredValue | undefined {
  if (part > whole) throw new UnreadableError(`the file says ${part} of ${whole}`);
  return whole === 0 ? undefined : { value: part / whole, samples: whole };
}

/** Values without those that are not known. */
export function known(values: Record<string, MeasuredValue | undefined>): Measured["values"] {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, MeasuredValue] => entry[1] !== undefined),
  );
}

/** Counts as values. */
export function counted(counts: Record<string, number>): Measured["values"] {
  return Object.fromEntries(Object.entries(counts).map(([name, value]) => [name, { value }]));
}
