import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { dashboards } from "../dashboards/index.ts";
import { flags } from "../flags/index.ts";
import { loadTests } from "../load-tests/index.ts";
import { policies as generatePolicies } from "../policies/index.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { shopWith } from "../tests/shop-with.ts";
import { changed, runAlone } from "./run-alone.ts";
import { schemas } from "./schemas.ts";

const model = modelOf([shop], policies);
const good = [...dashboards(model), ...loadTests(model), ...generatePolicies(model)];

test("dashboards, load profiles and gates as they are generated pass", async () => {
  expect(await runAlone(schemas, { model, artifacts: good })).toEqual([]);
});

test("the dashboard of several platforms passes, and is looked at", async () => {
  const [one] = model.platforms;
  if (!one) throw new Error("no shop");
  const several = { ...model, platforms: [one, { ...one, name: "stall" }] };
  const artifacts = dashboards(several);
  expect(await runAlone(schemas, { model: several, artifacts })).toEqual([]);
  const broken = changed(artifacts, "generated/dashboards/fleet/overview.json", (json) =>
    json.replace('"uid": "fleet_overview"', '"uid": "not a uid"'),
  );
  expect(await runAlone(schemas, { model: several, artifacts: broken })).toHaveLength(1);
});

test("flags are held against the schema that flagd publishes", async () => {
  const variants = { stable: "paper", canary: "cotton" };
  const baskets = { title: "Baskets", description: "New baskets.", service: "api", variants };
  const model = modelOf([shopWith({ flags: { baskets } })], policies);
  expect(await runAlone(schemas, { model, artifacts: flags(model) })).toEqual([]);
  const broken = changed(flags(model), "generated/flags/shop/baskets/10-percent.json", (json) =>
    json.replace("fractional", "fractions"),
  );
  const [problem, ...more] = await runAlone(schemas, { model, artifacts: broken });
  expect(more).toEqual([]);
  expect(problem?.message).toMatch(/invalid flagd flag configuration.*\/flags\/baskets\/targeting/);
});

test.each([
  [
    "dashboards/shop/prod/orders.json",
    '"uid": "shop-orders"',
    '"uid": "not a uid"',
    "parts/2/dashboards/orders",
    /^uid: uid is "not a uid"/,
  ],
  [
    "dashboards/shop/prod/orders.json",
    '"type": "timeseries",',
    "",
    "parts/2/dashboards/orders",
    /^panels\[1\]\.type: "type" is missing$/,
  ],
  [
    "dashboards/shop/prod/orders.json",
    '"w": 16',
    '"w": 160',
    "parts/2/dashboards/orders",
    /^panels\[1\]\.gridPos\.w: w is 160/,
  ],
  [
    "load-tests/shop/smoke/profile.json",
    '"weight": 3',
    '"weight": 0',
    "parts/2/loadProfiles/smoke",
    /^requests\[0\]\.weight: weight is 0/,
  ],
  [
    "load-tests/shop/smoke/profile.json",
    '"checks"',
    '"chekcs"',
    "parts/2/loadProfiles/smoke",
    /^options\.thresholds\.checks: "checks" is missing/,
  ],
  [
    "policies/shop/release.json",
    '"operator": ">="',
    '"operator": "~"',
    "parts/2/gates/release",
    /^policy\.objectives\[0\]\.pass\[0\]\[0\]\.operator/,
  ],
])("generated/%s with %s turned into %s is found, at its origin", async (path, from, to, origin, message) => {
  const artifacts = changed(good, `generated/${path}`, (text) => text.replace(from, to));
  const problems = await runAlone(schemas, { model, artifacts });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({
    rule: "check/schema",
    path: `generated/${path}`,
    message: expect.stringMatching(message),
  });
  expect(problems[0]?.location?.file).toBe(`catalog/${origin}.ts`);
});

test("what clusters ask is checked against the schema that editors use, and found at its place", async () => {
  const root = await mkdtemp(join(tmpdir(), "fairlead-test-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, "policies", "shop"), { recursive: true });
  const file = "policies/shop/admission.yaml";
  const write = (action: string) =>
    writeFile(
      join(root, file),
      `description: x\napproved: [cache]\nstages: { prod: { image-digests: ${action} } }\n`,
    );
  await write("deny");
  expect(await runAlone(schemas, { model, root, artifacts: good })).toEqual([]);
  await write("deni");
  const [problem, ...others] = await runAlone(schemas, { model, root, artifacts: good });
  expect(others).toEqual([]);
  expect(problem).toMatchObject({ rule: "check/schema", path: "stages.prod.image-digests" });
  expect(problem?.location?.file).toBe(`catalog/policies/${file}/stages/prod/image-digests.ts`);
});

test("a policy file that the published schema refuses is found at its place in the file", async () => {
  const root = await mkdtemp(join(tmpdir(), "fairlead-test-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, "policies", "shop"), { recursive: true });
  const file = "policies/shop/latency-and-errors.yaml";
  const write = (level: string) => {
    const lines = [
      "name: latency-and-errors",
      "description: Fast.",
      `level: ${level}`,
      "objectives: [{ name: p95, indicator: { load: smoke, measure: p95 } }]",
      "total: { pass: 90%, warn: 75% }",
    ];
    return writeFile(join(root, file), `${lines.join("\n")}\n`);
  };
  await write("mandatory");
  expect(await runAlone(schemas, { model, root, artifacts: good })).toEqual([]);
  await write("mandatry");
  const [problem, ...others] = await runAlone(schemas, { model, root, artifacts: good });
  expect(others).toEqual([]);
  expect(problem).toMatchObject({ rule: "check/schema", path: "level", fix: 'did you mean "mandatory"?' });
  expect(problem?.location?.file).toBe(`catalog/policies/${file}/level.ts`);
});
