import { z } from "zod";
import { counted, fromJson, type Measured, moment, UnreadableError } from "../measured.ts";

const level = z.enum(["none", "note", "warning", "error"]);
const rule = z.object({
  id: z.string(),
  defaultConfiguration: z.object({ level: level.optional() }).optional(),
  properties: z.looseObject({ "security-severity": z.string().optional() }).optional(),
});
const result = z.object({
  ruleId: z.string().optional(),
  ruleIndex: z.int().optional(),
  rule: z.object({ id: z.string().optional(), index: z.int().optional() }).optional(),
  kind: z.string().default("fail"),
  level: level.optional(),
  baselineState: z.string().optional(),
  suppressions: z.array(z.object({ status: z.string().default("accepted") })).default([]),
});
const run = z.object({
  tool: z.object({ driver: z.object({ name: z.string(), rules: z.array(rule).default([]) }) }),
  invocations: z
    .array(z.object({ executionSuccessful: z.boolean(), endTimeUtc: moment.optional() }))
    .default([]),
  // SARIF leaves it out where the tool did not look for anything (3.14.23).
  results: z.array(result).nullish(),
});
const log = z.object({ version: z.literal("2.1.0"), runs: z.array(run).min(1) });

type Rule = z.output<typeof rule>;
type Result = z.output<typeof result>;

/** GitHub and CVSS call a severity of 7.0 and more "high". */
const SEVERE = 7;

/** Findings of any scanner as SARIF 2.1.0: those of all its runs that fail, are not suppressed, and are still there. */
export function readSarif(text: string): Measured {
  const { runs } = fromJson(text, log);
  const counts = { errors: 0, warnings: 0, notes: 0, severe: 0 };
  for (const { tool, invocations, results } of runs) {
    if (!results) throw new UnreadableError(`${tool.driver.name} did not look for anything`);
    if (invocations.some(({ executionSuccessful }) => !executionSuccessful))
      throw new UnreadableError(`${tool.driver.name} did not end well`);
    for (const one of results.filter(stands)) count(counts, one, ruleOf(one, tool.driver.rules));
  }
  const ends = runs.flatMap(({ invocations }) => invocations.flatMap(({ endTimeUtc }) => endTimeUtc ?? []));
  const [first] = ends.sort((a, b) => Date.parse(a) - Date.parse(b));
  return { ...(first !== undefined && { at: first }), values: counted(counts) };
}

function stands({ kind, baselineState, suppressions }: Result): boolean {
  return (
    kind === "fail" && baselineState !== "absent" && !suppressions.some(({ status }) => status === "accepted")
  );
}

function ruleOf(one: Result, rules: readonly Rule[]): Rule | undefined {
  const index = one.ruleIndex ?? one.rule?.index ?? -1;
  const id = one.ruleId ?? one.rule?.id;
  // An id may go on after its rule's: `CA1000/1`.
  return rules[index] ?? rules.find((rule) => id === rule.id || id?.startsWith(`${rule.id}/`));
}

function count(
  counts: { errors: number; warnings: number; notes: number; severe: number },
  one: Result,
  rule: Rule | undefined,
): void {
  const found = one.level ?? rule?.defaultConfiguration?.level ?? "warning";
  if (found === "error") counts.errors += 1;
  else if (found === "warning") counts.warnings += 1;
  else if (found === "note") counts.notes += 1;
  if (Number(rule?.properties?.["security-severity"] ?? 0) >= SEVERE) counts.severe += 1;
}
