import type { Gate, Objective, Platform } from "../model/model.ts";
import { readablePercent } from "../model/readable.ts";
import type { Explained } from "./explanation.ts";
import { linkedQuery } from "./links.ts";

/** A gate: what each objective is measured by, and which values pass. */
export function explainGate(gate: Gate, platform: Platform): Explained {
  const { total, level, file, compare, objectives } = gate.policy;
  const rows = objectives.map((o) => [
    o.key ? `${o.name} (key)` : o.name,
    String(o.weight),
    criteria(o.pass),
    criteria(o.warn),
    measuredBy(o.indicator),
  ]);
  return {
    title: gate.title,
    meaning: gate.policy.description,
    facts: {
      guards: gate.environments.join(", "),
      level,
      policy: file,
      passes: `at ${readablePercent(total.pass)} of the score, with a warning at ${readablePercent(total.warn)}`,
      "compared with": `${compare.aggregate} of the last ${compare.runs} accepted runs`,
    },
    tables: [
      { title: "Objectives", rows: [["OBJECTIVE", "WEIGHT", "PASSES", "WARNS", "MEASURED BY"], ...rows] },
    ],
    queries: objectives.flatMap(({ name, indicator }) =>
      "query" in indicator ? [linkedQuery(platform, { title: name, promql: indicator.query })] : [],
    ),
    told: [],
    pages: [],
    usedBy: [],
  };
}

const criteria = (all: Gate["policy"]["objectives"][number]["pass"]) =>
  all?.map((group) => group.map((c) => c.text).join(" and ")).join(" or ") ?? "informs only";

function measuredBy(indicator: Objective["indicator"]): string {
  if ("query" in indicator) return indicator.query;
  const from =
    indicator.kind === "load" ? `load profile ${indicator.profile}` : `evidence ${indicator.evidence}`;
  return `${from}, ${indicator.measure}`;
}
