import { describe, expect, test } from "vitest";
import type { Model } from "../model/model.ts";
import { resource, shopWith } from "./fixtures/reviewed.ts";

const observability = (path: string, of?: Model) => resource("observability", path, of);

test("with an operator adds the routes to the cluster's Alertmanager, and none of its own", () => {
  const path = "generated/alerts/shop/prod/alertmanager-config.yaml";
  expect(observability("kubernetes_manifest/alertmanager-config/manifest")).toMatchObject({
    kind: "AlertmanagerConfig",
    metadata: { name: "shop", namespace: "shop-prod", labels: { release: "kube-prometheus-stack" } },
    spec: `\${yamldecode(file("\${path.module}/${path}"))}`,
  });
  expect(observability("kubernetes_manifest/alertmanager")).toBeUndefined();
  expect(observability("kubernetes_secret_v1")).toBeUndefined();
});

test("finds the cluster's Alertmanager by labels of its own, if it selects by others than Prometheus", () => {
  const alertmanager = { kind: "shared", labels: { routes: "yes" } };
  const monitoring = { kind: "operator", labels: { release: "a" }, alertmanager };
  const { labels } = observability(
    "kubernetes_manifest/alertmanager-config/manifest/metadata",
    shopWith({ prod: { monitoring } }),
  ) as { labels: Record<string, string> };
  expect(labels).toMatchObject({ routes: "yes" });
  expect(labels).not.toHaveProperty("release");
});

describe("with an Alertmanager of the platform's own", () => {
  const own = (alertmanager: object = {}, prod: object = {}) =>
    shopWith({
      prod: {
        ...prod,
        monitoring: { kind: "operator", labels: {}, alertmanager: { kind: "own", ...alertmanager } },
      },
    });

  test("reads the configuration that amtool checked, and mounts the Secrets that it names", () => {
    const file = `\${file("\${path.module}/generated/alerts/shop/prod/alertmanager.yaml")}`;
    expect(observability("kubernetes_secret_v1/alertmanager-config", own())).toMatchObject({
      metadata: { name: "alertmanager-config", namespace: "shop-prod" },
      data: { "alertmanager.yaml": file },
    });
    expect(observability("kubernetes_manifest/alertmanager", own())).toMatchObject({
      depends_on: [
        "kubernetes_secret_v1.alertmanager-config",
        "kubernetes_network_policy_v1.alertmanager-policy",
      ],
      manifest: {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "Alertmanager",
        metadata: { name: "shop", namespace: "shop-prod" },
        spec: {
          replicas: 2,
          configSecret: "alertmanager-config",
          secrets: ["alertmanager-chat", "alertmanager-heartbeat", "alertmanager-pager"],
          externalUrl: "https://alertmanager.shop.example",
        },
      },
    });
    expect(observability("kubernetes_manifest/alertmanager-config", own())).toBeUndefined();
  });

  test("is told by Prometheus, tells its peers and its receivers, and nobody else", () => {
    const operated = {
      match_labels: { "app.kubernetes.io/instance": "shop", "app.kubernetes.io/name": "alertmanager" },
    };
    const peers = [{ pod_selector: operated }];
    const prometheus = { match_labels: { "kubernetes.io/metadata.name": "monitoring" } };
    const gossip = [
      { port: "9094", protocol: "TCP" },
      { port: "9094", protocol: "UDP" },
    ];
    const hook = { kind: "webhook", url: "http://hooks.shop.example:8000/a" };
    const policy = observability(
      "kubernetes_network_policy_v1/alertmanager-policy/spec",
      own({}, { receivers: { chat: hook } }),
    );
    expect(policy).toEqual({
      pod_selector: operated,
      policy_types: ["Ingress", "Egress"],
      ingress: [
        { from: [{ namespace_selector: prometheus }], ports: [{ port: "9093", protocol: "TCP" }] },
        { from: peers, ports: gossip },
      ],
      egress: [
        { to: peers, ports: gossip },
        {
          ports: [
            { port: "443", protocol: "TCP" },
            { port: "8000", protocol: "TCP" },
          ],
        },
      ],
    });
  });

  test("keeps one of its pods through a drain, if there are two", () => {
    const budget = "kubernetes_pod_disruption_budget_v1/alertmanager-budget/spec/max_unavailable";
    expect(observability(budget, own())).toBe("1");
    expect(observability("kubernetes_pod_disruption_budget_v1", own({ replicas: 1 }))).toBeUndefined();
  });
});
