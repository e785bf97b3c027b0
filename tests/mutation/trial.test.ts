import { expect, test } from "vitest";
import { temporaryFolder } from "../../alerts/fixtures/temporary-folder.ts";
import { type Mutant, mutantsOf, type Rule } from "./mutants.ts";
import type { TestedRules } from "./rule-files.ts";
import { baseline, trial } from "./trial.ts";

const deep: Rule = {
  alert: "Deep",
  expr: 'sum(queue_depth{platform="shop"}) > 100',
  labels: { team: "shop" },
};

function tested({ values, fires }: { values: string; fires: boolean }): TestedRules {
  const text = JSON.stringify({
    rule_files: ["../prod/rules/deep.yaml"],
    tests: [
      {
        interval: "1m",
        input_series: [{ series: 'queue_depth{platform="shop"}', values }],
        alert_rule_test: [
          { eval_time: "5m", alertname: "Deep", exp_alerts: fires ? [{ exp_labels: { team: "shop" } }] : [] },
        ],
      },
    ],
  });
  const content = { groups: [{ name: "deep", rules: [deep] }] };
  return { platform: "shop", path: "prod/rules/deep.yaml", content, tests: [{ name: "deep.yaml", text }] };
}

const mutant = (name: string): Mutant => {
  const found = mutantsOf({ groups: [{ name: "deep", rules: [deep] }] }).find((one) => one.name === name);
  if (!found) throw new Error(`There is no mutant ${name}.`);
  return found;
};

test("a mistake that a test notices is killed, with what promtool said", async () => {
  const rules = tested({ values: "101x10", fires: true });
  const folder = await temporaryFolder([]);
  expect(await baseline(rules, folder)).toBe("");
  const verdict = await trial({ rules, mutant: mutant("Deep: threshold × 1.05, place 1") }, folder);
  expect(verdict).toMatchObject({
    outcome: "killed",
    reason: expect.stringMatching(/Deep at 5m: expected to fire/),
  });
});

test("a mistake that no test notices survives", async () => {
  const rules = tested({ values: "1000x10", fires: true });
  const verdict = await trial(
    { rules, mutant: mutant("Deep: threshold × 1.05, place 1") },
    await temporaryFolder([]),
  );
  expect(verdict).toMatchObject({ outcome: "survived", reason: "" });
});

test("a mistake that changes nothing is told from one that no test notices", async () => {
  const rules = tested({ values: "1000x10", fires: true });
  const any: Rule = { ...deep, expr: "sum(queue_depth) > 0" };
  rules.content = { groups: [{ name: "deep", rules: [any] }] };
  const same = mutantsOf(rules.content).find(({ name }) => name === "Deep: aggregated by max");
  if (!same) throw new Error("There is no such mutant.");
  const verdict = await trial({ rules, mutant: same }, await temporaryFolder([]));
  expect(verdict).toMatchObject({ outcome: "same", reason: expect.stringMatching(/never negative/) });
});

test("tests that fail before anything is changed are said to", async () => {
  const said = await baseline(tested({ values: "1x10", fires: true }), await temporaryFolder([]));
  expect(said).toMatch(/expected to fire .* but it is silent/);
});
