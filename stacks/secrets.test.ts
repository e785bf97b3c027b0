import { expect, test } from "vitest";
import { artifactsOf, resource, shopWith } from "./fixtures/reviewed.ts";
import { stacks } from "./index.ts";

const withSource = (payment: object) => shopWith({ prod: { secrets: { payment } } });
const api = "kubernetes_deployment_v1/api_deployment/depends_on";

test("a Secret that exists is only named, which is what happens when nothing is said (issue 8, part 2)", () => {
  for (const model of [shopWith({}), withSource({ kind: "existing" })]) {
    expect(resource("services", "kubernetes_secret_v1", model)).toBeUndefined();
    expect(resource("services", "kubernetes_manifest", model)).toBeUndefined();
  }
});

test("a Secret that is written comes from an ephemeral variable into a write-only attribute, before what reads it", () => {
  const model = withSource({ kind: "written", revision: 3 });
  expect(resource("services", "kubernetes_secret_v1/written_payment", model)).toEqual({
    metadata: expect.objectContaining({ name: "payment", namespace: "shop-prod" }),
    data_wo: { "api-key": `\${var.secret_payment["api-key"]}` },
    data_wo_revision: 3,
  });
  expect(resource("services", api, model)).toContain("kubernetes_secret_v1.written_payment");
  const file = stacks(model, artifactsOf(model)).find(({ path }) => path.endsWith("/services.tf.json"));
  const { terraform, variable } = JSON.parse(file?.content ?? "");
  expect(variable.secret_payment).toMatchObject({ ephemeral: true, sensitive: true, type: "map(string)" });
  expect(terraform.required_version).toBe(">= 1.11.0");
});

test("a Secret from a store is asked for by name, and waited for", () => {
  const model = withSource({
    kind: "external",
    store: "vault",
    refresh: "30m",
    keys: { "api-key": { from: `shop/\${payment}`, property: "key" } },
  });
  expect(resource("services", "kubernetes_manifest/external_payment", model)).toMatchObject({
    manifest: {
      kind: "ExternalSecret",
      metadata: { name: "payment", namespace: "shop-prod" },
      spec: {
        refreshInterval: "1800s",
        secretStoreRef: { name: "vault", kind: "ClusterSecretStore" },
        target: { name: "payment", creationPolicy: "Owner" },
        data: [{ secretKey: "api-key", remoteRef: { key: `shop/$\${payment}`, property: "key" } }],
      },
    },
    wait: { condition: [{ type: "Ready", status: "True" }] },
  });
  expect(resource("services", api, model)).toContain("kubernetes_manifest.external_payment");
});
