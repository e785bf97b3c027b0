import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadProject } from "../../model/project.ts";
import { packageFile } from "../../package-root.ts";
import { modelOf } from "../../tests/model-of.ts";
import { policies, shop } from "../../tests/shop.ts";
import { testPolicies } from "./test-policies.ts";

const file = "policies/shop/latency-and-errors.cases.yaml";
// The shop's policy: success >=99.9%, warning from 99.5% on; p95 at most 300 ms and 10 % slower than before.
const cases = `at: "2027-06-01T12:00:00Z"
readings: { success: 99.95%, p95: 200ms }
accepted: [{ id: one, at: "2027-05-01T12:00:00Z", values: { p95: 200ms } }]
cases:
  - { name: good, expect: { verdict: pass, blocks: false, objectives: { p95: pass } } }
  - name: hardly available
    readings: { success: 99.6% }
    expect: { verdict: warn, objectives: { success: warn } }
  - name: down
    readings: { success: 0.9 }
    expect: { verdict: fail, blocks: true, objectives: { success: fail } }
  - name: slower than before
    readings: { p95: { value: 0.25, samples: 10 } }
    expect: { verdict: fail, objectives: { p95: fail } }
  - name: too slow, as always
    readings: { p95: 400ms }
    accepted: [{ id: one, at: "2027-05-01T12:00:00Z", values: { p95: 400ms } }]
    expect: { verdict: fail, objectives: { p95: fail } }
  - name: nothing to compare with
    accepted: []
    expect: { verdict: inconclusive, blocks: true }
  - name: no run
    readings: { p95: { missing: the run is a week old } }
    expect: { verdict: inconclusive }
`;

/** What is said of the shop's policy with these cases: `rule at line:column: message`. */
async function said(text: string | undefined, model = modelOf([shop], policies)) {
  const root = await mkdtemp(join(tmpdir(), "fairlead-cases-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, dirname(file)), { recursive: true });
  if (text !== undefined) await writeFile(join(root, file), text);
  const locate = () => undefined;
  const { problems, ...counts } = await testPolicies(model, { root, locate });
  const told = problems.map(({ rule, message, location, path }) => {
    const place = location ? `${location.line}:${location.column}` : path;
    return `${rule} at ${place}: ${message}`;
  });
  return { told, counts };
}

const changed = (from: string, to: string) => {
  if (!cases.includes(from)) throw new Error(`no ${from}`);
  return cases.replace(from, to);
};

test("cases that come out as expected, and try every criterion both ways, are all right", async () => {
  expect(await said(cases)).toEqual({ told: [], counts: { policies: 1, cases: 7, criteria: 4, tried: 4 } });
});

test("a case that comes out otherwise is told at what it expects, with what decided", async () => {
  expect(
    (
      await said(
        changed(
          "verdict: warn, objectives: { success: warn }",
          "verdict: pass, objectives: { success: pass }",
        ),
      )
    ).told,
  ).toMatchInlineSnapshot(`
    [
      "policy/case-verdict at 8:24: case "hardly available": the verdict is warn (2.5 of 3 points: enough for a warning), not pass",
      "policy/case-objective at 8:53: case "hardly available": objective "success" is warn, not pass",
    ]
  `);
  expect(
    (await said(changed("verdict: pass, blocks: false", "verdict: pass, blocks: true"))).told,
  ).toMatchInlineSnapshot(`
    [
      "policy/case-verdict at 5:52: case "good": the release may go on",
    ]
  `);
});

test("a criterion that no case has seen decide is told, and which way", async () => {
  const { told, counts } = await said(
    changed("readings: { p95: { value: 0.25, samples: 10 } }", "readings: { p95: 900ms }"),
  );
  expect(told).toMatchInlineSnapshot(`
    [
      "policy/never-decides at objectives[1].pass[0][1]: "<=+10%" of objective "p95" decides in no case by not holding",
    ]
  `);
  expect(counts.tried).toBe(3);
});

test("names that the policy does not have, units that it does not measure, and unreadable cases are told in their places", async () => {
  expect(
    (await said(changed("readings: { success: 0.9 }", "readings: { succes: 0.9 }"))).told[0],
  ).toMatchInlineSnapshot(`"reference/unknown-objective at 10:25: no objective "succes""`);
  expect(
    (await said(changed("success: 99.95%, p95: 200ms", "success: 99.95%, p95: 20%"))).told[0],
  ).toMatchInlineSnapshot(`"policy/case-value at 2:35: "20%" is no value in seconds"`);
  expect(
    (await said(changed("verdict: fail, blocks", "verdict: failed, blocks"))).told[0],
  ).toMatchInlineSnapshot(
    `"schema/wrong-value at 11:24: verdict is "failed"; it must be "pass", "warn", "fail" or "inconclusive""`,
  );
  expect((await said("cases: [\n")).told.length).toBeGreaterThan(0);
});

test("a policy without cases, and cases without a gate, are told", async () => {
  expect((await said(undefined)).told).toMatchInlineSnapshot(`
    [
      "policy/untested at undefined: policies/shop/latency-and-errors.yaml has no cases: nobody has seen it say yes, or no",
    ]
  `);
  const other = modelOf([{ ...shop, parts: shop.parts.map(({ gates: _, ...part }) => part) }]);
  expect((await said(cases, other)).told).toMatchInlineSnapshot(`
    [
      "policy/cases-without-gate at 1:1: no gate asks policies/shop/latency-and-errors.yaml, whose cases these are",
    ]
  `);
});

test("every policy of the five platforms is tried both ways in every criterion, and a loosened one is caught (WV-18, PM-12)", async () => {
  const root = packageFile(".");
  const { model, locate } = await loadProject(root);
  const { problems, criteria, tried } = await testPolicies(model, { root, locate });
  expect(problems).toEqual([]);
  expect(tried).toBe(criteria);
  const loosened = structuredClone(model);
  for (const { policy } of loosened.platforms.flatMap(({ gates }) => gates))
    for (const criterion of policy.objectives.flatMap(({ pass }) => pass ?? []).flat())
      if (criterion.operator === "<=" || criterion.operator === "<") criterion.value *= 100;
  const caught = await testPolicies(loosened, { root, locate });
  expect(caught.problems.length).toBeGreaterThan(13);
}, 60_000);
