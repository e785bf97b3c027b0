import { expect, test } from "vitest";
import { inBatches } from "./in-batches.ts";
import { nothingPassed } from "./passed.ts";
import { ruleTests } from "./rule-tests.ts";
import { rules } from "./rules.ts";
import { artifact, runAlone } from "./run-alone.ts";

const problem = (message: string) => ({ rule: "check/made-up", severity: "error" as const, message });

test("only the files of a run that failed are tried one by one, and problems come in the files' order", async () => {
  const runs: string[] = [];
  const counted: number[] = [];
  const found = await inBatches(["a", "b", "c", "bad", "e", "bad too", "g"], {
    size: 3,
    passes: async (files) => {
      runs.push(files.join());
      return !files.some((file) => file.startsWith("bad"));
    },
    problems: async (file) => {
      runs.push(file);
      return file.startsWith("bad") ? [problem(file)] : [];
    },
    done: (files) => counted.push(files),
    passed: nothingPassed,
    inputs: (file) => [file],
  });
  expect(found.map(({ message }) => message)).toEqual(["bad", "bad too"]);
  expect(runs.toSorted()).toEqual(["a,b,c", "bad", "bad too", "bad,e,bad too", "e", "g"]);
  expect(counted.toSorted()).toEqual([1, 3, 3]);
});

const path = (folder: string, name: string) => `generated/alerts/shop/${folder}/${name}.yaml`;
const rule = (name: string, expr: string) =>
  artifact(
    path("prod/rules", name),
    `groups: [{ name: shop/${name}, rules: [{ alert: Up, expr: '${expr}' }] }]\n`,
    name,
  );

test("promtool names the one bad rule file among several", async () => {
  const artifacts = [rule("a", "up"), rule("b", "sum(up"), rule("c", "up")];
  const found = await runAlone(rules, { artifacts });
  expect(found.map((p) => p.location?.file)).toEqual(["catalog/slos/b.ts"]);
});

test("a test that expects silence of rules that are not there fails among others that pass", async () => {
  const silent = (name: string, of: string) =>
    artifact(
      path("tests", name),
      `rule_files: [../prod/rules/${of}.yaml]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series: []\n    alert_rule_test: [{ eval_time: 1m, alertname: Up, exp_alerts: [] }]\n`,
      name,
    );
  const artifacts = [rule("a", "up == 0"), silent("a", "a"), silent("b", "gone"), silent("c", "a")];
  const found = await runAlone(ruleTests, { artifacts });
  expect(found.map((p) => p.location?.file)).toEqual(["catalog/slos/b.ts"]);
});
