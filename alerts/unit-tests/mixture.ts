import type { Selection } from "../../model/model.ts";
import { instanceLabel, restOf, strangers } from "./selecting.ts";
import { counterValues, exact, type Labels, phases, type Series, seriesText } from "./series.ts";

/** A share to be fed: the selection that counts some of what `whole` counts. */
export interface Share {
  part: Selection;
  whole: Selection;
  by: readonly string[];
  /** Which of the two amounts `part` counts. */
  counts: "one" | "rest";
}

/** What happens at each step, on all instances together: what is counted apart, and the rest of the whole. */
export interface Amounts {
  one: readonly number[];
  rest: readonly number[];
}

/** A series to be, told by the instance it is of. */
export interface Flow {
  name: string;
  labels: Labels;
  amounts: number[];
  instance: Instance;
}

type Instance = "a" | "b" | "c";

// How three instances share what happens: unevenly, and one of them has none of what is counted apart, so that sum, average and
// maximum give different shares. Eighths, since promtool adds them up without rounding.
const SPREAD = { one: { a: 0.75, b: 0.25, c: 0 }, rest: { a: 0.125, b: 0.375, c: 0.5 } } as const;

/** The series of three instances, of which two have what is counted apart. Their sums are the amounts. */
export function mixture(share: Share, amounts: Amounts, labels: Labels = {}): Flow[] {
  const { part, whole, counts } = share;
  const rest = restOf(part, whole);
  const label = instanceLabel([part, whole], share.by);
  const flow = (name: string, of: Labels, sides: readonly (keyof Amounts)[]) =>
    (["a", "b", "c"] as const).flatMap((instance): Flow[] => {
      const shown = sides.filter((side) => SPREAD[side][instance] > 0);
      if (shown.length === 0) return [];
      const own = { ...of, ...labels, ...(label && { [label]: instance }) };
      return [{ name, labels: own, amounts: summed(amounts, shown, instance), instance }];
    });
  const others = rest
    ? flow(whole.series, rest, [counts === "one" ? "rest" : "one"])
    : flow(whole.series, whole.sample, ["one", "rest"]);
  return merged([...flow(part.series, part.sample, [counts]), ...others]);
}

function summed(amounts: Amounts, sides: readonly (keyof Amounts)[], instance: Instance): number[] {
  return amounts.rest.map((_, i) => {
    let sum = 0;
    for (const side of sides) sum += (amounts[side][i] ?? 0) * SPREAD[side][instance];
    return sum;
  });
}

/** Series that only one matcher keeps out of a share: of the size that is said and upwards, lest two of them cancel out. */
export function strangersOf(
  { part, whole }: Share,
  { amount, steps }: { amount: number; steps: number },
): Flow[] {
  const rest = { ...whole, sample: restOf(part, whole) ?? whole.sample };
  const flows = [
    ...strangers(part, [whole]).map(({ labels }) => ({ name: part.series, labels })),
    ...strangers(rest, [part]).map(({ labels }) => ({ name: whole.series, labels })),
  ];
  const distinct = new Map(flows.map((flow) => [seriesText(flow), flow]));
  return [...distinct.values()].map((flow, i) => ({
    ...flow,
    amounts: phases([amount * (1 + i), steps]),
    instance: "b",
  }));
}

/** Flows as gauges. */
export function asGauges(flows: readonly Flow[]): Series[] {
  return flows.map(({ name, labels, amounts }) => ({ name, labels, values: amounts }));
}

/** Flows as counters; the process of instance "a" is restarted before the given samples. */
export function asCounters(flows: readonly Flow[], restartsOfA: readonly number[] = []): Series[] {
  return flows.map(({ name, labels, amounts, instance }) => ({
    name,
    labels,
    values: counterValues(exactly(amounts), instance === "a" ? restartsOfA : []),
  }));
}

// An amount mostly stays as it was.
function exactly(amounts: readonly number[]): number[] {
  let last = { amount: Number.NaN, exact: Number.NaN };
  return amounts.map((amount) => {
    if (amount !== last.amount) last = { amount, exact: exact(amount) };
    return last.exact;
  });
}

// Where nothing tells two instances apart, they are one series.
function merged(flows: readonly Flow[]): Flow[] {
  const found = new Map<string, Flow>();
  for (const flow of flows) {
    const name = seriesText(flow);
    const same = found.get(name);
    if (same) same.amounts = same.amounts.map((amount, i) => amount + (flow.amounts[i] ?? 0));
    else found.set(name, flow);
  }
  return [...found.values()];
}
