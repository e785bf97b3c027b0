import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { failedTests } from "../../checks/promtool-failures.ts";
import { runTool, type ToolResult } from "../../checks/run-tool.ts";
import { requireTool } from "../../tools/find.ts";
import { mutated, type RuleFileContent, ruleAt } from "./mutants.ts";
import type { TestedRules } from "./rule-files.ts";
import { beyondPromtool, sameMeaning } from "./same-meaning.ts";
import type { Chosen } from "./seeded-choice.ts";

/** What the generated tests made of a mutant. */
export interface Verdict extends Chosen {
  /**
   * "same": it means what the original means, so that there is nothing to notice; "invalid": Prometheus would not load it. Neither says
   * anything of the tests.
   */
  outcome: "killed" | "survived" | "same" | "invalid";
  /** What promtool said of it first, or why it could not; empty where a test is missing. */
  reason: string;
}

// A test of a 30-day window evaluates some thousand times.
const SECONDS_A_TEST = 120;

/** What promtool finds wrong with rules as they were generated; "" when all their tests pass. */
export async function baseline(rules: TestedRules, folder: string): Promise<string> {
  const names = await written({ rules, content: rules.content, folder });
  return complaint(await promtool(names, folder));
}

/** Gives a mutant to the tests of its rule file, in a folder of its own, until one of them notices. */
export async function trial({ rules, mutant }: Chosen, folder: string): Promise<Verdict> {
  const names = await written({ rules, content: mutated(rules.content, mutant), folder });
  const byAlert = (name: string) => rules.tests.find((test) => test.name === name)?.text ?? "";
  // The changed alert's own test first: it is the likeliest to notice.
  const isOwn = (name: string) => Number(byAlert(name).includes(` of ${mutant.rule} for promtool`));
  for (const name of names.toSorted((a, b) => isOwn(b) - isOwn(a))) {
    const result = await promtool([name], folder);
    const said = complaint(result);
    if (said === "") continue;
    const isInvalid = /could not parse expression|parse error|invalid/.test(result.stderr);
    return { rules, mutant, outcome: isInvalid ? "invalid" : "killed", reason: said };
  }
  const original = ruleAt(rules.content, mutant);
  const same = sameMeaning(mutant, original);
  if (same !== undefined) return { rules, mutant, outcome: "same", reason: same };
  return { rules, mutant, outcome: "survived", reason: beyondPromtool(mutant, original) ?? "" };
}

interface Files {
  rules: TestedRules;
  content: RuleFileContent;
  folder: string;
}

async function written({ rules, content, folder }: Files): Promise<string[]> {
  for (const path of [dirname(rules.path), "tests"]) await mkdir(join(folder, path), { recursive: true });
  // JSON is YAML too.
  await writeFile(join(folder, rules.path), JSON.stringify(content));
  for (const { name, text } of rules.tests) await writeFile(join(folder, "tests", name), text);
  return rules.tests.map(({ name }) => name);
}

async function promtool(names: readonly string[], folder: string): Promise<ToolResult> {
  return runTool({
    path: await requireTool("promtool"),
    args: ["test", "rules", ...names.map((name) => join("tests", name))],
    cwd: folder,
    seconds: names.length * SECONDS_A_TEST,
    env: { GOGC: "400" },
  });
}

function complaint({ ok, stderr, trouble }: ToolResult): string {
  // Without its rules a test that expects silence passes.
  if (stderr.includes("no file match pattern")) throw new Error(`promtool did not read the rules: ${stderr}`);
  if (trouble) throw new Error(`promtool ${trouble}`);
  if (ok) return "";
  return (failedTests(stderr)[0] ?? stderr).replace(/\s+/g, " ").trim();
}
