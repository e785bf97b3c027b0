import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { ProblemsError } from "../../problems/problem.ts";
import { canaryProblems, formatCanary } from "./format.ts";
import { judgeCanary, usualPlan } from "./judge.ts";
import { readMeasuredCanary } from "./measured-canary.ts";

const errors = (baseline: number, canary: number) => ({
  ...{ name: "errors", kind: "errors" },
  baseline: { errors: baseline, total: 1_000 },
  canary: { errors: canary, total: 1_000 },
});

/** What is read of a step that is written so. */
async function read(step: object | string) {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-canary-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "step.json"), typeof step === "string" ? step : JSON.stringify(step, null, 1));
  return readMeasuredCanary(folder, "step.json");
}

async function faults(step: object | string): Promise<string[]> {
  const error = await read(step).catch((failure: unknown) => failure);
  if (!(error instanceof ProblemsError)) throw error;
  return error.problems.map(({ rule, message, location }) => `${location?.line} ${rule}: ${message}`);
}

test("a plan that says nothing is the usual one, and what it says replaces single values (WV-19)", async () => {
  expect((await read({ step: 0.1, metrics: [errors(0, 0)] })).plan).toEqual(usualPlan);
  const plan = { alpha: 0.01, minimumSamples: { p95: 300 } };
  expect((await read({ step: 0.1, plan, metrics: [errors(0, 0)] })).plan).toEqual({
    ...usualPlan,
    alpha: 0.01,
    minimumSamples: { ...usualPlan.minimumSamples, p95: 300 },
  });
});

test("what cannot be judged is said at its line, and nothing is decided", async () => {
  expect(await faults({ step: 0.2, metrics: [errors(0, 0)] })).toEqual([
    "2 canary/steps: 0.2 is no step of the plan, which has 0.01, 0.1, 0.5, 1",
  ]);
  expect(await faults({ step: 0.5, plan: { steps: [0.5, 0.1] }, metrics: [errors(0, 0)] })).toEqual([
    "4 canary/steps: the steps 0.5, 0.1 do not rise",
  ]);
  expect(await faults({ step: 1, metrics: [errors(0, 0), errors(0, 9)] })).toEqual([
    expect.stringMatching(/canary\/repeated-metric: metric "errors" is there twice$/),
  ]);
  expect(await faults({ step: 1, metrics: [] })).toHaveLength(1);
  expect(await faults({ step: 1, metrics: [errors(-1, 0.5)] })).toHaveLength(2);
  expect(
    await faults('{"step": 1, "metrics": [{"name": "l", "kind": "values", "baseline": [.nan]'),
  ).not.toEqual([]);
});

test("a worse metric is an error at its place, one with too few samples a warning", async () => {
  const few = { name: "latency", kind: "values", baseline: [1], canary: [1] };
  const of = await read({ step: 0.1, metrics: [few, errors(2, 40)] });
  const decision = judgeCanary(of.observations, of.plan);
  expect(decision.decision).toBe("roll back");
  const told = canaryProblems(decision, of).map(({ rule, severity, location }) => [
    rule,
    severity,
    location?.line,
  ]);
  expect(told).toEqual([
    ...["location", "p95", "p99"].map(() => ["canary/too-few-samples", "warning", 4]),
    ["canary/worse", "error", 14],
  ]);
});

test("the last step has nowhere to go on to", async () => {
  const shown = async (step: number) => {
    const of = await read({ step, metrics: [errors(3, 3)] });
    return formatCanary(judgeCanary(of.observations, of.plan), { of, format: "text" }).split("\n")[0];
  };
  expect(await shown(0.5)).toMatch(/^✔ at 50% of the traffic: continue: to 100% /);
  expect(await shown(1)).toMatch(/^✔ at 100% of the traffic: continue: it has all of the traffic /);
});

test("no name of a metric breaks out of a line, a table or a log's command", async () => {
  const names = fc.string({ unit: "binary", minLength: 1, maxLength: 40 });
  const hostile = fc.oneof(names, fc.constantFrom("a\n::error::b", "x | y", "`z`\n# h", "\u202eltr"));
  await fc.assert(
    fc.asyncProperty(hostile, async (name) => {
      const of = {
        step: 0.1,
        plan: usualPlan,
        observations: [],
        locate: () => ({ file: "f", line: 1, column: 1, exact: true }),
      };
      const decision = judgeCanary([{ ...errors(0, 90), name, kind: "errors" }]);
      const text = formatCanary(decision, { of, format: "text" });
      expect(text.split("\n")).toHaveLength(4);
      expect(text).not.toMatch(/^\s*::/m);
      const rows = formatCanary(decision, { of, format: "markdown" })
        .split("\n")
        .filter((line) => line.startsWith("|"));
      expect(rows).toHaveLength(3);
      expect(JSON.parse(formatCanary(decision, { of, format: "json" })).tests[0].metric).toBe(name);
    }),
  );
});
