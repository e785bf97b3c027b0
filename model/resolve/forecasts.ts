// What a forecast means, and which of its lengths and limits cannot be meant.
import type { AlertCondition, AlertSpec } from "../../catalog/alert.ts";
import { type Duration, type Percent, ratioOf, secondsOf } from "../../catalog/units.ts";
import { POINTS } from "../alerting/forecast.ts";
import { USUAL_SCRAPE_SECONDS } from "../alerting/pace.ts";
import type { DescribedEntry } from "../described.ts";
import type { Forecast, Origin, Selection } from "../model.ts";
import { at } from "../problems.ts";
import { readableSeconds } from "../readable.ts";
import { resolveSelection, type Scope } from "./scope.ts";

type Condition = Extract<AlertCondition, { kind: "forecast" }>;
type Entry = DescribedEntry<AlertSpec>;

/** A forecast of the catalog; nothing where its metrics or its limit are wrong, which is then reported. */
export function resolveForecast(scope: Scope, entry: Entry, when: Condition): Forecast | undefined {
  const { spec, origin } = entry;
  const pick = (path: string[], from: Pick<Condition, "metric" | "where">) =>
    resolveSelection(scope, from, { origin, path, service: spec.service, types: ["gauge"] });
  const of = pick(["when"], when);
  const whole = when.of && pick(["when", "of"], when.of);
  checkTime(scope, { origin, path: ["when"] }, { ...when, for: spec.for });
  if (!of || (when.of && !whole)) return undefined;
  const capacity = when.of && whole && { of: whole, aggregate: when.of.aggregate };
  if (!checkLimits(scope, entry, { when, of, capacity: capacity?.of })) return undefined;
  const { aggregate, by, trend } = when;
  return {
    kind: "forecast",
    of,
    aggregate,
    by,
    trend,
    reaches: numberOf(when.reaches),
    ...(when.from !== undefined && { from: numberOf(when.from) }),
    ...(capacity && { capacity }),
    ...timeOf(when),
  };
}

/** The lengths of a forecast in seconds, beside how they were written. */
export function timeOf<W extends Condition["within"]>({ within, basedOn }: { within: W; basedOn: Duration }) {
  return {
    within,
    ...(within !== "end-of-day" && { withinSeconds: secondsOf(within as Duration) }),
    basedOn,
    basedOnSeconds: secondsOf(basedOn),
  };
}

// A load that goes up and down with the day is not to be read off an hour of it; further than this a straight line is a guess.
const MOST_AHEAD = 24;
// Prometheus' own default: storage.tsdb.retention.time.
const KEPT_SECONDS = 15 * 86_400;
// What began anew at midnight must have a history again before the day is over, and a day's worth of it must be left to look ahead.
const OF_A_DAY = { least: 3600, most: 12 * 3600 };

interface Time {
  within: Condition["within"];
  basedOn: Duration;
  for: Duration;
  /** How often there is a new value. */
  everySeconds?: number;
}

interface Where {
  origin: Origin;
  path: string[];
}

/** Reports lengths of a forecast at `path` that do not fit together. */
export function checkTime({ problems }: Scope, where: Where, time: Time): void {
  const read = [at(where.origin, ...where.path), at(where.origin, "for")];
  if (!read.every((place) => problems.isSound(place))) return;
  if (checkHistory(problems, where, time)) checkAhead(problems, where, time);
}

function checkHistory(problems: Scope["problems"], { origin, path }: Where, time: Time): boolean {
  const { everySeconds = USUAL_SCRAPE_SECONDS, basedOn } = time;
  const history = secondsOf(basedOn);
  const isDay = time.within === "end-of-day";
  const least = Math.max(POINTS * everySeconds, isDay ? OF_A_DAY.least : 0);
  const most = isDay ? OF_A_DAY.most : KEPT_SECONDS;
  if (history >= least && history <= most) return true;
  const seen = Math.floor(history / everySeconds);
  const short = `too short for a trend: a value that is new every ${everySeconds} s is seen ${seen} times`;
  const long = isDay
    ? "too long to be there again before the day is over"
    : "longer than Prometheus keeps unless it is told to";
  const message = `${basedOn} of history is ${history > most ? long : short}`;
  problems.add("alert/forecast-history", at(origin, ...path, "basedOn"), message, {
    fix: `choose between ${readableSeconds(least)} and ${readableSeconds(most)}`,
  });
  return false;
}

function checkAhead(problems: Scope["problems"], { origin, path }: Where, time: Time): void {
  const place = at(origin, ...path, "within");
  const history = secondsOf(time.basedOn);
  const ahead = time.within === "end-of-day" ? 86_400 : secondsOf(time.within);
  if (ahead > MOST_AHEAD * history) {
    const message = `${time.within} ahead is more than ${MOST_AHEAD} times the history of ${time.basedOn} that it rests on`;
    problems.add("alert/forecast-too-far", place, message, {
      fix: `look ahead ${readableSeconds(MOST_AHEAD * history)} at most, or rest it on ${readableSeconds(Math.ceil(ahead / MOST_AHEAD))} or more`,
    });
  }
  if (ahead <= secondsOf(time.for)) {
    const message = `the limit is reached within ${time.within}, and the alert waits ${time.for} before it says so`;
    problems.add("alert/never-fires", place, message, { fix: "look further ahead, or wait for less" });
  }
}

const numberOf = (limit: Condition["reaches"]) =>
  typeof limit === "number" ? limit : ratioOf(limit as Percent);

/** Whether the limits are numbers or shares of something, as they must be, and lie on the trend's way. */
function checkLimits(
  { problems }: Scope,
  { origin }: Entry,
  { when, of, capacity }: { when: Condition; of: Selection; capacity: Selection | undefined },
): boolean {
  const read = [
    at(origin, "when"),
    ...[of, capacity].flatMap((one) => (one ? at(one.metric.origin, "unit") : [])),
  ];
  if (!read.every((place) => problems.isSound(place))) return true;
  const right = (["reaches", "from"] as const).map((key) => {
    const limit = when[key];
    if (limit === undefined) return true;
    const wrong = wrongLimit(limit, { of, capacity });
    if (wrong)
      problems.add("alert/forecast-limit", at(origin, "when", key), wrong.message, { fix: wrong.fix });
    return !wrong;
  });
  if (capacity?.series === of.series) {
    const message = `"${of.metric.name}" is compared with a share of itself`;
    problems.add("alert/forecast-limit", at(origin, "when", "of"), message, {
      fix: "name the metric that says how much there is in all",
    });
    return false;
  }
  if (right.includes(false)) return false;
  checkReach(problems, origin, { when, of });
  return true;
}

function wrongLimit(
  limit: Condition["reaches"],
  { of: { metric }, capacity }: { of: Selection; capacity: Selection | undefined },
): { message: string; fix: string } | undefined {
  if (typeof limit === "number") {
    if (!capacity) return undefined;
    return {
      message: `${limit} is no share of "${capacity.metric.name}"`,
      fix: 'write a share like "90%", or take `of` out',
    };
  }
  if (capacity || metric.unit === "ratio") return undefined;
  return {
    message: `"${limit}" is a share, and nothing says of what`,
    fix: `name it, of: { metric: "…", aggregate: "max" }, or write a number (unit: ${metric.unit})`,
  };
}

function checkReach(
  problems: Scope["problems"],
  origin: Origin,
  { when, of: { metric } }: { when: Condition; of: Selection },
): void {
  const [reaches, from] = [when.reaches, when.from].map((limit) =>
    limit === undefined ? undefined : numberOf(limit),
  );
  const isRising = when.trend === "rising";
  if (reaches === undefined) return;
  if (metric.unit === "ratio" && when.aggregate !== "sum" && (isRising ? reaches > 1 : reaches < 0)) {
    const message = `"${metric.name}" is a ratio, from 0 to 1, and never reaches ${when.reaches}`;
    problems.add("alert/never-fires", at(origin, "when", "reaches"), message, {
      fix: "choose a value that can be reached",
    });
  }
  if (from !== undefined && (isRising ? from >= reaches : from <= reaches)) {
    const message = `nothing is said before it has come to ${when.from}, and at ${when.reaches} there is nothing left to forecast`;
    problems.add("alert/never-fires", at(origin, "when", "from"), message, {
      fix: `choose a value ${isRising ? "below" : "above"} ${when.reaches}`,
    });
  }
}
