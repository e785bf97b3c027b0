import { z } from "zod";

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

const from = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, written like "22:00"')
  .meta({ examples: ["22:00"] });
const to = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time of day up to "24:00", written like "06:00"')
  .meta({ examples: ["06:00"] });
const date = z.iso
  .date({ error: 'must be a date, written like "2026-12-24"' })
  .meta({ examples: ["2026-12-24"] });

/** Hours of some days. Hours that reach over midnight belong to the day they begin on; without hours the whole day is meant. */
const hours = z
  .strictObject({
    /** Default: every day. */
    weekdays: z.array(z.enum(WEEKDAYS)).min(1).optional(),
    /** Single days, instead of weekdays. */
    dates: z.array(date).min(1).optional(),
    from: from.optional(),
    to: to.optional(),
  })
  .refine(({ weekdays, dates }) => !weekdays || !dates, "must have weekdays or dates, not both")
  .refine(
    (one) => (one.from === undefined) === (one.to === undefined),
    "must have both from and to, or neither",
  )
  .refine((one) => one.from === undefined || one.from !== one.to, "must not end when it begins")
  .refine(
    (one) => Object.values(one).some((value) => value !== undefined),
    "must say on which days or at which hours",
  )
  .meta({ examples: [{ weekdays: ["sunday"] }] });

/** A clock, by its name in the tz database. */
export const timeZone = z
  .string()
  .regex(/^[A-Z][A-Za-z0-9_+-]*(\/[A-Z][A-Za-z0-9_+-]*){0,2}$/, "must be a time zone")
  .refine(isTimeZone, 'must be a time zone of the tz database, such as "Europe/Berlin"')
  .meta({ examples: ["UTC"] })
  .default("UTC");

/** A span that comes again, or that is planned once: nights, weekends, the evening of an upgrade. */
export const timeWindow = z.strictObject({
  /** Whose clock. */
  timeZone,
  times: z.array(hours).min(1),
});
export type TimeWindowSpec = z.output<typeof timeWindow>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).format(0) !== "";
  } catch {
    return false;
  }
}
