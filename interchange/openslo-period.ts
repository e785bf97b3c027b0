import type { Findings } from "./foreign.ts";
import type { OpenSlo } from "./openslo-schema.ts";
import type { Read } from "./read-documents.ts";

const ROLLING: Record<string, string> = {
  "7d": "7d",
  "1w": "7d",
  "28d": "28d",
  "4w": "28d",
  "30d": "30d",
  "90d": "90d",
};
const CALENDAR: Record<string, string> = {
  "1M": "calendar-month",
  "1Q": "calendar-quarter",
  "3M": "calendar-quarter",
};

/** The catalog's period of an SLO's time window; nothing, and a finding, where the catalog has none such. */
export function periodOf({ value, at }: Read<OpenSlo>, findings: Findings): string | undefined {
  const [window] = value.spec.timeWindow;
  if (!window) return undefined;
  const { duration, isRolling, calendar } = window;
  const period = (isRolling ? ROLLING : CALENDAR)[duration];
  const place = at("spec", "timeWindow", 0, calendar && period ? "calendar" : "duration");
  if (period === undefined) {
    const known = isRolling
      ? `rolling windows are ${Object.keys(ROLLING).join(", ")}`
      : `calendar windows are ${Object.keys(CALENDAR).join(", ")}`;
    findings.add("interchange/period", place, {
      message: `there is no period like the ${isRolling ? "rolling" : "calendar"} window ${JSON.stringify(duration)}; ${known}`,
      fix: isRolling ? "choose the nearest of them" : "choose one of them, or a rolling window",
    });
    return undefined;
  }
  if (isRolling || !calendar) return period;
  const startsAtMidnight = /^\d{4}-\d{2}-01[T ]00:00:00/.test(calendar.startTime);
  if (startsAtMidnight && /^(UTC|Etc\/UTC|GMT)$/.test(calendar.timeZone)) return period;
  findings.add("interchange/period", place, {
    message: "a calendar period begins on the first day of a month at midnight UTC",
    fix: 'write a startTime such as "2026-01-01T00:00:00Z" and timeZone: UTC',
  });
  return undefined;
}
