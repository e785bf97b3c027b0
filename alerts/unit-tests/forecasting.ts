// When a forecast comes true by itself, worked out from the fed series as Prometheus would: a straight line through the points of a history.
import { BUDGET_LEFT, POINTS_NEEDED, pointSeconds, secondsAhead } from "../../model/alerting/forecast.ts";
import type { Forecast, ForecastOf, SignalOf } from "../../model/model.ts";
import type { Candidate, Fed } from "./candidate.ts";
import type { Track } from "./extrapolation.ts";
import { aggregated, groupsAmong, groupsOf } from "./groups.ts";
import { isRecord } from "./recorded.ts";
import { labelsText } from "./series.ts";
import { all, type Verdict } from "./verdict.ts";

/** The forecasts of a gauge, one for each group. */
export function forecasts(signal: Forecast, fed: Fed): Candidate[] {
  const { capacity, reaches, from } = signal;
  const wholes = new Map(
    capacity &&
      groupsOf(fed.series, capacity.of, signal.by).map((group) => [
        labelsText(group.labels),
        aggregated(group.members, capacity.aggregate, everySample(fed)),
      ]),
  );
  return groupsOf(fed.series, signal.of, signal.by).map(({ labels, members }) => {
    const track = aggregated(members, signal.aggregate, everySample(fed));
    const limitOf = (share: number) => (i: number) => {
      if (!capacity || share === 0) return share;
      const whole = wholes.get(labelsText(labels))?.[i];
      return whole === undefined ? undefined : whole * share;
    };
    const limits = { limit: limitOf(reaches), ...(from !== undefined && { from: limitOf(from) }) };
    return { labels, condition: conditionOf(signal, fed, { track, trend: signal.trend, ...limits }) };
  });
}

/** The forecasts of an SLO's budget; what is recorded of other scenes' events cannot be called. */
export function budgetForecasts(signal: SignalOf<"budget-forecast">, fed: Fed): Candidate[] {
  const own = fed.series.filter((series) => isRecord(series, { record: BUDGET_LEFT, labels: signal.labels }));
  if (own.length === 0) return [{ labels: {}, condition: fed.moments.map(() => undefined) }];
  return groupsAmong(own, signal.by).map(({ labels, members }) => {
    const track = aggregated(members, "max", everySample(fed));
    const asked: Asked = { track, trend: "falling", limit: () => 0 };
    return { labels: { ...signal.labels, ...labels }, condition: conditionOf(signal, fed, asked) };
  });
}

function everySample({ moments }: Pick<Fed, "moments">): { moments: number[] } {
  return { moments: Array.from({ length: (moments.at(-1) ?? -1) + 1 }, (_, i) => i) };
}

interface Asked {
  /** The measured value at each sample. */
  track: Track;
  trend: "rising" | "falling";
  limit(sample: number): number | undefined;
  from?(sample: number): number | undefined;
}

function conditionOf(signal: ForecastOf, { stepSeconds, moments }: Fed, asked: Asked): Verdict[] {
  const sign = asked.trend === "rising" ? 1 : -1;
  const perPoint = Math.round(pointSeconds(signal.basedOnSeconds) / stepSeconds);
  const perHistory = Math.round(signal.basedOnSeconds / stepSeconds);
  return moments.map((now): Verdict => {
    const [value, limit] = [asked.track[now], asked.limit(now)];
    const points = pointsOf(asked.track, { now, perPoint, perHistory });
    if (value === undefined || limit === undefined || points.length < POINTS_NEEDED) return false;
    const line = lineThrough(points.map(({ i, value }) => ({ x: (i - now) * stepSeconds, y: value })));
    const then = line.now + line.slope * secondsAhead(signal, now * stepSeconds);
    const scale = Math.max(Math.abs(limit), Math.abs(value), Math.abs(then));
    const from = asked.from ? asked.from(now) : sign * Number.NEGATIVE_INFINITY;
    if (from === undefined) return false;
    return all(
      sideOf(sign * (then - limit), { scale, atZero: undefined }),
      sideOf(sign * line.slope * signal.basedOnSeconds, { scale, atZero: false }),
      sideOf(sign * (limit - value), { scale, atZero: false }),
      sideOf(sign * (value - from), { scale, atZero: true }),
    );
  });
}

/** Points of the history that ends at a sample, without its left end, as PromQL cuts a range. */
function pointsOf(
  track: Track,
  { now, perPoint, perHistory }: { now: number; perPoint: number; perHistory: number },
): { i: number; value: number }[] {
  const points: { i: number; value: number }[] = [];
  for (let i = now - (now % perPoint); i > now - perHistory && i >= 0; i -= perPoint) {
    const value = track[i];
    if (value !== undefined) points.push({ i, value });
  }
  return points;
}

/** The straight line that is nearest to all points, by least squares; a level one exactly. */
function lineThrough(points: readonly { x: number; y: number }[]): { now: number; slope: number } {
  const [first] = points;
  if (first && points.every(({ y }) => y === first.y)) return { now: first.y, slope: 0 };
  const mean = (of: "x" | "y") => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [x, y] = [mean("x"), mean("y")];
  const slope =
    points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) /
    points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  return { now: y - slope * x, slope };
}

// What is computed through many additions is not called within a millionth of the values that it comes from.
const CLEARANCE = 1e-6;

function sideOf(difference: number, { scale, atZero }: { scale: number; atZero: Verdict }): Verdict {
  if (difference === 0) return atZero;
  return Math.abs(difference) < CLEARANCE * scale ? undefined : difference > 0;
}
