import type { Criterion, Gate, Objective, Slo } from "../model/model.ts";
import type { Severity } from "../problems/problem.ts";
import { allowed, isEmpty, isWithin, letsWorstThrough } from "./criterion-range.ts";

/** Something in a policy that is well-formed and cannot be meant. */
export interface Nonsense {
  rule: string;
  message: string;
  fix: string;
  /** From the policy's own root. */
  path: (string | number)[];
  severity?: Severity;
}

type Path = (string | number)[];

/** What cannot be meant in a policy that its schema accepts. */
export function senseOf(policy: Gate["policy"], slos: readonly Slo[]): Nonsense[] {
  return [
    ...duplicates(policy),
    ...scoresNothing(policy),
    ...policy.objectives.flatMap((objective, i) => objectiveSense(objective, ["objectives", i], slos)),
  ];
}

function duplicates({ objectives }: Gate["policy"]): Nonsense[] {
  return objectives.flatMap(({ name }, i) => {
    if (objectives.findIndex((o) => o.name === name) === i) return [];
    const message = `two objectives are called "${name}": a decision could not say which of them failed`;
    return [
      {
        rule: "check/policy-duplicate-objective",
        message,
        fix: "rename one of them",
        path: ["objectives", i, "name"],
      },
    ];
  });
}

function scoresNothing({ objectives }: Gate["policy"]): Nonsense[] {
  if (objectives.some((o) => o.pass && o.weight > 0)) return [];
  return [
    {
      rule: "check/policy-no-effect",
      message:
        "no objective has both pass criteria and a weight, so that there is no score to compare with total",
      fix: "give at least one objective pass criteria and a weight above 0",
      path: ["objectives"],
    },
  ];
}

function objectiveSense(objective: Objective, path: Path, slos: readonly Slo[]): Nonsense[] {
  const entries = [...entriesOf(objective, "pass", path), ...entriesOf(objective, "warn", path)];
  return [
    ...effectSense(objective, path),
    ...entries.flatMap((entry) => entrySense(objective, entry)),
    ...warnSense(objective, entries),
    ...sloSense(objective, entries, slos),
  ];
}

interface EntryAt {
  of: "pass" | "warn";
  criteria: Criterion[];
  path: Path;
}

function entriesOf(objective: Objective, of: "pass" | "warn", path: Path): EntryAt[] {
  return (objective[of] ?? []).map((criteria, i) => ({ of, criteria, path: [...path, of, i] }));
}

function effectSense({ name, pass, warn, key, weight }: Objective, path: Path): Nonsense[] {
  const rule = "check/policy-no-effect";
  if (!pass && key) {
    const message = `objective "${name}" is a key objective that nothing can fail: it has no pass criteria`;
    return [{ rule, message, fix: "add pass, or take key out", path: [...path, "key"] }];
  }
  if (!pass && warn) {
    const message = `objective "${name}" has warn criteria and no pass criteria: it only informs`;
    return [
      { rule, severity: "warning", message, fix: "add pass, or take warn out", path: [...path, "warn"] },
    ];
  }
  if (!pass || weight > 0 || key) return [];
  const message = `objective "${name}" has weight 0, so that its criteria decide nothing`;
  const fix = "give it a weight, make it a key objective, or take pass out";
  return [{ rule, severity: "warning", message, fix, path: [...path, "weight"] }];
}

function entrySense({ name, indicator }: Objective, { of, criteria, path }: EntryAt): Nonsense[] {
  const through = allowed(criteria, indicator);
  const texts = criteria.map((c) => `"${c.text}"`).join(" and ");
  if (isEmpty(through)) {
    const message = `${texts} of objective "${name}" can never hold`;
    return [
      {
        rule: "check/policy-never-holds",
        message,
        fix: "criteria inside one entry must all hold; write alternatives as entries of their own",
        path,
      },
    ];
  }
  if (!letsWorstThrough(through, indicator)) return [];
  const message = `${texts} of objective "${name}" lets the worst possible value ${of}`;
  return [
    {
      rule: "check/policy-worst-passes",
      message,
      fix: "turn the comparison round, or add one that a bad value does not meet",
      path,
    },
  ];
}

function warnSense({ name, pass, warn, indicator }: Objective, entries: readonly EntryAt[]): Nonsense[] {
  if (!pass || !warn) return [];
  const passing = pass.map((criteria) => allowed(criteria, indicator));
  const reached = warn.some(
    (criteria) => !passing.some((entry) => isWithin(allowed(criteria, indicator), entry)),
  );
  const first = entries.find((entry) => entry.of === "warn");
  if (reached || !first) return [];
  const message = `warn of objective "${name}" is never reached: whatever meets it has passed`;
  return [
    {
      rule: "check/policy-warn-unreachable",
      message,
      fix: "make warn looser than pass",
      path: first.path.slice(0, -1),
    },
  ];
}

function sloSense(
  { name, indicator }: Objective,
  entries: readonly EntryAt[],
  slos: readonly Slo[],
): Nonsense[] {
  if (indicator.kind !== "slo" || indicator.measure !== undefined) return [];
  const slo = slos.find((s) => s.name === indicator.slo);
  return entries.flatMap(({ of, criteria, path }) => {
    const { absolute } = allowed(criteria, indicator);
    if (!slo || of === "warn" || criteria.every((c) => c.relative) || absolute.low >= slo.objective)
      return [];
    const message = `objective "${name}" passes from ${percent(absolute.low)} on, and SLO "${slo.name}" promises ${percent(slo.objective)}`;
    const fix = `ask for ">=${percent(slo.objective)}", and put the looser number under warn`;
    return [{ rule: "check/policy-below-slo", severity: "warning" as const, message, fix, path }];
  });
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(12))}%`;
}
