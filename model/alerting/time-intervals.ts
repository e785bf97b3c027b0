import type { TimeWindowSpec, Weekday } from "../../catalog/time-window.ts";
import type { TimeWindow } from "../model.ts";

/** Hours of some days as Alertmanager knows them: within one day, in the clock of a place. */
export interface TimeInterval {
  /** End may be "24:00". */
  times?: { start: string; end: string };
  weekdays?: Weekday[];
  date?: { year: number; month: number; day: number };
  timeZone: string;
}

/** A window cut at midnight, which no interval of Alertmanager reaches over: what is left belongs to the days after. */
export function timeIntervals({ timeZone, times }: TimeWindow): TimeInterval[] {
  return times.flatMap(({ weekdays, dates, from, to }) =>
    halves(from, to).flatMap(({ daysLater, ...hours }): TimeInterval[] => {
      const on = { ...hours, timeZone };
      if (dates) return dates.map((date) => ({ ...on, date: dateAfter(date, daysLater) }));
      return [{ ...on, ...(weekdays && { weekdays: weekdays.map((day) => weekdayAfter(day, daysLater)) }) }];
    }),
  );
}

function halves(
  from: string | undefined,
  to: string | undefined,
): { times?: { start: string; end: string }; daysLater: number }[] {
  if (from === undefined || to === undefined) return [{ daysLater: 0 }];
  if (from < to) return [{ times: { start: from, end: to }, daysLater: 0 }];
  const evening = { times: { start: from, end: "24:00" }, daysLater: 0 };
  if (to === "00:00") return [evening];
  return [evening, { times: { start: "00:00", end: to }, daysLater: 1 }];
}

const WEEK: Weekday[] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

function weekdayAfter(day: Weekday, days: number): Weekday {
  return WEEK[(WEEK.indexOf(day) + days) % WEEK.length] ?? day;
}

function dateAfter(date: string, days: number): { year: number; month: number; day: number } {
  const then = new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS);
  return { year: then.getUTCFullYear(), month: then.getUTCMonth() + 1, day: then.getUTCDate() };
}

/** Whether a window holds at a moment (milliseconds since 1970): by the clock on the wall of its time zone. */
export function windowHolds({ timeZone, times }: TimeWindowSpec, at: number): boolean {
  // Swedish dates are ISO 8601's.
  const wall = Date.parse(`${new Date(at).toLocaleString("sv-SE", { timeZone }).replace(" ", "T")}Z`);
  return times.some(({ weekdays, dates, from = "00:00", to = "24:00" }) =>
    // Hours that began yesterday may reach into today.
    [0, -1].some((daysBack) => {
      const midnight = Math.floor(wall / DAY_MS + daysBack) * DAY_MS;
      const date = new Date(midnight).toISOString().slice(0, 10);
      const weekday = WEEK[(new Date(midnight).getUTCDay() + 6) % WEEK.length];
      if (weekdays && !(weekday && weekdays.includes(weekday))) return false;
      if (dates && !dates.includes(date)) return false;
      const end = midnight + millisecondsOf(to) + (to <= from ? DAY_MS : 0);
      return wall >= midnight + millisecondsOf(from) && wall < end;
    }),
  );
}

const DAY_MS = 86_400_000;

function millisecondsOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  return (hours * 60 + minutes) * 60_000;
}
