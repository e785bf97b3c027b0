import { z } from "zod";
import { counted, fromJson, type Measured, moment, UnreadableError } from "../measured.ts";

const level = z.enum(["none", "note", "warning", "error"]);
// CVSS's numbers from 0 to 10, as text; what is no such number could be severe.
const severity = z.string().regex(/^(?:10(?:\.0+)?|\d(?:\.\d+)?)$/);
const rule = z.object({
  id: z.string(),
  defaultConfiguration: z.object({ level: level.optional() }).optional(),
  properties: z.looseObject({ "security-severity": severity.optional() }).optional(),
});
const componentReference = z.object({
  index: z.int().optional(),
  guid: z.string().optional(),
  name: z.string().optional(),
});
const result = z.object({
  ruleId: z.string().optional(),
  ruleIndex: z.int().optional(),
  rule: z
    .object({
      id: z.string().optional(),
      index: z.int().optional(),
      toolComponent: componentReference.optional(),
    })
    .optional(),
  kind: z.string().default("fail"),
  level: level.optional(),
  baselineState: z.string().optional(),
  suppressions: z.array(z.object({ status: z.string().default("accepted") })).default([]),
});
const component = z.object({
  name: z.string(),
  guid: z.string().optional(),
  rules: z.array(rule).default([]),
});
const run = z.object({
  tool: z.object({ driver: component, extensions: z.array(component).default([]) }),
  // Parts of the run that stand in other files, by what they hold (3.15.2).
  externalPropertyFileReferences: z.looseObject({}).optional(),
  invocations: z
    .array(z.object({ executionSuccessful: z.boolean(), endTimeUtc: moment.optional() }))
    .default([]),
  // SARIF leaves it out where the tool did not look for anything (3.14.23).
  results: z.array(result).nullish(),
});
const log = z.object({ version: z.literal("2.1.0"), runs: z.array(run).min(1) });

type Rule = z.output<typeof rule>;
type ComponentReference = z.output<typeof componentReference>;
type Tool = z.output<typeof run>["tool"];
type Result = z.output<typeof result>;

/** GitHub and CVSS call a severity of 7.0 and more "high". */
const SEVERE = 7;

/** What of a run is read. */
const NEEDED = new Set(["results", "driver", "extensions", "invocations"]);

/** Findings of any scanner as SARIF 2.1.0: those of all its runs that fail, are not suppressed, and are still there. */
export function readSarif(text: string): Measured {
  const { runs } = fromJson(text, log);
  const counts = { errors: 0, warnings: 0, notes: 0, severe: 0 };
  for (const { tool, invocations, results, externalPropertyFileReferences: elsewhere } of runs) {
    const [part] = Object.keys(elsewhere ?? {}).filter((name) => NEEDED.has(name));
    if (part !== undefined) throw new UnreadableError(`${tool.driver.name} keeps ${part} in another file`);
    if (!results) throw new UnreadableError(`${tool.driver.name} did not look for anything`);
    if (invocations.some(({ executionSuccessful }) => !executionSuccessful))
      throw new UnreadableError(`${tool.driver.name} did not end well`);
    for (const one of results.filter(stands)) count(counts, one, ruleOf(one, tool));
  }
  const ends = runs.flatMap(({ invocations }) => invocations.flatMap(({ endTimeUtc }) => endTimeUtc ?? []));
  const [first] = ends.sort((a, b) => Date.parse(a) - Date.parse(b));
  return { ...(first !== undefined && { at: first }), values: counted(counts) };
}

/** Suppressed is what somebody suppressed and nobody who reviewed that refused, or is still to review (3.27.23, 3.35.3). */
function stands({ kind, baselineState, suppressions }: Result): boolean {
  const isSuppressed = suppressions.length > 0 && suppressions.every(({ status }) => status === "accepted");
  return kind === "fail" && baselineState !== "absent" && !isSuppressed;
}

/**
 * The rule of a result: by its index in the component that it names, else in the driver (3.27.7, 3.52.7); else by its id in any. Throws an
 * UnreadableError where an index points nowhere or to a rule of another id: the rule that is meant could be severe.
 */
function ruleOf(one: Result, tool: Tool): Rule | undefined {
  const index = one.ruleIndex ?? one.rule?.index ?? -1;
  const id = one.ruleId ?? one.rule?.id;
  // An id may go on after its rule's: `CA1000/1`.
  const isMeant = (rule: Rule) => id === undefined || id === rule.id || id.startsWith(`${rule.id}/`);
  const placed = componentOf(one.rule?.toolComponent, tool)?.rules[index];
  const rules = [tool.driver, ...tool.extensions].flatMap((component) => component.rules);
  const named =
    rules.find((rule) => rule.id === id) ?? rules.find((rule) => id !== undefined && isMeant(rule));
  const found = placed ?? named;
  if (index >= 0 && !(found && isMeant(found)))
    throw new UnreadableError(`a result is of rule ${id ?? index}, and its index of none or another`);
  return found;
}

/** An extension by its index; by name or GUID any; without any of them the driver. */
function componentOf(
  named: ComponentReference | undefined,
  { driver, extensions }: Tool,
): Tool["driver"] | undefined {
  if (!named) return driver;
  if (named.index !== undefined && named.index >= 0) return extensions[named.index];
  const key = named.guid === undefined ? "name" : "guid";
  return [driver, ...extensions].find((one) => one[key] === named[key]);
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
