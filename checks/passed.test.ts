import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Artifact } from "../model/model.ts";
import { loadTests } from "./load-tests.ts";
import { openPassed, type Passed } from "./passed.ts";
import { ruleTests } from "./rule-tests.ts";
import { artifact, runAlone } from "./run-alone.ts";

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "fairlead-passed-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

test("what passed is known to the next process, for the same check, inputs and build of the tool only", async () => {
  const cache = await folder();
  const tool = join(cache, "tool");
  await writeFile(tool, "1");
  const open = async (check = "rules") =>
    (await openPassed({ env: { FAIRLEAD_CACHE: cache } })).of(check, [tool]);
  await (await open()).add(["a", "b"]);
  expect((await open()).has(["a", "b"])).toBe(true);
  expect((await open()).has(["ab"])).toBe(false);
  expect((await open()).has(["b", "a"])).toBe(false);
  expect((await open("rule-tests")).has(["a", "b"])).toBe(false);
  await utimes(tool, 1, 1);
  expect((await open()).has(["a", "b"])).toBe(false);
});

/** Keeps what passed, and counts what was asked again. */
function remembered(): Passed & { known: number } {
  const marks = new Set<string>();
  return {
    known: 0,
    has(inputs) {
      const is = marks.has(inputs.join());
      if (is) this.known += 1;
      return is;
    },
    add: async (inputs) => {
      marks.add(inputs.join());
    },
  };
}

const path = (name: string) => `generated/alerts/shop/${name}.yaml`;

/** An alert above a threshold, and a test in which 5 fires. */
function alert(threshold: number): Artifact[] {
  return [
    artifact(
      path("prod/rules/deep"),
      `groups: [{ name: g, rules: [{ alert: Deep, expr: "depth > ${threshold}" }] }]\n`,
    ),
    artifact(
      path("tests/deep"),
      `rule_files:\n  - ../prod/rules/deep.yaml\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series: [{ series: depth, values: "5x3" }]\n    alert_rule_test: [{ eval_time: 1m, alertname: Deep, exp_alerts: [{}] }]\n`,
    ),
  ];
}

test("a unit test that passed runs again when its rules change, and one that failed runs each time", async () => {
  const passed = remembered();
  const failures = async (threshold: number) =>
    (await runAlone(ruleTests, { artifacts: alert(threshold), passed })).length;
  expect(await failures(4)).toBe(0);
  expect(passed.known).toBe(0);
  expect(await failures(4)).toBe(0);
  expect(passed.known).toBe(1);
  expect(await failures(6)).toBe(1);
  expect(await failures(6)).toBe(1);
  expect(passed.known).toBe(1);
});

test("a load script that passed is inspected again when its profile changes", async () => {
  const passed = remembered();
  const inspect = async (vus: string) => {
    const script =
      'const { options } = JSON.parse(open("./profile.json"));\nexport { options };\nexport default function () {}\n';
    const artifacts = [
      artifact("generated/load-tests/shop/smoke/script.js", script),
      artifact("generated/load-tests/shop/smoke/profile.json", `{"options":{"vus":${vus},"iterations":1}}`),
    ];
    return (await runAlone(loadTests, { artifacts, passed })).length;
  };
  expect(await inspect("1")).toBe(0);
  expect(await inspect("1")).toBe(0);
  expect(passed.known).toBe(1);
  expect(await inspect('"many"')).toBeGreaterThan(0);
});
