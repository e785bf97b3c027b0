import {
  forecastText,
  limitWords,
  POINTS_NEEDED,
  pointSeconds,
  timeLeftExpression,
} from "../model/alerting/forecast.ts";
import type { Forecast, ForecastOf } from "../model/model.ts";
import { readablePercent, readableSeconds } from "../model/readable.ts";
import type { Explained } from "./explanation.ts";

/** A forecast in numbers: what the line goes through, and at which pace it leads to the limit in time. */
export function forecastTables(signal: ForecastOf): Explained["tables"] {
  const between = pointSeconds(signal.basedOnSeconds);
  const points = Math.floor(signal.basedOnSeconds / between);
  const old = readableSeconds(POINTS_NEEDED * between);
  const rows = [
    ["fires while", forecastText(signal)],
    [
      "a straight line through",
      `${points} points of the last ${signal.basedOn}, one each ${readableSeconds(between)}; at least ${POINTS_NEEDED} of them: ${old} of history`,
    ],
    ["silent", silences(signal)],
  ];
  return [{ title: "Forecast", rows }, ...paceTable(signal)];
}

/** The question behind it: how long it still lasts. */
export function forecastQuery(signal: ForecastOf): { title: string; promql: string } {
  return { title: "seconds left at this pace", promql: timeLeftExpression(signal) };
}

/** How long before the limit it is told. */
export function forecastTime(signal: ForecastOf): string {
  const notice =
    signal.within === "end-of-day"
      ? "as soon as the pace of the day is too fast"
      : `${signal.within} before it is there`;
  const young = readableSeconds(POINTS_NEEDED * pointSeconds(signal.basedOnSeconds));
  return `a steady trend ${notice}; what is new after ${young}`;
}

function silences(signal: ForecastOf): string {
  if (signal.kind === "budget-forecast") return "once nothing is left";
  const there = "where it is there already, which is another alert's matter";
  if (signal.from === undefined) return there;
  return `before ${limitWords(signal, signal.from)}, and ${there}`;
}

// Ways that are left, as shares of what lies between nothing and the limit.
const LEFT = [0.5, 0.25, 0.1];

/** The slowest pace that fires, by how far there is to go: way ÷ time. Of what ends with the day the time is another each moment. */
function paceTable(signal: ForecastOf): Explained["tables"] {
  const { withinSeconds } = signal;
  if (withinSeconds === undefined) return [];
  const span = signal.kind === "forecast" ? spanOf(signal) : { size: 1, isShare: true };
  if (!span) return [];
  const shown = (value: number) =>
    span.isShare ? readablePercent(value) : String(Number(value.toPrecision(4)));
  const rows = LEFT.map((left) => {
    const way = left * span.size;
    return [shown(way), `${shown(way)} ÷ ${signal.within} = ${shown((way / withinSeconds) * 3600)} an hour`];
  });
  return [{ title: "The slowest pace that fires", rows: [["STILL TO GO", "WAY ÷ TIME"], ...rows] }];
}

function spanOf({ reaches, capacity, of }: Forecast): { size: number; isShare: boolean } | undefined {
  const isShare = capacity !== undefined || of.metric.unit === "ratio";
  const size = Math.abs(reaches) || (isShare ? 1 : 0);
  return size === 0 ? undefined : { size, isShare };
}
