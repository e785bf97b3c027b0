import type { Selection } from "../../model/model.ts";
import type { Clock, Track } from "./extrapolation.ts";
import { selects } from "./selecting.ts";
import { type Labels, labelsText, type Series } from "./series.ts";

/** Series that have the labels that stay apart in common. */
export interface Group {
  labels: Labels;
  members: Series[];
}

/** The groups among series; those without labels that stay apart are one group. */
export function groupsAmong(series: readonly Series[], by: readonly string[]): Group[] {
  const found = new Map<string, Group>();
  for (const one of series) {
    const labels = groupOf(one.labels, by);
    const group = found.get(labelsText(labels)) ?? { labels, members: [] };
    found.set(labelsText(labels), group);
    group.members.push(one);
  }
  return [...found.values()];
}

/** The groups among the series that a selection picks. */
export function groupsOf(series: readonly Series[], of: Selection, by: readonly string[]): Group[] {
  return groupsAmong(
    series.filter((one) => selects(of, one)),
    by,
  );
}

/** The labels that stay apart, of those that there are. */
export function groupOf(labels: Labels, by: readonly string[]): Labels {
  return Object.fromEntries(by.flatMap((label) => (labels[label] ? [[label, labels[label]]] : [])));
}

/** A group to feed, where an SLO keeps some apart and its series are not those of a declared metric. */
export function groupOne({ by }: { by: readonly string[] }): Labels {
  return Object.fromEntries(by.map((label) => [label, "one"]));
}

/** An aggregate of gauges at each moment; undefined where there is none. */
export function aggregated(
  members: readonly Series[],
  aggregate: "max" | "min" | "sum" | "avg",
  { moments }: Pick<Clock, "moments">,
): Track {
  return moments.map((i) => {
    const values = members.flatMap((series) => series.values[i] ?? []);
    if (values.length === 0) return undefined;
    if (aggregate === "max") return Math.max(...values);
    if (aggregate === "min") return Math.min(...values);
    const sum = values.reduce((a, b) => a + b);
    return aggregate === "sum" ? sum : sum / values.length;
  });
}
