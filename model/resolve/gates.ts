import type { ObjectiveSpec, PolicySpec } from "../../catalog/policy.ts";
import { ratioOf } from "../../catalog/units.ts";
import type { Criterion, Gate, LoadProfile, Objective, Slo } from "../model.ts";
import { at, type Place } from "../problems.ts";
import { resolveQuery, type Scope } from "./scope.ts";

/** A policy file; `policy` is absent when the file cannot be read, `place` says where something in it stands. */
export interface PolicyFile {
  platform: string;
  name: string;
  /** Path from the project root. */
  file: string;
  policy?: PolicySpec;
  /** Places in the policy that its schema refuses, and that have a stand-in. */
  setAside?: readonly (readonly (string | number)[])[];
  place: (path: readonly (string | number)[]) => Place;
}

export interface GateContext {
  scope: Scope;
  slos: readonly Slo[];
  loadProfiles: readonly LoadProfile[];
  policies: readonly PolicyFile[];
}

/** Gates with their policies resolved: queries instead of names, numbers in base units instead of texts. */
export function resolveGates(context: GateContext): Gate[] {
  const { scope, policies } = context;
  const own = policies.filter((p) => p.platform === scope.described.name);
  return scope.described.entries.gates.flatMap(({ name, origin, spec }) => {
    scope.references.checkAll("environments", spec.environments, at(origin, "environments"));
    if (
      !scope.references.among(
        "policy",
        spec.policy,
        own.map((p) => p.name),
        at(origin, "policy"),
      )
    )
      return [];
    const file = own.find((p) => p.name === spec.policy);
    if (!file?.policy) return [];
    const policy = resolvePolicy(context, { ...file, policy: file.policy });
    return [{ name, origin, meets: spec.meets, title: spec.title, environments: spec.environments, policy }];
  });
}

function resolvePolicy(
  context: GateContext,
  { file, policy, place }: PolicyFile & Required<Pick<PolicyFile, "policy">>,
): Gate["policy"] {
  const objectives = policy.objectives.flatMap((objective, i) => {
    const indicator = resolveIndicator(context, objective, (...path) =>
      place(["objectives", i, "indicator", ...path]),
    );
    if (!indicator) return [];
    checkUnits(context, objective, {
      unit: indicator.unit,
      place: (...path) => place(["objectives", i, ...path]),
    });
    return [resolveObjective(objective, indicator)];
  });
  const total = { pass: ratioOf(policy.total.pass), warn: ratioOf(policy.total.warn) };
  if (total.warn > total.pass && context.scope.problems.isSound(place(["total"]))) {
    context.scope.problems.add(
      "policy/warn-above-pass",
      place(["total", "warn"]),
      `warn at ${policy.total.warn} can never be reached below pass at ${policy.total.pass}`,
      {
        fix: "set warn below pass",
      },
    );
  }
  return { ...policy, file, objectives, total };
}

function resolveObjective(
  { pass, warn, ...objective }: ObjectiveSpec,
  indicator: Objective["indicator"],
): Objective {
  const criteria = (all: string[][]) =>
    all.map((group) => group.map((text) => criterionOf(text, indicator.unit)));
  return {
    ...objective,
    indicator,
    ...(pass && { pass: criteria(pass) }),
    ...(warn && { warn: criteria(warn) }),
  };
}

function resolveIndicator(
  { scope, slos, loadProfiles }: GateContext,
  { indicator }: ObjectiveSpec,
  place: (...path: string[]) => Place,
): Objective["indicator"] | undefined {
  if ("query" in indicator) {
    return {
      kind: "query",
      query: resolveQuery(scope, indicator.query, place("query")),
      unit: indicator.unit,
    };
  }
  if ("slo" in indicator) {
    if (!scope.references.check("slos", indicator.slo, place("slo"))) return undefined;
    const slo = slos.find((s) => s.name === indicator.slo);
    // Of groups the worst is judged.
    const error = slo && `slo:period_error:ratio{platform="${slo.labels.platform}",slo="${slo.name}"}`;
    const query = slo && `1 - ${slo.by.length > 0 ? `max(${error})` : error}`;
    return query === undefined ? undefined : { kind: "slo", slo: indicator.slo, query, unit: "ratio" };
  }
  if (!scope.references.check("loadProfiles", indicator.load, place("load"))) return undefined;
  if (!loadProfiles.some((p) => p.name === indicator.load)) return undefined;
  return {
    kind: "load",
    profile: indicator.load,
    measure: indicator.measure,
    unit: UNITS[indicator.measure],
  };
}

const UNITS = {
  p50: "seconds",
  p95: "seconds",
  p99: "seconds",
  "error-rate": "ratio",
  throughput: "per-second",
};

// What a criterion's unit measures, and how many base units (seconds, ratio, bytes, per second) one of it is.
const UNIT_OF_CRITERION: Record<string, { measures: string; factor: number }> = {
  ms: { measures: "seconds", factor: 0.001 },
  s: { measures: "seconds", factor: 1 },
  m: { measures: "seconds", factor: 60 },
  h: { measures: "seconds", factor: 3600 },
  d: { measures: "seconds", factor: 86_400 },
  w: { measures: "seconds", factor: 604_800 },
  "%": { measures: "ratio", factor: 0.01 },
  Ki: { measures: "bytes", factor: 2 ** 10 },
  Mi: { measures: "bytes", factor: 2 ** 20 },
  Gi: { measures: "bytes", factor: 2 ** 30 },
  Ti: { measures: "bytes", factor: 2 ** 40 },
  "/s": { measures: "per-second", factor: 1 },
  "/m": { measures: "per-second", factor: 1 / 60 },
  "/h": { measures: "per-second", factor: 1 / 3600 },
};

/**
 * A valid criterion in parts, its number in the indicator's unit: "<=300ms" is at most 0.3 (seconds), "<=+10%" at most 0.1 above the
 * comparison value.
 */
export function criterionOf(text: string, unit: string): Criterion {
  const { operator, number, suffix } = partsOf(text);
  const perHour = unit === "per-hour" && suffix.startsWith("/") ? 3600 : 1;
  const value = Number((Number(number) * (UNIT_OF_CRITERION[suffix]?.factor ?? 1) * perHour).toPrecision(12));
  return { text, operator: operator as Criterion["operator"], relative: /^[+-]/.test(number), value };
}

function partsOf(text: string) {
  const [, operator = "", number = "", suffix = ""] = /^(<=|>=|<|>|=)\s*([+-]?[\d.]+)(\S*)$/.exec(text) ?? [];
  return { operator, number, suffix };
}

/** Whether a criterion can judge a value in this unit. */
function isIn(text: string, unit: string): boolean {
  const { number, suffix } = partsOf(text);
  const measures = UNIT_OF_CRITERION[suffix]?.measures;
  // Relative criteria are percentages of whatever is measured; a bare number is in the indicator's own unit.
  if (/^[+-]/.test(number) || measures === undefined) return true;
  return measures === (unit === "per-hour" ? "per-second" : unit);
}

/** A value written as criteria write theirs, "80ms" or "99.95%", in the indicator's unit; undefined where it measures something else. */
export function valueIn(text: string, unit: string): number | undefined {
  return isIn(`=${text}`, unit) ? criterionOf(`=${text}`, unit).value : undefined;
}

function checkUnits(
  { scope }: GateContext,
  objective: ObjectiveSpec,
  { unit, place }: { unit: string; place: (...path: (string | number)[]) => Place },
): void {
  if (!scope.problems.isSound(place("indicator"))) return;
  for (const kind of ["pass", "warn"] as const) {
    for (const [g, group] of (objective[kind] ?? []).entries()) {
      for (const [c, text] of group.entries()) {
        if (isIn(text, unit)) continue;
        scope.problems.add("policy/wrong-unit", place(kind, g, c), `"${text}" judges a value in ${unit}`, {
          fix: `write the number in ${unit}, or without a unit`,
        });
      }
    }
  }
}
