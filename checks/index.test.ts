import { readdirSync } from "node:fs";
import { delimiter, dirname } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { temporaryFolder } from "../tools/fake-tools.ts";
import { requireTool, ToolMissingError } from "../tools/index.ts";
import { type CheckInput, type CheckProgress, checks, runChecks, toolsFor } from "./index.ts";
import { artifact } from "./run-alone.ts";

afterEach(() => vi.unstubAllEnvs());

const input: CheckInput = {
  root: "/nowhere",
  model: modelOf([shop], policies),
  artifacts: [],
  problems: [],
  today: "2026-11-21",
  locate: () => ({ file: "catalog/slos.ts", line: 1, column: 1, exact: true }),
};
const badRules = (environment: string) =>
  artifact(
    `generated/alerts/shop/${environment}/rules/a.yaml`,
    "groups: [{ name: a, rules: [{ alert: A, expr: '1 +' }] }]",
  );

/** Where temporary folders are made from now on. */
async function ownTemporaryFolder(): Promise<string> {
  const folder = await temporaryFolder();
  vi.stubEnv("TMPDIR", folder);
  return folder;
}

test("checks that need no tool come first", () => {
  const needs = checks.map((check) => check.needs.length > 0);
  expect(needs).toEqual([...needs].sort());
});

test("what runs only on request says why, and is left out of what is checked by default", () => {
  const onRequest = checks.filter((check) => check.onRequest !== undefined);
  expect(onRequest.map(({ name }) => name)).toEqual(["checkov", "cluster"]);
  expect(toolsFor()).not.toContain("checkov");
  expect(toolsFor(["checkov"])).toEqual(["checkov"]);
});

const usualTools = ["promtool", "amtool", "kubectl", "prometheus", "k6", "kube-score", "terraform"];

test("the tools of chosen checks are known before anything runs", () => {
  expect(toolsFor(["catalog", "lints", "policies", "schemas", "links", "output"])).toEqual([]);
  expect(toolsFor(["rule-tests", "alertmanager", "rules"])).toEqual(["promtool", "amtool"]);
  expect(toolsFor()).toEqual(usualTools);
});

test("problems of all chosen checks are reported together, one mistake once, and nothing is left behind", async () => {
  const temporary = await ownTemporaryFolder();
  const steps: CheckProgress[] = [];
  const warning = { rule: "metric/unused", severity: "warning", message: "nobody reads it" } as const;
  const { problems, ran } = await runChecks(
    { ...input, artifacts: [badRules("local"), badRules("prod")], problems: [warning] },
    { only: ["rules", "catalog"], onProgress: (step) => steps.push(step) },
  );
  expect(problems.map((p) => `${p.rule} ${p.path}`)).toEqual([
    "metric/unused undefined",
    "check/promtool-rules generated/alerts/shop/local/rules/a.yaml:1:47 and 1 more",
  ]);
  expect(ran.map(({ name, files }) => `${name} ${files}`)).toEqual(["catalog 1", "rules 2"]);
  expect(steps.map(({ check, text }) => `${check} ${text}`)).toEqual([
    "catalog ",
    "rules ",
    "rules 2 rule files, 0 configurations",
  ]);
  expect(readdirSync(temporary)).toEqual([]);
});

test("missing tools are all named in one error, before any check runs", async () => {
  vi.stubEnv("PATH", await temporaryFolder());
  vi.stubEnv("FAIRLEAD_CACHE", await temporaryFolder());
  const steps: CheckProgress[] = [];
  const error = await runChecks(input, { onProgress: (step) => steps.push(step) }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ToolMissingError);
  expect((error as ToolMissingError).missing.map((tool) => tool.name)).toEqual(usualTools);
  expect(steps).toEqual([]);
});

test("a signal ends the run with its reason and leaves no folder behind", async () => {
  const temporary = await ownTemporaryFolder();
  const abort = new AbortController();
  const run = runChecks(
    { ...input, artifacts: [badRules("local")], signal: abort.signal },
    { only: ["rules"], onProgress: ({ text }) => text !== "" && abort.abort(new Error("interrupted")) },
  );
  await expect(run).rejects.toThrow("interrupted");
  expect(readdirSync(temporary)).toEqual([]);
});

test("what passed beside other checks has passed alone", async () => {
  const tools = [await requireTool("promtool"), await requireTool("amtool")];
  vi.stubEnv("PATH", tools.map((tool) => dirname(tool)).join(delimiter));
  vi.stubEnv("FAIRLEAD_CACHE", await temporaryFolder());
  const path = "generated/alerts/shop/prod/rules/a.yaml";
  const artifacts = [artifact(path, "groups: [{ name: a, rules: [{ alert: A, expr: up == 0 }] }]")];
  const reused = async (only: string[]) => {
    const { ran } = await runChecks({ ...input, artifacts }, { only, remember: true });
    return ran.find(({ name }) => name === "rules")?.reused;
  };
  expect(await reused(["rules", "alertmanager"])).toBe(0);
  expect(await reused(["rules"])).toBe(1);
});

test("a check that does not exist is not taken for one that passed", async () => {
  await expect(runChecks(input, { only: ["rulez"] })).rejects.toThrow('there is no check "rulez"');
});
