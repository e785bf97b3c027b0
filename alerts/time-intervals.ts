import { type TimeInterval, timeIntervals } from "../model/alerting/time-intervals.ts";
import type { Environment, Platform } from "../model/model.ts";
import { intervalNames } from "./routes.ts";

/** A window under the name that routes call it by. */
export interface NamedWindow {
  name: string;
  intervals: TimeInterval[];
}

/** The platform's mute times and the environment's maintenance windows. */
export function namedWindows(platform: Platform, environment: Environment): NamedWindow[] {
  const { muteTimes, maintenance } = intervalNames(platform, environment);
  const windows = [...platform.routing.muteTimes, ...environment.maintenance];
  return [...muteTimes, ...maintenance].flatMap((name, i) => {
    const window = windows[i];
    return window ? [{ name, intervals: timeIntervals(window) }] : [];
  });
}

/** As Alertmanager's configuration file writes it. */
export function intervalOfFile({ name, intervals }: NamedWindow): object {
  return {
    name,
    time_intervals: intervals.map(({ times, weekdays, date, timeZone }) => ({
      ...(times && { times: [{ start_time: times.start, end_time: times.end }] }),
      ...(weekdays && { weekdays }),
      ...(date && { days_of_month: [`${date.day}`], months: [`${date.month}`], years: [`${date.year}`] }),
      ...(timeZone !== "UTC" && { location: timeZone }),
    })),
  };
}

/** As an AlertmanagerConfig writes it. It has no field for a time zone: the model accepts none but UTC there. */
export function intervalOfResource({ name, intervals }: NamedWindow): object {
  return {
    name,
    timeIntervals: intervals.map(({ times, weekdays, date }) => ({
      ...(times && { times: [{ startTime: times.start, endTime: times.end }] }),
      ...(weekdays && { weekdays }),
      ...(date && {
        daysOfMonth: [{ start: date.day, end: date.day }],
        months: [`${date.month}`],
        years: [`${date.year}`],
      }),
    })),
  };
}
