// Periods that begin on a calendar day. PromQL's ranges have a fixed length, so counts are labelled with the period that they are of.

/** Recorded Unix time at which the current calendar period began. */
export const PERIOD_START = "slo:period_start:seconds";

/** Recorded 5-minute counts with the label of their period. */
export const periodCount = (side: "bad" | "total") => `slo:period_${side}:increase5m`;

const DAYS_SO_FAR: Record<string, string> = {
  "calendar-month": "(day_of_month() - 1)",
  // Days of the year so far, without those of the quarters before: 90, 91, 92, and a leap day in all quarters but the first.
  "calendar-quarter":
    "(day_of_year() - 1 - 90 * (month() >= bool 4) - 91 * (month() >= bool 7) - 92 * (month() >= bool 10)" +
    " - (month() >= bool 4) * ((year() % 4 == bool 0) - (year() % 100 == bool 0) + (year() % 400 == bool 0)))",
};

// Long enough for every month and every quarter.
const LONGEST: Record<string, string> = { "calendar-month": "31d", "calendar-quarter": "92d" };

/** PromQL of the Unix time at which the calendar period of this moment began (UTC); undefined for a rolling period. */
export function periodStart(period: string): string | undefined {
  const days = DAYS_SO_FAR[period];
  return days && `time() - time() % 86400 - 86400 * ${days}`;
}

/** Rules of a calendar period's error ratio, in order: its start, the counts with its label, and the sums of those that have today's label. */
export function calendarRules(
  { period, own }: { period: string; own: string },
  counts: { bad: string; total: string },
): [record: string, expr: string][] {
  const today = `count_values("period_start", ${PERIOD_START}${own})`;
  const labelled = (series: string) => `${series}${own} * on () group_left (period_start) ${today}`;
  const sum = (side: "bad" | "total") => `sum_over_time(${periodCount(side)}${own}[${LONGEST[period]}])`;
  const ratio = `${sum("bad")} / (${sum("total")} > 0)`;
  return [
    [PERIOD_START, periodStart(period) ?? ""],
    [periodCount("bad"), labelled(counts.bad)],
    [periodCount("total"), labelled(counts.total)],
    ["slo:period_error:ratio", `sum without (period_start) (${ratio} and on (period_start) ${today})`],
  ];
}
