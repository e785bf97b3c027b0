import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { modelOf } from "../tests/model-of.ts";
import { shop, policies as shopPolicies } from "../tests/shop.ts";
import { temporaryFolder } from "../tools/fake-tools.ts";
import { policies } from "./policies.ts";
import { runAlone } from "./run-alone.ts";

const good = {
  name: "p95",
  indicator: { load: "smoke", measure: "p95" },
  pass: [["<=300ms"]],
  warn: [["<=500ms"]],
};

/** What is said about a policy with these objectives: `severity rule, path: message`, one a line. */
async function about(...objectives: object[]): Promise<string> {
  const policy = { ...shopPolicies["latency-and-errors"], objectives };
  const problems = await runAlone(policies, { model: modelOf([shop], { "latency-and-errors": policy }) });
  return problems.map((p) => `${p.severity} ${p.rule}, ${p.path}: ${p.message}`).join("\n");
}

test("a sensible policy passes", async () => {
  expect(await about(good)).toBe("");
  expect(await runAlone(policies, { model: modelOf([shop], shopPolicies) })).toEqual([]);
});

test("a finding is located in the policy's own file", async () => {
  const policy = { ...shopPolicies["latency-and-errors"], objectives: [{ ...good, warn: [["<=100ms"]] }] };
  const model = modelOf([shop], { "latency-and-errors": policy });
  const [problem] = await runAlone(policies, {
    model,
    locate: ({ path }) => ({ file: String(path[1]), line: 5, column: path.length, exact: true }),
  });
  expect(problem).toEqual({
    rule: "check/policy-warn-unreachable",
    severity: "error",
    message: 'warn of objective "p95" is never reached: whatever meets it has passed',
    path: "objectives[0].warn",
    fix: "make warn looser than pass",
    location: { file: "policies/shop/latency-and-errors.yaml", line: 5, column: 5, exact: true },
  });
});

test("criteria that can never hold are found", async () => {
  expect(await about({ ...good, pass: [["<=300ms", ">400ms"]] })).toMatchInlineSnapshot(
    `"error check/policy-never-holds, objectives[0].pass[0]: "<=300ms" and ">400ms" of objective "p95" can never hold"`,
  );
  expect(
    await about({ name: "ok", indicator: { slo: "order-success" }, pass: [[">100%"]] }),
  ).toMatchInlineSnapshot(
    `"error check/policy-never-holds, objectives[0].pass[0]: ">100%" of objective "ok" can never hold"`,
  );
});

test("criteria that let the worst value through are found", async () => {
  expect(await about({ ...good, pass: [["<=300ms"], [">=100ms"]], warn: undefined })).toMatchInlineSnapshot(
    `"error check/policy-worst-passes, objectives[0].pass[1]: ">=100ms" of objective "p95" lets the worst possible value pass"`,
  );
});

test("a warning that nothing reaches is found", async () => {
  expect(await about({ ...good, warn: [["<=200ms"]] })).toMatchInlineSnapshot(
    `"error check/policy-warn-unreachable, objectives[0].warn: warn of objective "p95" is never reached: whatever meets it has passed"`,
  );
  expect(await about({ ...good, warn: [["<=300ms"], ["<=250ms", "<=+10%"]] })).toMatchInlineSnapshot(
    `"error check/policy-warn-unreachable, objectives[0].warn: warn of objective "p95" is never reached: whatever meets it has passed"`,
  );
  expect(await about({ ...good, warn: [["<=200ms"], ["<=500ms"]] })).toBe("");
});

test("what has no effect is found", async () => {
  const { pass: _, ...informs } = good;
  expect(await about(good, { ...informs, name: "a" })).toMatchInlineSnapshot(
    `"warning check/policy-no-effect, objectives[1].warn: objective "a" has warn criteria and no pass criteria: it only informs"`,
  );
  expect(await about(good, { ...informs, name: "a", warn: undefined, key: true })).toMatchInlineSnapshot(
    `"error check/policy-no-effect, objectives[1].key: objective "a" is a key objective that nothing can fail: it has no pass criteria"`,
  );
  expect(await about(good, { ...good, name: "a", weight: 0 })).toMatchInlineSnapshot(
    `"warning check/policy-no-effect, objectives[1].weight: objective "a" has weight 0, so that its criteria decide nothing"`,
  );
  expect(await about({ ...informs, warn: undefined })).toMatchInlineSnapshot(
    `"error check/policy-no-effect, objectives: no objective has both pass criteria and a weight, so that there is no score to compare with total"`,
  );
});

test("two objectives of one name are found", async () => {
  expect(await about(good, good)).toMatchInlineSnapshot(
    `"error check/policy-duplicate-objective, objectives[1].name: two objectives are called "p95": a decision could not say which of them failed"`,
  );
});

test("a gate that asks for less than the SLO promises is a warning", async () => {
  const loose = { name: "ok", indicator: { slo: "order-success" }, pass: [[">=99%"]] };
  expect(await about(loose)).toMatchInlineSnapshot(
    `"warning check/policy-below-slo, objectives[0].pass[0]: objective "ok" passes from 99% on, and SLO "order-success" promises 99.9%"`,
  );
  expect(await about({ ...loose, pass: [[">=99.9%"]], warn: [[">=99%"]] })).toBe("");
});

test("a policy that no gate names is a warning at its file", async () => {
  const root = await temporaryFolder();
  await mkdir(join(root, "policies", "shop"), { recursive: true });
  for (const name of ["latency-and-errors.yaml", "forgotten.yaml", "README.md"])
    await writeFile(join(root, "policies/shop", name), "");
  expect(await runAlone(policies, { model: modelOf([shop], shopPolicies), root })).toEqual([
    {
      rule: "check/policy-unused",
      severity: "warning",
      message: "no gate names the policy policies/shop/forgotten.yaml",
      location: { file: "policies/shop/forgotten.yaml", line: 1, column: 1, exact: true },
      fix: "name it in a gate of the catalog, or delete it",
    },
  ]);
});
