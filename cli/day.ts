import { InvalidArgumentError } from "commander";
import { z } from "zod";

/** The day in UTC, as in "2026-11-21". */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** A day of the command line. Throws what commander tells as wrong usage. */
export function dayOf(text: string): string {
  const day = z.iso.date().safeParse(text);
  if (day.success) return day.data;
  throw new InvalidArgumentError("It must be a day, written like 2027-03-31.");
}
