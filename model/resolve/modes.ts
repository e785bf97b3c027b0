import type { ModeSpec } from "../../catalog/mode.ts";
import { type Duration, type Percent, ratioOf, secondsOf } from "../../catalog/units.ts";
import type { DescribedEntry } from "../described.ts";
import type { Alert } from "../model.ts";
import { at } from "../problems.ts";
import type { Mode } from "../resilience.ts";
import { resolveSelection, type Scope } from "./scope.ts";
import { checkTold } from "./told-of.ts";

/** Modes in numbers, by ladder and rank. */
export function resolveModes(scope: Scope, alerts: readonly Alert[]): Mode[] {
  const { modes } = scope.described.entries;
  checkLadders(scope);
  const resolved = modes.flatMap((entry) => resolveMode(scope, entry, alerts) ?? []);
  return resolved.sort((a, b) => (a.ladder === b.ladder ? a.rank - b.rank : a.ladder < b.ladder ? -1 : 1));
}

function resolveMode(
  scope: Scope,
  { spec, origin, name }: DescribedEntry<ModeSpec>,
  alerts: readonly Alert[],
): Mode | undefined {
  scope.references.check("services", spec.service, at(origin, "service"));
  const of = resolveSelection(scope, spec.shownBy, {
    types: ["gauge"],
    origin,
    path: ["shownBy"],
    service: spec.service,
  });
  if (spec.alert !== undefined) checkTold(scope, { alert: spec.alert, of, origin, alerts });
  if (!of) return undefined;
  const { meets, title, description, service, ladder, rank } = spec;
  const { agents, ...works } = spec.works;
  return {
    name,
    origin,
    meets,
    title,
    description,
    service,
    ladder,
    rank,
    works: { ...works, agentsRatio: ratioOf(agents) },
    entered: spec.entered.map((trigger) => ({ ...trigger, value: thresholdOf(trigger.value) })),
    ...(spec.left !== "by-person" && { calmSeconds: secondsOf(spec.left.calmFor) }),
    shownBy: { of, value: spec.shownBy.value },
    ...(spec.alert !== undefined && { alert: spec.alert }),
  };
}

function thresholdOf(value: number | Percent | Duration): number {
  if (typeof value === "number") return value;
  return value.endsWith("%") ? ratioOf(value as Percent) : secondsOf(value as Duration);
}

// Rank by rank from 0, so that "one step down" is always one mode.
function checkLadders({ described, problems }: Scope): void {
  const modes = described.entries.modes.filter(({ origin }) => problems.isSound(at(origin)));
  if (modes.length < described.names.modes.length) return;
  for (const ladder of new Set(modes.map(({ spec }) => spec.ladder))) {
    const steps = modes.filter(({ spec }) => spec.ladder === ladder);
    const sorted = steps.toSorted((a, b) => a.spec.rank - b.spec.rank);
    const wrong = sorted.find(({ spec }, i) => spec.rank !== i);
    if (!wrong) continue;
    const expected = sorted.indexOf(wrong);
    const message = `ladder "${ladder}" has no single mode of rank ${Math.min(expected, wrong.spec.rank)}`;
    problems.add("resilience/ladder", at(wrong.origin, "rank"), message, {
      fix: "give its modes the ranks 0, 1, 2, … each once",
    });
  }
}
