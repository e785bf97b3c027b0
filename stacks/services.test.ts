import { describe, expect, test } from "vitest";
import type { Model } from "../model/model.ts";
import { resource, shopWith } from "./fixtures/reviewed.ts";

describe("a service", () => {
  const services = (path: string, of?: Model) => resource("services", path, of);
  const api = "kubernetes_deployment_v1/api_deployment";
  const store = "kubernetes_deployment_v1/store_deployment";
  const containerOf = (deployment: string) => `${deployment}/spec/template/spec/container/0`;

  test("runs its image with ports, probes, resources, variables and secrets by name", () => {
    expect(services(containerOf(api))).toMatchObject({
      image: "ghcr.io/shop/api:1.2.3",
      port: [{ name: "http", container_port: 8080 }],
      readiness_probe: { http_get: { path: "/readyz", port: "http" }, period_seconds: 10 },
      liveness_probe: { http_get: { path: "/healthz", port: "http" } },
      resources: {
        requests: { cpu: "250m", memory: "256Mi", "ephemeral-storage": "64Mi" },
        limits: { memory: "512Mi", "ephemeral-storage": "2Gi" },
      },
      image_pull_policy: "Always",
      env: [{ name: "PAYMENT_KEY", value_from: { secret_key_ref: { name: "payment", key: "api-key" } } }],
    });
  });

  test("asks a TCP port, and asks at the start, where the catalog says so", () => {
    expect(services(containerOf(store))).toMatchObject({
      readiness_probe: { tcp_socket: [{ port: "store" }] },
    });
    const startup = { tcp: "http", period: "500ms", failures: 30 };
    const probes = { readiness: { tcp: "http" }, liveness: { tcp: "http" }, startup };
    expect(services(containerOf(api), shopWith({ api: { probes } }))).toMatchObject({
      startup_probe: { tcp_socket: [{ port: "http" }], period_seconds: 1, failure_threshold: 30 },
    });
  });

  test("has the recommended labels, and selects by those alone that never change", () => {
    expect(services(`${api}/metadata/labels`)).toEqual({
      "app.kubernetes.io/instance": "prod",
      "app.kubernetes.io/managed-by": "fairlead",
      "app.kubernetes.io/name": "api",
      "app.kubernetes.io/part-of": "shop",
      "app.kubernetes.io/version": "1.2.3",
    });
    const selected = { "app.kubernetes.io/instance": "prod", "app.kubernetes.io/name": "api" };
    expect(services(`${api}/spec/selector/match_labels`)).toEqual(selected);
    expect(services("kubernetes_service_v1/api_service/spec/selector")).toEqual(selected);
  });

  test("with a range of pods leaves their number to the autoscaler", () => {
    expect(services(`${api}/spec/replicas`)).toBeUndefined();
    expect(services(`${store}/spec/replicas`)).toBe("1");
    expect(services("kubernetes_horizontal_pod_autoscaler_v2")).toMatchObject({
      api_autoscaler: { spec: { min_replicas: 2, max_replicas: 5 } },
    });
    expect(services("kubernetes_horizontal_pod_autoscaler_v2/store_autoscaler")).toBeUndefined();
  });

  test("of one pod has no disruption budget, which would block every drain", () => {
    expect(services("kubernetes_pod_disruption_budget_v1/api_disruption-budget/spec/max_unavailable")).toBe(
      "1",
    );
    expect(services("kubernetes_pod_disruption_budget_v1/store_disruption-budget")).toBeUndefined();
  });

  test("replaces pods one by one, or all before the new where a volume attaches to one node only", () => {
    const rolling = { type: "RollingUpdate", rolling_update: { max_surge: "1", max_unavailable: "0" } };
    expect(services(`${api}/spec/strategy`)).toEqual(rolling);
    const single = shopWith({ api: { scaling: { replicas: 1 } }, volume: { access: "single" } });
    expect(services(`${api}/spec/strategy`, single)).toEqual({ type: "Recreate" });
    expect(services(`${store}/spec/strategy`, single)).toEqual(rolling);
  });

  test("writes to its volumes and to small scratch folders, never to its root file system", () => {
    expect(services(containerOf(api))).toMatchObject({
      security_context: { read_only_root_filesystem: true },
      volume_mount: [
        { name: "volume-receipts", mount_path: "/receipts" },
        { name: "scratch-1", mount_path: "/tmp" },
      ],
    });
    expect(services(`${api}/spec/template/spec/volume`)).toEqual([
      { name: "volume-receipts", persistent_volume_claim: { claim_name: "receipts" } },
      { name: "scratch-1", empty_dir: { size_limit: "1Gi" } },
    ]);
  });

  test("cannot write to a volume that it only looks at", () => {
    const [mount] = services(
      `${containerOf(api)}/volume_mount`,
      shopWith({ api: { mounts: { "/receipts": { volume: "receipts", readOnly: true } } } }),
    ) as object[];
    expect(mount).toEqual({ name: "volume-receipts", mount_path: "/receipts", read_only: true });
  });

  test("runs after its network policy", () => {
    expect(services(`${api}/depends_on`)).toContain("kubernetes_network_policy_v1.api_network-policy");
  });

  test("is reached by its callers, by Prometheus and at its public ports, and calls what the catalog says", () => {
    const prometheus = [
      { namespace_selector: { match_labels: { "kubernetes.io/metadata.name": "monitoring" } } },
    ];
    const http = [{ port: "8080", protocol: "TCP" }];
    const redis = [{ port: "6379", protocol: "TCP" }];
    expect(services("kubernetes_network_policy_v1/api_network-policy/spec")).toMatchObject({
      ingress: [{ from: prometheus, ports: http }, { ports: http }],
      egress: [
        { to: [podsNamed("store")], ports: redis },
        { to: [{ ip_block: { cidr: "203.0.113.0/24" } }], ports: [{ port: "443", protocol: "TCP" }] },
      ],
    });
    expect(services("kubernetes_network_policy_v1/store_network-policy/spec")).toMatchObject({
      ingress: [{ from: [podsNamed("api")], ports: redis }],
      egress: [],
    });
  });

  function podsNamed(name: string) {
    const labels = { "app.kubernetes.io/instance": "prod", "app.kubernetes.io/name": name };
    return { pod_selector: { match_labels: labels } };
  }
});
