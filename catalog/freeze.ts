import { z } from "zod";
import { line } from "./text.ts";
import { timeZone } from "./time-window.ts";

/** A date and a time of day by some clock: `2026-12-20T00:00:00`. */
const localTime = z.iso
  .datetime({
    local: true,
    precision: 0,
    error: 'must be a local date and time, written like "2026-12-20T00:00:00"',
  })
  .refine((text) => !text.endsWith("Z"), {
    error: "must be without Z: timeZone says whose clock it is",
    abort: true,
  })
  .meta({ examples: ["2026-12-20T00:00:00"] });

// RFC 5545, section 3.3.6, without a sign; either weeks, or days and exact times.
const length = z
  .string()
  .regex(
    /^P(?:\d{1,2}W|(?=\d|T\d)(?:\d{1,3}D)?(?:T(?=\d)(?:\d{1,4}H)?(?:\d{1,4}M)?(?:\d{1,4}S)?)?)$/,
    'must be a DURATION of RFC 5545, such as "P14D" or "PT8H"',
  )
  .refine((text) => /[1-9]/.test(text), "must be more than 0")
  .meta({ examples: ["P14D"] });

// Parts of RFC 5545, section 3.3.10, that choose days: a freeze begins at its own time of day.
const PARTS = {
  FREQ: /^(YEARLY|MONTHLY|WEEKLY|DAILY)$/,
  INTERVAL: /^[1-9]\d?$/,
  COUNT: /^[1-9]\d{0,2}$/,
  UNTIL: /^\d{8}T\d{6}Z$/,
  BYMONTH: list("(?:0?[1-9]|1[0-2])"),
  BYWEEKNO: list("[+-]?(?:0?[1-9]|[1-4]\\d|5[0-3])"),
  BYYEARDAY: list("[+-]?(?:0{0,2}[1-9]|0?[1-9]\\d|[12]\\d\\d|3[0-5]\\d|36[0-6])"),
  BYMONTHDAY: list("[+-]?(?:0?[1-9]|[12]\\d|3[01])"),
  BYDAY: list("(?:[+-]?(?:[1-9]|[1-4]\\d|5[0-3]))?(?:MO|TU|WE|TH|FR|SA|SU)"),
  BYSETPOS: list("[+-]?(?:[1-9]\\d{0,1}|[12]\\d\\d|3[0-5]\\d|36[0-6])"),
  WKST: /^(MO|TU|WE|TH|FR|SA|SU)$/,
} as const;

const rule = z
  .string()
  .max(300, "must be at most 300 characters")
  .superRefine((text, context) => {
    const wrong = wrongIn(text);
    if (wrong !== undefined) context.addIssue({ code: "custom", message: wrong });
  })
  .meta({ examples: ["FREQ=YEARLY"] });

/** A span in which nothing is promoted: once, or by a recurrence rule of RFC 5545. */
export const freeze = z.strictObject({
  reason: line,
  /** DTSTART: the first time that it begins. */
  begins: localTime,
  timeZone,
  /** DURATION: days and weeks by the calendar, hours, minutes and seconds exactly. */
  lasts: length,
  /** RRULE, without its name. Absent: once. */
  repeats: rule.optional(),
  /** EXDATE: beginnings that are left out. */
  except: z.array(localTime).max(100).default([]),
});
export type FreezeSpec = z.output<typeof freeze>;

function list(item: string): RegExp {
  return new RegExp(`^${item}(?:,${item}){0,99}$`);
}

/** What is wrong with a rule by its form alone. */
function wrongIn(text: string): string | undefined {
  const parts = text.split(";").map((part) => part.split("="));
  const names = parts.map(([name = ""]) => name);
  for (const [name = "", value, ...more] of parts) {
    if (!Object.hasOwn(PARTS, name)) return `must be of ${Object.keys(PARTS).join(", ")}, not "${name}"`;
    if (more.length > 0 || !PARTS[name as keyof typeof PARTS].test(value ?? ""))
      return `must have a value of RFC 5545 for ${name}, not "${value ?? ""}"`;
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) return `must have ${twice} once`;
  if (!names.includes("FREQ")) return "must begin with FREQ=YEARLY, MONTHLY, WEEKLY or DAILY";
  return names.includes("COUNT") && names.includes("UNTIL")
    ? "must have COUNT or UNTIL, not both"
    : undefined;
}
