import type { SloSpec } from "../../catalog/slo.ts";
import type { DescribedEntry } from "../described.ts";
import type { Sli, SloPart } from "../model.ts";
import { at } from "../problems.ts";
import type { Scope } from "./scope.ts";

type Entry = DescribedEntry<SloSpec>;

/** The parts of each composite; those whose chain of parts leads back to themselves are reported and left out. */
export function partsOf(scope: Scope): Map<string, string[]> {
  const parts = new Map(
    scope.described.entries.slos.flatMap(({ name, spec: { sli } }): [string, string[]][] =>
      sli.kind === "composite" ? [[name, sli.of.map(({ slo }) => slo)]] : [],
    ),
  );
  for (const { name, origin } of scope.described.entries.slos) {
    const way = wayBack(parts, [name]);
    if (!way) continue;
    scope.problems.add(
      "slo/cyclic-composite",
      at(origin, "sli", "of"),
      `it is made of itself: ${way.join(" → ")}`,
      {
        fix: "take one of these parts out",
      },
    );
    parts.delete(name);
  }
  return parts;
}

function wayBack(
  parts: ReadonlyMap<string, readonly string[]>,
  way: readonly string[],
): string[] | undefined {
  for (const next of parts.get(way.at(-1) ?? "") ?? []) {
    if (next === way[0]) return [...way, next];
    const found = way.includes(next) ? undefined : wayBack(parts, [...way, next]);
    if (found) return found;
  }
  return undefined;
}

/** The parts of a composite; nothing when one of them is unknown, itself, named twice, or counts over another period or other groups. */
export function resolveComposite(
  scope: Scope,
  { name, spec, origin }: Entry,
  minimumEventsOf: (part: Entry) => number,
): Extract<Sli, { kind: "composite" }> | undefined {
  if (spec.sli.kind !== "composite") return undefined;
  const parts = spec.sli.of.map(({ slo, weight }, i): SloPart | undefined => {
    const place = at(origin, "sli", "of", i);
    if (!scope.references.check("slos", slo, at(origin, "sli", "of", i, "slo"))) return undefined;
    const part = scope.described.entries.slos.find((entry) => entry.name === slo);
    if (!part || slo === name) return undefined;
    const complaint =
      mismatch(spec, part.spec) ?? (isRepeated(spec.sli, i) ? "it is a part already" : undefined);
    if (complaint) {
      scope.problems.add("slo/composite-mismatch", place, `"${slo}" cannot be a part here: ${complaint}`, {
        fix: "give all of them the same period and the same by, and name each once",
      });
      return undefined;
    }
    const labels = { platform: scope.described.name, service: part.spec.service, slo };
    return { slo, weight, labels, minimumEvents: minimumEventsOf(part) };
  });
  return parts.includes(undefined)
    ? undefined
    : { kind: "composite", parts: parts.filter((part) => part !== undefined) };
}

function mismatch(whole: SloSpec, part: SloSpec): string | undefined {
  if (part.period !== whole.period) return `its period is ${part.period}, not ${whole.period}`;
  const [own, its] = [whole.by, part.by].map((by) => by.toSorted().join(", "));
  return own === its ? undefined : `it keeps ${its || "nothing"} apart, not ${own || "nothing"}`;
}

function isRepeated(sli: SloSpec["sli"], i: number): boolean {
  return sli.kind === "composite" && sli.of.findIndex(({ slo }) => slo === sli.of[i]?.slo) < i;
}
