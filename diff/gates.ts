import type { Criterion, Gate, Objective, Platform } from "../model/model.ts";
import { readablePercent } from "../model/readable.ts";
import { type Change, changesOf, type Finding, type Group, say } from "./change.ts";
import { leftovers } from "./leftovers.ts";
import { pairs } from "./pairs.ts";

/** Gates and their policies: new, gone, tightened, loosened. */
export function compareGates(before: Platform, after: Platform): Change[] {
  const { gone, added, kept } = pairs(before.gates, after.gates);
  const change = (gate: Gate, findings: Finding[]) =>
    changesOf({ platform: after.name, kind: "gate", name: gate.name }, findings);
  const guarded = (gate: Gate) => gate.environments.join(", ");
  return [
    ...gone.flatMap((g) =>
      change(g, [{ group: "looser", says: say`is gone: nothing guards ${guarded(g)} in its place` }]),
    ),
    ...added.flatMap((g) =>
      change(g, [{ group: "tighter", says: say`is new, ${g.policy.level}: guards ${guarded(g)}` }]),
    ),
    ...kept.flatMap(([old, g]) => change(g, findingsOf(old, g))),
  ];
}

const LEVELS = ["advisory", "overridable", "mandatory"];

function findingsOf(old: Gate, gate: Gate): Finding[] {
  const [was, is] = [old.policy, gate.policy];
  return [
    ...pairs(named(old.environments), named(gate.environments)).gone.map(
      ({ name }): Finding => ({ group: "looser", says: say`no longer guards ${name}` }),
    ),
    ...pairs(named(old.environments), named(gate.environments)).added.map(
      ({ name }): Finding => ({ group: "tighter", says: say`guards ${name} now` }),
    ),
    ...more("level", [was.level, is.level], LEVELS.indexOf(is.level) - LEVELS.indexOf(was.level)),
    ...more(
      "passes at",
      [readablePercent(was.total.pass), readablePercent(is.total.pass)],
      is.total.pass - was.total.pass,
    ),
    ...more(
      "warns at",
      [readablePercent(was.total.warn), readablePercent(is.total.warn)],
      is.total.warn - was.total.warn,
    ),
    ...objectiveFindings(was.objectives, is.objectives),
    ...leftovers(was, is, ["level", "total", "objectives"]).map(
      ({ says }): Finding => ({ group: "changed", says }),
    ),
    ...leftovers(old, gate, ["policy", "environments"]).map(
      ({ says }): Finding => ({ group: "changed", says }),
    ),
  ];
}

function objectiveFindings(before: readonly Objective[], after: readonly Objective[]): Finding[] {
  const { gone, added, kept } = pairs(before, after);
  return [
    ...gone.map(({ name }): Finding => ({ group: "looser", says: say`no longer asks for ${name}` })),
    ...added.map(
      (o): Finding => ({
        group: addsPoints(o) ? "changed" : "tighter",
        says: addsPoints(o)
          ? say`asks for ${o.name}: ${criteriaText(o.pass)}, for ${o.weight} points`
          : say`asks for ${o.name}: ${criteriaText(o.pass)}`,
      }),
    ),
    ...kept.flatMap(([was, is]) => [
      ...criteriaFindings(was, is, "pass"),
      ...criteriaFindings(was, is, "warn"),
      ...more(`${is.name} is key`, [String(was.key), String(is.key)], Number(is.key) - Number(was.key)),
      ...leftovers(was, is, ["pass", "warn", "key"]).map(
        ({ says }): Finding => ({ group: "changed", says: say`${is.name}: ${says}` }),
      ),
    ]),
  ];
}

/** Whoever passes there makes up for points that others lose: a further objective can let through what failed before. */
function addsPoints({ pass, weight }: Objective): boolean {
  return pass !== undefined && weight > 0;
}

function criteriaFindings(was: Objective, is: Objective, verdict: "pass" | "warn"): Finding[] {
  const [before, after] = [criteriaText(was[verdict]), criteriaText(is[verdict])];
  if (before === after) return [];
  const direction = directionOf(was[verdict], is[verdict]);
  return [
    { group: groupOf(direction), says: say`${is.name} gives a ${verdict} at ${after}, gave it at ${before}` },
  ];
}

/** Above 0: harder to meet; below: easier; 0 where criteria of another shape cannot be compared by number. */
function directionOf(was: Objective["pass"], is: Objective["pass"]): number {
  const [before, after] = [was?.flat() ?? [], is?.flat() ?? []];
  const shape = (all: Objective["pass"]) =>
    JSON.stringify(all?.map((group) => group.map((c) => [c.operator, c.relative])));
  if (shape(was) !== shape(is)) return 0;
  const steps = after.map((criterion, i) => harder(before[i], criterion));
  if (steps.every((step) => step >= 0)) return 1;
  return steps.every((step) => step <= 0) ? -1 : 0;
}

function harder(was: Criterion | undefined, is: Criterion): number {
  const step = Math.sign(is.value - (was?.value ?? is.value));
  if (is.operator === "=") return step === 0 ? 0 : Number.NaN;
  return is.operator.startsWith("<") ? -step : step;
}

function criteriaText(criteria: Objective["pass"]): string {
  return criteria?.map((all) => all.map((c) => c.text).join(" and ")).join(" or ") ?? "any value";
}

function more(what: string, [was, is]: [string, string], direction: number): Finding[] {
  if (direction === 0) return [];
  return [{ group: groupOf(direction), says: say`${what} ${is}, was ${was}` }];
}

function groupOf(direction: number): Group {
  if (direction === 0) return "changed";
  return direction > 0 ? "tighter" : "looser";
}

function named(names: readonly string[]): { name: string }[] {
  return names.map((name) => ({ name }));
}
