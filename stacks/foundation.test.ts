import { describe, expect, test } from "vitest";
import type { Model } from "../model/model.ts";
import { resource, shopWith } from "./fixtures/reviewed.ts";

describe("the foundation", () => {
  const foundation = (path: string, of?: Model) => resource("foundation", path, of);
  const claim = "kubernetes_persistent_volume_claim_v1/volume_receipts";

  test("holds the namespace to the Pod Security Standard restricted", () => {
    expect(foundation("kubernetes_namespace_v1/namespace/metadata/labels")).toMatchObject({
      "pod-security.kubernetes.io/enforce": "restricted",
      "pod-security.kubernetes.io/warn": "restricted",
      "pod-security.kubernetes.io/audit": "restricted",
    });
  });

  test("closes the namespace in both directions, but for name resolution", () => {
    const closed = { pod_selector: {}, policy_types: ["Ingress", "Egress"] };
    expect(foundation("kubernetes_network_policy_v1/default-deny/spec")).toEqual(closed);
    const ports = ["UDP", "TCP"].map((protocol) => ({ port: "53", protocol }));
    expect(foundation("kubernetes_network_policy_v1/allow-dns/spec")).toMatchObject({ egress: [{ ports }] });
  });

  test("limits the namespace to what the environment's size gives it", () => {
    expect(foundation("kubernetes_resource_quota_v1/quota/spec/hard")).toEqual({
      "requests.cpu": "16",
      "requests.memory": "32G",
      "requests.storage": "100G",
    });
  });

  test("limits it to the quota that the environment states instead, which a size is only the least of", () => {
    const quota = { cpu: "26500m", memory: "52Gi", storage: "120Gi" };
    expect(foundation("kubernetes_resource_quota_v1/quota/spec/hard", shopWith({ prod: { quota } }))).toEqual(
      {
        "requests.cpu": "26500m",
        "requests.memory": "52Gi",
        "requests.storage": "120Gi",
      },
    );
  });

  test("claims volumes without waiting for a pod that only comes later", () => {
    expect(foundation(claim)).toMatchObject({
      wait_until_bound: false,
      spec: { access_modes: ["ReadWriteMany"], resources: { requests: { storage: "5Gi" } } },
    });
  });

  test("claims as much of a volume, and of which storage class, as the environment says", () => {
    const volumes = { receipts: { size: "50Gi", storageClass: "fast" } };
    expect(foundation(`${claim}/spec`, shopWith({ prod: { volumes } }))).toMatchObject({
      resources: { requests: { storage: "50Gi" } },
      storage_class_name: "fast",
    });
  });

  test("does not let production's data go by one wrong command", () => {
    expect(foundation("kubernetes_namespace_v1/namespace/lifecycle")).toEqual({ prevent_destroy: true });
    expect(foundation(`${claim}/lifecycle`)).toEqual({ prevent_destroy: true });
  });

  test("brings the operator's CRDs only where they are asked for", () => {
    const release = { chart: "prometheus-operator-crds", atomic: true, lifecycle: { prevent_destroy: true } };
    const wanting = { kind: "operator", labels: {}, installCrds: true };
    const installed = foundation(
      "helm_release/prometheus-operator-crds",
      shopWith({ prod: { monitoring: wanting } }),
    );
    expect(installed).toMatchObject(release);
    for (const monitoring of [{ kind: "operator", labels: {} }, { kind: "plain" }]) {
      expect(foundation("helm_release", shopWith({ prod: { monitoring } }))).toBeUndefined();
    }
  });
});
