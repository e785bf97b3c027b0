import { BUDGET_LEFT } from "../../model/alerting/forecast.ts";
import type { Aggregate, Forecast, Selection, SignalOf } from "../../model/model.ts";
import { type Course, courseOf, coursesOf, type Shown } from "./forecast-courses.ts";
import { groupOne } from "./groups.ts";
import type { Play, Scene } from "./scene.ts";
import { instanceLabel, neighbour, strangers } from "./selecting.ts";
import type { Labels, Series } from "./series.ts";

/** A gauge on its way to a limit: in time or not, through a rollout, too briefly, too young, and on its way back from it. */
export function forecastPlay(signal: Forecast, forSeconds: number): Play {
  const course = courseOf(signal, { forSeconds, ...rangeOf(signal) });
  const scenes = coursesOf(course).map((shown) => ({
    title: shown.title,
    series: [...gauges(signal, course, shown), ...wholes(signal, shown)],
    steps: shown.values.length,
  }));
  return { stepSeconds: course.stepSeconds, scenes };
}

/** The same of what is left of a budget, fed as if it had been recorded. */
export function budgetForecastPlay(signal: SignalOf<"budget-forecast">, forSeconds: number): Play {
  const course = courseOf(signal, { forSeconds, limit: 0, span: 0.9, sign: -1 });
  const labels = { ...signal.labels, ...groupOne(signal) };
  const record = (own: Labels, values: number[]): Series => ({
    name: BUDGET_LEFT,
    labels: { ...labels, ...own },
    values,
  });
  const scenes = coursesOf(course).map(({ title, values, isMain }): Scene => {
    const calm = values.map(() => 0.9);
    const [label] = signal.by;
    const others = [
      ...(label === undefined ? [] : [record({ [label]: "other" }, calm)]),
      ...["platform", "slo"].map((own) => record({ [own]: "another" }, values)),
    ];
    return { title, series: [record({}, values), ...(isMain ? others : [])], steps: values.length };
  });
  return { stepSeconds: course.stepSeconds, scenes };
}

function rangeOf(signal: Forecast): Pick<Course, "limit" | "span" | "sign" | "fromShare"> {
  const whole = signal.capacity ? CAPACITY : 1;
  const [limit, from] = [signal.reaches * whole, (signal.from ?? Number.NaN) * whole];
  const sign = signal.trend === "rising" ? 1 : -1;
  if (signal.from !== undefined) return { limit, span: Math.abs(limit - from) * 0.9, sign, fromShare: 0.9 };
  // Where the limit is nothing the way to it is as long as what there is in all.
  return { limit, span: Math.abs(limit) * 0.8 || 0.8 * whole, sign };
}

const CAPACITY = 1000;

/** The series of one selection, whose values together are those that are wanted. */
interface Wanted {
  of: Selection;
  by: readonly string[];
  aggregate: Aggregate;
  limit: number;
  /** The sample at which one of the instances is replaced by another. */
  replacedAt?: number | undefined;
}

function gauges(signal: Forecast, { limit, history }: Course, { values, isMain }: Shown): Series[] {
  const { of, by, aggregate, capacity } = signal;
  const wanted: Wanted = { of, by, aggregate, limit, replacedAt: isMain ? 1.5 * history : undefined };
  const own = parted(wanted, values);
  if (!isMain) return own;
  const other = neighbour(capacity ? [of, capacity.of] : [of], by);
  const calm = values.map(() => values[0] ?? 0);
  const strange = strangers(of).map(({ by: label, labels }) => ({
    name: of.series,
    labels,
    // With a label that the alert keeps it would be an alert of its own; otherwise it drowns the others.
    values: by.includes(label) ? [...values] : values.map(() => (aggregate === "min" ? -1e6 : 1e6)),
  }));
  return [...own, ...(other ? parted({ ...wanted, replacedAt: undefined }, calm, other) : []), ...strange];
}

function wholes({ capacity, by, of: measured }: Forecast, { values: { length }, isMain }: Shown): Series[] {
  if (!capacity) return [];
  const { of, aggregate } = capacity;
  const wanted: Wanted = { of, by, aggregate, limit: CAPACITY };
  const values = Array.from({ length }, () => CAPACITY);
  const own = parted(wanted, values);
  if (!isMain) return own;
  const other = neighbour([measured, of], by);
  const loud = aggregate === "min" ? 1 : CAPACITY * 100;
  const strange = strangers(of)
    .filter((one) => !by.includes(one.by))
    .map(({ labels }) => ({ name: of.series, labels, values: values.map(() => loud) }));
  return [...own, ...(other ? parted(wanted, values, other) : []), ...strange];
}

/** Two instances of which only the right aggregation gives what is wanted; one where nothing tells two apart. */
function parted(
  { of, by, aggregate, limit, replacedAt }: Wanted,
  wanted: readonly number[],
  more: Labels = {},
): Series[] {
  const series = (labels: Labels, values: (number | null)[]): Series => ({
    name: of.series,
    labels: { ...of.sample, ...labels, ...more },
    values,
  });
  const label = instanceLabel([of], by);
  if (!label) return [series({}, [...wanted])];
  const size = Math.max(...wanted.map(Math.abs)) || 1;
  const pairs = wanted.map((one) => PARTS[aggregate](one, size, one === limit).map(exactly));
  const a = pairs.map(([value = 0]) => value);
  const b = series(
    { [label]: "b" },
    pairs.map(([, value = 0]) => value),
  );
  if (replacedAt === undefined) return [series({ [label]: "a" }, a), b];
  return [
    series(
      { [label]: "a" },
      a.map((value, i) => (i < replacedAt ? value : null)),
    ),
    series(
      { [label]: "c" },
      a.map((value, i) => (i < replacedAt ? null : value)),
    ),
    b,
  ];
}

const exactly = (value: number) => Number(value.toPrecision(12));

const PARTS: Record<Aggregate, (wanted: number, size: number, isLimit: boolean) => [a: number, b: number]> = {
  max: (wanted, size) => [wanted, wanted - size / 2],
  min: (wanted, size) => [wanted, wanted + size / 2],
  // At the limit itself nothing may be rounded.
  sum: (wanted, _, isLimit) => (isLimit ? [wanted, 0] : [wanted * 0.75, wanted * 0.25]),
  avg: (wanted, size, isLimit) => (isLimit ? [wanted, wanted] : [wanted + size / 2, wanted - size / 2]),
};
