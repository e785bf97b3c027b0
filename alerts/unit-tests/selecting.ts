// Which label sets a selection lets through, and label sets made to pass or to fail.
import type { Selection } from "../../model/model.ts";
import type { Labels, Series } from "./series.ts";

type Matcher = Selection["matchers"][number];

/** Whether a selection picks a series. */
export function selects(selection: Selection, { name, labels }: Pick<Series, "name" | "labels">): boolean {
  return name === selection.series && selection.matchers.every((m) => passes(m, labels[m.label] ?? ""));
}

function passes({ op, value }: Matcher, text: string): boolean {
  const isSame = op === "=" || op === "!=" ? text === value : pattern(value).test(text);
  return isSame === (op === "=" || op === "=~");
}

// An expression is made ready once: a scene asks it of every series, for every alert of the file.
const patterns = new Map<string, RegExp>();

function pattern(value: string): RegExp {
  const found = patterns.get(value) ?? new RegExp(`^(?:${value})$`, "s");
  patterns.set(value, found);
  return found;
}

/** Another value of a label that the alert keeps, for which the matchers pass too; none if only one value does. */
export function neighbour(selections: readonly Selection[], by: readonly string[]): Labels | undefined {
  for (const label of by) {
    const value = candidates(selections, label).find((text) =>
      selections.every(
        ({ matchers, sample }) =>
          text !== sample[label] && matchers.every((m) => m.label !== label || passes(m, text)),
      ),
    );
    if (value !== undefined) return { [label]: value };
  }
  return undefined;
}

/** The label that tells instances of one service apart, unless the alert keeps it or selects by it. */
export function instanceLabel(selections: readonly Selection[], by: readonly string[]): string | undefined {
  return ["instance", "pod"].find(
    (label) => !by.includes(label) && !selections.some((s) => s.matchers.some((m) => m.label === label)),
  );
}

/**
 * For each matcher, labels of a series that only this matcher keeps out. `but` leaves out those that another selection of the
 * same alert counts: they are no strangers to it.
 */
export function strangers(
  selection: Selection,
  but: readonly Selection[] = [],
): { by: string; labels: Labels }[] {
  return selection.matchers.flatMap((matcher) => {
    const value = candidates([selection], matcher.label).find((text) => keepsOut(selection, matcher, text));
    if (value === undefined) return [];
    const labels = { ...selection.sample, [matcher.label]: value };
    return but.some((other) => selects(other, { name: selection.series, labels }))
      ? []
      : [{ by: matcher.label, labels }];
  });
}

// An empty value is a label that is missing: only where the metric says so is that what a service exposes.
function keepsOut({ metric }: Selection, matcher: Matcher, text: string): boolean {
  const declared = metric.labels[matcher.label];
  const canBeEmpty = Array.isArray(declared) && declared.includes("");
  return (text !== "" || canBeEmpty) && !passes(matcher, text);
}

/** Labels of a series that `whole` counts and `part` does not; undefined if they are of different metrics. */
export function restOf(part: Selection, whole: Selection): Labels | undefined {
  if (!selects(whole, { name: part.series, labels: part.sample })) return undefined;
  for (const matcher of part.matchers) {
    for (const value of candidates([part, whole], matcher.label)) {
      const rest = { ...part.sample, [matcher.label]: value };
      if (keepsOut(part, matcher, value) && selects(whole, { name: whole.series, labels: rest })) return rest;
    }
  }
  throw new Error(`${part.promql} is no part of ${whole.promql}: it selects all of it`);
}

// What a label might be: its declared values, and what its matchers speak of.
function candidates(selections: readonly Selection[], label: string): string[] {
  const declared = selections.flatMap(({ metric }) => {
    const values = label === "service" ? metric.services : metric.labels[label];
    return Array.isArray(values) ? values : [];
  });
  const named = selections.flatMap(({ matchers }) =>
    matchers.filter((m) => m.label === label).flatMap((m) => [m.value, ...alternatives(m.value)]),
  );
  return [...declared, "another", ...named];
}

function alternatives(pattern: string): string[] {
  return pattern.split("|").map((text) => text.replace(/\\(.)/g, "$1"));
}
