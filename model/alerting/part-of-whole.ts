import type { Selection } from "../model.ts";

/**
 * Whether one selection picks every series that another picks, as far as their matchers and the metric's declared label values
 * tell: a share of `whole` that `part` is would always be all of it.
 */
export function picksAllOf(part: Selection, whole: Selection): boolean {
  if (part.series !== whole.series) return false;
  const labels = [...part.matchers, ...whole.matchers].map(({ label }) => label);
  return labels.every((label) =>
    valuesOf(label, part, whole).every((value) => !picks(whole, label, value) || picks(part, label, value)),
  );
}

function picks({ matchers }: Selection, label: string, value: string): boolean {
  return matchers
    .filter((matcher) => matcher.label === label)
    .every(({ op, value: wanted }) => {
      const isSame =
        op === "=" || op === "!=" ? value === wanted : new RegExp(`^(?:${wanted})$`, "s").test(value);
      return isSame === (op === "=" || op === "=~");
    });
}

// All declared values; where they are not known, those that the matchers speak of, and one that none of them does.
function valuesOf(label: string, { metric, ...part }: Selection, whole: Selection): string[] {
  const declared = label === "service" ? metric.services : metric.labels[label];
  if (Array.isArray(declared)) return declared;
  const named = [...part.matchers, ...whole.matchers]
    .filter((matcher) => matcher.label === label)
    .flatMap(({ value }) => [value, ...value.split("|").map((text) => text.replace(/\\(.)/g, "$1"))]);
  return [...named.filter((value) => value !== ""), "any other"];
}
