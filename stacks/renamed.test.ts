import { expect, test } from "vitest";
import type { Model } from "../model/model.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { artifactsOf, resource } from "./fixtures/reviewed.ts";
import { stacks } from "./index.ts";

/** The shop after each of its services, and its volume, was called something else. */
const renamed = modelOf(
  [
    {
      ...shop,
      parts: shop.parts.map(({ services, volumes, ...part }) => ({
        ...part,
        ...(services && {
          services: {
            ...services,
            api: { ...services.api, formerly: ["front", "web"] },
            store: { ...services.store, formerly: ["cache"] },
          },
        }),
        ...(volumes && { volumes: { receipts: { ...volumes.receipts, formerly: ["bills"] } } }),
      })),
    } as typeof shop,
  ],
  policies,
);

function movedIn(layer: string, of: Model = renamed): string[] {
  const path = `generated/stacks/shop/prod/${layer}.tf.json`;
  const file = stacks(of, artifactsOf(of)).find((one) => one.path === path);
  const { moved = [] } = JSON.parse(file?.content ?? "{}") as { moved?: { from: string; to: string }[] };
  return moved.map(({ from, to }) => `${from} → ${to}`);
}

test("each object of a renamed service is found under every name that it had, step by step", () => {
  const moved = movedIn("services");
  const all = ["service_account_v1", "network_policy_v1", "service_v1", "deployment_v1"];
  for (const type of all)
    expect(moved.filter((line) => line.startsWith(`kubernetes_${type}.`))).toHaveLength(3);
  expect(moved).toContain("kubernetes_service_v1.front_service → kubernetes_service_v1.web_service");
  expect(moved).toContain("kubernetes_service_v1.web_service → kubernetes_service_v1.api_service");
  expect(moved).toContain(
    "kubernetes_deployment_v1.cache_deployment → kubernetes_deployment_v1.store_deployment",
  );
  expect(movedIn("observability")).toEqual([
    "kubernetes_manifest.monitor_front → kubernetes_manifest.monitor_web",
    "kubernetes_manifest.monitor_web → kubernetes_manifest.monitor_api",
  ]);
});

test("a claim keeps the volume's first name, and so do the pods that mount it", () => {
  expect(movedIn("foundation")).toEqual([
    "kubernetes_persistent_volume_claim_v1.volume_bills → kubernetes_persistent_volume_claim_v1.volume_receipts",
  ]);
  const claim = "kubernetes_persistent_volume_claim_v1/volume_receipts/metadata/name";
  expect(resource("foundation", claim, renamed)).toBe("bills");
  const pod = "kubernetes_deployment_v1/api_deployment/spec/template/spec";
  expect(resource("services", `${pod}/volume/0`, renamed)).toEqual({
    name: "volume-bills",
    persistent_volume_claim: { claim_name: "bills" },
  });
});

test("the new pods are there before the old ones go, who calls them changes in between, and both names are let through", () => {
  const lifecycle = { create_before_destroy: true };
  for (const object of ["deployment_v1/store_deployment", "service_v1/store_service"])
    expect(resource("services", `kubernetes_${object}/lifecycle`, renamed)).toEqual(lifecycle);
  expect(resource("services", "kubernetes_deployment_v1/api_deployment/depends_on", renamed)).toEqual(
    expect.arrayContaining([
      "kubernetes_deployment_v1.store_deployment",
      "kubernetes_service_v1.store_service",
    ]),
  );
  const ingress = "kubernetes_network_policy_v1/store_network-policy/spec/ingress/0/from";
  expect(resource("services", ingress, renamed)).toEqual(
    ["api", "front", "web"].map((name) => ({
      pod_selector: {
        match_labels: { "app.kubernetes.io/instance": "prod", "app.kubernetes.io/name": name },
      },
    })),
  );
});

test("what was never renamed has nothing of it", () => {
  const plain = modelOf([shop], policies);
  for (const layer of ["foundation", "services", "observability"]) expect(movedIn(layer, plain)).toEqual([]);
  expect(resource("services", "kubernetes_deployment_v1/store_deployment/lifecycle", plain)).toBeUndefined();
});
