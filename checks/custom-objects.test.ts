// What the controllers of canaries ask of their objects, as their own modules define it.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { moduleFolder } from "../stacks/fixtures/module-folder.ts";
import { artifactsOf, shopWith } from "../stacks/fixtures/reviewed.ts";
import { stacks } from "../stacks/index.ts";
import { changed, runAlone } from "./run-alone.ts";
import { schemas } from "./schemas.ts";

const router = { kind: "istio" };
const stackOf = (controller: string) => {
  const model = shopWith({ api: { canary: {} }, prod: { canaries: { controller, router } } });
  return { model, artifacts: stacks(model, artifactsOf(model)) };
};
const services = "generated/stacks/shop/prod/services.tf.json";

test.each(["argo-rollouts", "flagger"])("what is brought for %s fits its definitions", async (controller) => {
  expect(await runAlone(schemas, stackOf(controller))).toEqual([]);
});

test.each([
  [
    "argo-rollouts",
    '"setWeight": 10',
    '"setWeigth": 10',
    /^api_rollout, spec\.strategy\.canary\.steps\[3\].*setWeigth/,
  ],
  ["argo-rollouts", '"failureLimit": 0', '"failureLimit": {}', /^api_api-canary-.*failureLimit/],
  ["flagger", '"stepWeights": [', '"stepWeights": ["ten",', /^api_canary, spec\.analysis\.stepWeights\[0\]/],
  ["flagger", '"query": "', '"kwery": "', /^api_order-latency, spec\.query: "query" is missing/],
])("of %s, %s as %s is found", async (controller, from, to, said) => {
  const { model, artifacts } = stackOf(controller);
  const wrong = changed(artifacts, services, (text) => text.replace(from, to));
  const [found] = await runAlone(schemas, { model, artifacts: wrong });
  expect(found?.message).toMatch(said);
});

const argo = () =>
  join(moduleFolder("tools/go/argo-rollouts", "github.com/argoproj/argo-rollouts"), "manifests/crds");
const flagger = () =>
  join(moduleFolder("stacks/fixtures/canary-crds", "github.com/fluxcd/flagger"), "artifacts/flagger");

test.each([
  ["rollout", "Rollout", () => join(argo(), "rollout-crd.yaml")],
  ["analysis-template", "AnalysisTemplate", () => join(argo(), "analysis-template-crd.yaml")],
  ["canary", "Canary", () => join(flagger(), "crd.yaml")],
  ["metric-template", "MetricTemplate", () => join(flagger(), "crd.yaml")],
])("the schema of %s is that of the pinned module", async (name, kind, file) => {
  const definitions = parseAllDocuments(await readFile(file(), "utf8")).map(
    (one) => one.toJS() as Definition | null,
  );
  const versions = definitions.find((one) => one?.spec.names.kind === kind)?.spec.versions;
  const schema = strict(versions?.find(({ storage }) => storage)?.schema.openAPIV3Schema ?? {}) as object;
  const $schema = "http://json-schema.org/draft-07/schema#";
  const text = JSON.stringify(
    { $schema, title: `${kind}, from its CustomResourceDefinition`, ...schema },
    undefined,
    1,
  );
  await expect(`${text}\n`).toMatchFileSnapshot(`schemas/${name}.schema.json`);
});

interface Definition {
  spec: {
    names: { kind: string };
    versions: { storage: boolean; schema: { openAPIV3Schema: object } }[];
  };
}

// What we never write, and is most of the definitions: pods and jobs.
const LEFT_OUT = ["template", "job", "status"];
const WORDS = ["description", "format", "default", "example"];

/** The structure alone, and as the API server takes it with strict validation: what is not named is wrong. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== "object" || schema === null) return schema;
  const all = schema as Record<string, unknown>;
  if (all["x-kubernetes-int-or-string"]) return { type: ["integer", "string"] };
  const { properties, ...others } = all;
  const kept = Object.entries(others).filter(
    ([key]) => !WORDS.includes(key) && !key.startsWith("x-kubernetes-"),
  );
  const copied = Object.fromEntries(kept.map(([key, value]) => [key, strict(value)]));
  if (!properties) return copied;
  const named = Object.entries(properties).filter(([key]) => !LEFT_OUT.includes(key));
  return {
    ...copied,
    properties: Object.fromEntries(named.map(([key, value]) => [key, strict(value)])),
    ...(!all["x-kubernetes-preserve-unknown-fields"] && { additionalProperties: false }),
  };
}
