import { periodCount } from "../../model/alerting/calendar.ts";
import type { Slo } from "../../model/model.ts";
import { foreignRecords } from "./burn-records.ts";
import type { Scene } from "./scene.ts";
import { type Labels, phases } from "./series.ts";

const DAY_SECONDS = 86_400;
// A test's clock begins with 1970: its second month and its second quarter begin after so many days.
const SECOND_PERIOD: Record<string, number> = { "calendar-month": 31, "calendar-quarter": 90 };

const FOREIGN = ["slo:sli_bad:increase5m", "slo:sli_total:increase5m", "slo:period_error:ratio"];

const LABELLED = [periodCount("bad"), periodCount("total")];

/**
 * The whole period, from counts as they are recorded: a quarter of it in which everything failed, long ago, and one at the end
 * in which half of it fails. Only with the slowest tier, since a period at the pace of the others would take its time. The moment that is
 * looked at is a multiple of `grid` samples.
 */
export function periodScene(
  slo: Slo,
  { stepSeconds, group, grid }: { stepSeconds: number; group: Labels; grid: number },
): Scene {
  const quarter = Math.round(slo.periodSeconds / 4 / stepSeconds);
  const secondBegins = SECOND_PERIOD[slo.period];
  const start = secondBegins === undefined ? undefined : (secondBegins * DAY_SECONDS) / stepSeconds;
  const quiet = start === undefined ? 3 * quarter : Math.ceil(start) - quarter;
  const bad = phases<number>([10, quarter], [0, quiet], [5, quarter]);
  const at = Math.floor((bad.length - 1) / grid) * grid;
  const begin = start ?? at - Math.round(slo.periodSeconds / stepSeconds) + 1;
  // Counts of a calendar period are labelled when rules are evaluated, which is at every multiple of `grid`.
  const counted = bad.filter((_, i) => i >= begin && i <= at && (start === undefined || i % grid === 0));
  const ratio = counted.reduce((sum, value) => sum + value, 0) / (10 * counted.length);
  const labels = { ...slo.labels, ...group };
  const record = (record: string, value: number) => ({ record, labels: slo.labels, group, at, value });
  return {
    title: `counts what failed in ${slo.period}, and nothing before`,
    series: [
      { name: "slo:sli_bad:increase5m", labels, values: bad },
      { name: "slo:sli_total:increase5m", labels, values: bad.map(() => 10) },
      ...foreignRecords({ labels }, FOREIGN, { value: 10, steps: bad.length }),
      ...(secondBegins === undefined
        ? []
        : foreignRecords(
            { labels: { ...labels, period_start: String(secondBegins * DAY_SECONDS) } },
            LABELLED,
            { value: 10, steps: bad.length },
          )),
    ],
    steps: bad.length,
    recorded: [
      record("slo:period_error:ratio", ratio),
      record("slo:period_error_budget_remaining:ratio", 1 - ratio / slo.budget),
    ],
  };
}
