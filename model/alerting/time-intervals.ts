import type { Weekday } from "../../catalog/time-window.ts";
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
  const then = new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000);
  return { year: then.getUTCFullYear(), month: then.getUTCMonth() + 1, day: then.getUTCDate() };
}
