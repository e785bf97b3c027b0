// A trend that leads to a limit: how far ahead it is followed, what it rests on, and the PromQL of both.
import type { Forecast, ForecastOf, SignalOf } from "../model.ts";
import { readablePercent } from "../readable.ts";
import { ownSelector } from "./error-ratio.ts";

/**
 * How many points of its history a trend is a straight line through. Few enough to be cheap (each is one evaluation of the measured
 * value), many enough that one of them says little.
 */
export const POINTS = 60;

/** How many of them there must be: a series that is younger than three quarters of its history, or was gone for a quarter of it, says nothing. */
export const POINTS_NEEDED = 45;

/** What is forecast of an SLO: the share of the period's budget that is left. */
export const BUDGET_LEFT = "slo:period_error_budget_remaining:ratio";

/** How long a forecast of a budget waits. */
export const BUDGET_FORECAST_FOR = "1h";

/** Seconds between two points of a history of so many seconds: whole ones, and at least one. */
export function pointSeconds(basedOnSeconds: number): number {
  return Math.max(1, Math.floor(basedOnSeconds / POINTS));
}

const DAY_SECONDS = 86_400;

/** Seconds from a moment (seconds since 1970) to the end of the forecast; without a length of its own it ends with the day, at midnight UTC. */
export function secondsAhead({ withinSeconds }: Pick<Forecast, "withinSeconds">, at: number): number {
  return withinSeconds ?? DAY_SECONDS - (at % DAY_SECONDS);
}

/**
 * PromQL of a forecast, by the guards of a rule that is to be believed: the trend leads to the limit in time, it does go that way, it
 * has history enough, and the limit is not reached already, which is another alert's matter.
 */
export function forecastExpression(signal: ForecastOf): string {
  const { now, history, limit, from, trend } = partsOf(signal);
  const [reached, before, going] = trend === "rising" ? [">=", "<", "> 0"] : ["<=", ">", "< 0"];
  return [
    `predict_linear(${history}, ${ahead(signal)}) ${reached} ${limit}`,
    `deriv(${history}) ${going}`,
    `count_over_time(${history}) >= ${POINTS_NEEDED}`,
    `${now} ${before} ${limit}`,
    ...(from === undefined ? [] : [`${now} ${reached} ${from}`]),
  ].join(" and ");
}

/** PromQL of the seconds that are left at the present pace; nothing while the trend goes the other way. */
export function timeLeftExpression(signal: ForecastOf): string {
  const { now, history, limit, trend } = partsOf(signal);
  return trend === "rising"
    ? `(${limit} - ${now}) / (deriv(${history}) > 0)`
    : `${limit === "0" ? now : `(${now} - ${limit})`} / (-deriv(${history}) > 0)`;
}

/** What a forecast says, as a clause: "the sum of tasks_queued rises to 90% of the max of limit within 1h". */
export function forecastText(signal: ForecastOf): string {
  const { within, basedOn } = signal;
  const when = within === "end-of-day" ? "before midnight UTC" : `within ${within}`;
  const rest = `${when}, if the trend of the last ${basedOn} goes on`;
  if (signal.kind === "budget-forecast") return `what is left of the error budget falls to nothing ${rest}`;
  const { aggregate, of, by, trend, reaches } = signal;
  const apart = by.length > 0 ? ` of each ${by.join(", ")}` : "";
  const going = trend === "rising" ? "rises to" : "falls to";
  return `the ${aggregate} of ${of.series}${apart} ${going} ${limitWords(signal, reaches)} ${rest}`;
}

/** A limit of a forecast for a person: "90% of the max of size_bytes", "0.5". */
export function limitWords({ capacity, of }: Pick<Forecast, "capacity" | "of">, value: number): string {
  if (capacity) return `${readablePercent(value)} of the ${capacity.aggregate} of ${capacity.of.series}`;
  return of.metric.unit === "ratio" ? readablePercent(value) : String(value);
}

interface Parts {
  trend: "rising" | "falling";
  /** What is measured, at this moment and over the history. */
  now: string;
  history: string;
  limit: string;
  from: string | undefined;
}

function partsOf(signal: ForecastOf): Parts {
  const now = measured(signal);
  // The whole is looked at in each of the points: were each pod's own series followed, those of pods that a rollout took away would
  // count beside their successors for as long as the history is, and the successors have none.
  const history = `${now}[${signal.basedOn}:${inUnits(pointSeconds(signal.basedOnSeconds))}]`;
  if (signal.kind === "budget-forecast")
    return { trend: "falling", now, history, limit: "0", from: undefined };
  const { trend, reaches, from } = signal;
  const shown = (value: number) => limitText(signal, value);
  return { trend, now, history, limit: shown(reaches), from: from === undefined ? from : shown(from) };
}

const inUnits = (seconds: number) => (seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`);

function measured(signal: ForecastOf): string {
  if (signal.kind === "budget-forecast") return `${BUDGET_LEFT}${ownSelector(signal.labels)}`;
  return aggregate(signal, signal.by);
}

function aggregate({ aggregate, of }: Pick<Forecast, "aggregate" | "of">, by: readonly string[]): string {
  return `${aggregate}${by.length > 0 ? ` by (${by.join(", ")})` : ""} (${of.promql})`;
}

function limitText({ capacity, by }: SignalOf<"forecast">, value: number): string {
  // Nothing of a capacity is nothing, whatever the capacity.
  if (!capacity || value === 0) return String(value);
  const whole = aggregate(capacity, by);
  return value === 1 ? whole : `${value} * ${whole}`;
}

function ahead({ withinSeconds }: Pick<Forecast, "withinSeconds">): string {
  return withinSeconds === undefined ? `${DAY_SECONDS} - time() % ${DAY_SECONDS}` : String(withinSeconds);
}
