import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import type { Model } from "../model/model.ts";
import { artifacts, artifactsOf, model, resource, shopWith } from "./fixtures/reviewed.ts";
import { stacks } from "./index.ts";

describe("observability", () => {
  const observability = (path: string, of?: Model) => resource("observability", path, of);
  const text = (path: string) => `\${file("\${path.module}/generated/${path}")}`;

  test("with an operator is one PrometheusRule for each rule file", () => {
    const files = artifacts.filter(({ path }) => path.startsWith("generated/alerts/shop/prod/rules/"));
    const names = Object.keys(observability("kubernetes_manifest") as object).filter((name) =>
      name.startsWith("rules_"),
    );
    expect(names).toEqual(files.map(({ path }) => `rules_${basename(path, ".yaml")}`).sort());
    const path = "generated/alerts/shop/prod/rules/queue-deep.yaml";
    expect(observability("kubernetes_manifest/rules_queue-deep/manifest")).toMatchObject({
      kind: "PrometheusRule",
      metadata: { name: "queue-deep", namespace: "shop-prod", labels: { release: "kube-prometheus-stack" } },
      spec: `\${yamldecode(file("\${path.module}/${path}"))}`,
    });
  });

  test("with an operator is one ServiceMonitor for each service with metrics", () => {
    expect(observability("kubernetes_manifest/monitor_store")).toBeUndefined();
    expect(observability("kubernetes_manifest/monitor_api/manifest/spec/endpoints")).toEqual([
      {
        port: "http",
        path: "/metrics",
        // As often as the generated scrape configuration: a direct alert reads it.
        interval: "5s",
        relabelings: [
          { targetLabel: "job", replacement: "shop-api" },
          { targetLabel: "platform", replacement: "shop" },
          { targetLabel: "service", replacement: "api" },
          { targetLabel: "environment", replacement: "prod" },
        ],
      },
    ]);
  });

  test("without an operator is plain files in ConfigMaps", () => {
    const plain = shopWith({ prod: { monitoring: { kind: "plain" } } });
    const maps = (path: string) => observability(`kubernetes_config_map_v1${path}`, plain);
    const names = [
      "alertmanager-config",
      "dashboard-orders",
      "dashboard-slo-overview",
      "prometheus-config",
      "prometheus-rules",
    ];
    expect(Object.keys(maps("") as object)).toEqual(names);
    const file = text("alerts/shop/prod/prometheus.yaml");
    expect(maps("/prometheus-config/data")).toEqual({ "prometheus.yaml": file });
    const rules = text("alerts/shop/prod/rules/queue-deep.yaml");
    expect(maps("/prometheus-rules/data")).toMatchObject({ "queue-deep.yaml": rules });
  });

  test("shows each dashboard to Grafana's sidecar by its labels", () => {
    expect(observability("kubernetes_config_map_v1/dashboard-orders")).toMatchObject({
      metadata: { labels: { grafana_dashboard: "1" } },
      data: { "shop-orders.json": text("dashboards/shop/prod/orders.json") },
    });
  });

  test("brings the dashboard of all platforms once, where one Grafana shows them all", () => {
    const [one] = structuredClone(model).platforms;
    const [other] = structuredClone(model).platforms;
    if (!one || !other) throw new Error("no shop");
    const of = { ...model, platforms: [one, { ...other, name: "stall" }] };
    const fleetIn = (platform: string) =>
      stacks(of, artifactsOf(of)).some(
        ({ path, content }) =>
          path === `generated/stacks/${platform}/prod/observability.tf.json` &&
          content.includes("/generated/dashboards/fleet/overview.json"),
      );
    expect([fleetIn("shop"), fleetIn("stall")]).toEqual([true, false]);
    // One of them alone is what it is beside the other.
    const alone = { ...of, platforms: [one], fleet: of.platforms };
    expect(stacks(alone, artifactsOf(alone))).toEqual(stacks(of, artifactsOf(of)).slice(0, 3));
    expect(observability("kubernetes_config_map_v1/fleet-dashboard-overview", of)).toMatchObject({
      metadata: { labels: { grafana_dashboard: "1" } },
      data: { "fleet_overview.json": text("dashboards/fleet/overview.json") },
    });
    for (const environment of other.environments)
      environment.links = { ...environment.links, grafana: "https://grafana.stall.example" };
    expect([fleetIn("shop"), fleetIn("stall")]).toEqual([false, false]);
  });

  test("refuses a dashboard that no ConfigMap can hold", () => {
    const large = artifacts.map((file) =>
      file.path.endsWith("orders.json") ? { ...file, content: "x".repeat(2 ** 20) } : file,
    );
    expect(() => stacks(model, large)).toThrow(
      "stack/config-map-too-large: ConfigMap dashboard-orders of shop-prod-observability",
    );
  });
});
