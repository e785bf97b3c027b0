import { expect, test } from "vitest";
import type { Model } from "../model/model.ts";
import { modelOf } from "../tests/model-of.ts";
import * as right from "../tests/shop.ts";
import { shopWith as shopOf } from "../tests/shop-with.ts";
import { resource, shopWith } from "./fixtures/reviewed.ts";

const rollouts = (router: object) => ({ controller: "argo-rollouts", router });
const istio = shopWith({ api: { canary: {} }, prod: { canaries: rollouts({ kind: "istio" }) } });
const gateway = {
  kind: "gateway-api",
  gateway: { name: "public", namespace: "gateways" },
  domain: "shop.example",
};
const routed = shopWith({ api: { canary: {} }, prod: { canaries: rollouts(gateway) } });
const flagged = shopWith({
  api: { canary: {} },
  prod: { canaries: { controller: "flagger", router: gateway } },
});
const manifest = (name: string, of: Model) =>
  resource("services", `kubernetes_manifest/api_${name}/manifest`, of) as Record<string, unknown>;
const ignored = (path: string, of: Model) => resource("services", `${path}/lifecycle/ignore_changes`, of);

test("WV-19: a Rollout of the Deployment goes 1, 10, 50, 100 %, each with a pause and its analyses", () => {
  expect(manifest("rollout", istio)).toMatchObject({
    kind: "Rollout",
    metadata: { name: "api", namespace: "shop-prod" },
    spec: { workloadRef: { kind: "Deployment", name: "api", scaleDown: "progressively" } },
  });
  const { strategy } = manifest("rollout", istio).spec as { strategy: { canary: Record<string, unknown> } };
  const stable = { name: "stable", valueFrom: { podTemplateHashValue: "Stable" } };
  const canary = { name: "canary", valueFrom: { podTemplateHashValue: "Latest" } };
  const both = ["api-canary-slos", "api-canary-against-stable"].map((templateName) => ({ templateName }));
  const step = (setWeight: number) => [
    { setWeight },
    { pause: { duration: "60s" } },
    { analysis: { templates: both, args: [canary, stable] } },
  ];
  expect(strategy.canary).toMatchObject({
    stableService: "api",
    canaryService: "api-canary",
    trafficRouting: { istio: { virtualServices: [{ name: "api", routes: ["http"] }] } },
  });
  expect(strategy.canary.steps).toEqual([
    ...[1, 10, 50].flatMap(step),
    { setWeight: 100 },
    { pause: { duration: "60s" } },
    { analysis: { templates: both.slice(0, 1), args: [canary] } },
  ]);
});

test("Terraform leaves alone what the controller moves, and the autoscaler follows the Rollout", () => {
  expect(ignored("kubernetes_deployment_v1/api_deployment", istio)).toEqual(["spec[0].replicas"]);
  const selector = ["spec[0].selector", "metadata[0].annotations"];
  for (const name of ["api_service", "api_canary-service"])
    expect(ignored(`kubernetes_service_v1/${name}`, istio)).toEqual(selector);
  expect(ignored("kubernetes_service_v1/store_service", istio)).toBeUndefined();
  const target = "kubernetes_horizontal_pod_autoscaler_v2/api_autoscaler/spec/scale_target_ref";
  expect(resource("services", target, istio)).toMatchObject({ kind: "Rollout", name: "api" });
  expect(resource("services", target)).toMatchObject({ kind: "Deployment", name: "api" });
});

test("without data nothing passes: each condition asks for a result first", () => {
  for (const name of ["api-canary-slos", "api-canary-against-stable"]) {
    const { metrics } = manifest(name, istio).spec as { metrics: Record<string, string>[] };
    for (const { name: metric, successCondition, failureCondition } of metrics) {
      expect(failureCondition, metric).toMatch(/^len\(result\) > 0 && result\[0\] > [\d.]+$/);
      if (metric?.endsWith("-early")) expect(successCondition).toBeUndefined();
      else expect(successCondition, metric).toMatch(/^len\(result\) > 0 && result\[0\] <= [\d.]+$/);
    }
  }
  const { metrics } = manifest("api-canary-slos", istio).spec as { metrics: { name: string }[] };
  expect(metrics.map(({ name }) => name)).toEqual([
    ...["order-latency-early", "order-latency"],
    ...["order-success-early", "order-success"],
  ]);
});

test("series tell releases apart", () => {
  const monitor = resource("observability", "kubernetes_manifest/monitor_api/manifest/spec", istio);
  expect(monitor).toMatchObject({ podTargetLabels: ["rollouts-pod-template-hash"] });
});

test("what stands in a catalog fills nothing in, neither for the controller nor for Terraform", () => {
  const { services, environments } = right;
  const odd = `{{args.stable}}"\${file("/etc/passwd")}`;
  const [api, orders] = [services.api, right.slos["order-success"]];
  const model = modelOf(
    [
      shopOf({
        services: { ...services, api: { ...api, canary: {} } },
        metrics: {
          ...right.metrics,
          shop_orders_total: {
            ...right.metrics.shop_orders_total,
            labels: { outcome: ["ok", "failed", odd] },
          },
        },
        slos: {
          ...right.slos,
          "order-success": {
            ...orders,
            sli: {
              kind: "bad-events",
              bad: { metric: "shop_orders_total", where: { outcome: odd } },
              total: { metric: "shop_orders_total" },
            },
          },
        },
        environments: {
          ...environments,
          prod: {
            ...environments.prod,
            canaries: { controller: "argo-rollouts", router: { kind: "istio" } },
          },
        },
      }),
    ],
    right.policies,
  );
  const text = JSON.stringify(manifest("api-canary-slos", model));
  expect([...new Set([...text.matchAll(/\{\{([^}]*)\}\}/g)].map(([, name]) => name))]).toEqual([
    "args.canary",
  ]);
  expect(text).toContain("$${file(");
  expect(text).not.toMatch(/[^$]\$\{file/);
});

test("an HTTPRoute of the Gateway API leads to both releases, for Argo's plugin", () => {
  expect(manifest("route", routed)).toMatchObject({
    kind: "HTTPRoute",
    spec: {
      parentRefs: [{ name: "public", namespace: "gateways" }],
      hostnames: ["api.shop.example"],
      rules: [
        {
          backendRefs: [
            { name: "api", port: 8080, weight: 100 },
            { name: "api-canary", port: 8080, weight: 0 },
          ],
        },
      ],
    },
  });
});

test("with Flagger it is a Canary and a MetricTemplate for each question, and its pods are let through", () => {
  expect(manifest("canary", flagged)).toMatchObject({
    kind: "Canary",
    spec: {
      provider: "gatewayapi:v1",
      targetRef: { kind: "Deployment", name: "api" },
      autoscalerRef: { kind: "HorizontalPodAutoscaler", name: "api" },
      analysis: { interval: "600s", threshold: 1, stepWeights: [1, 10, 50] },
    },
  });
  expect(manifest("order-success", flagged)).toMatchObject({
    kind: "MetricTemplate",
    metadata: { name: "api-order-success" },
    spec: { query: expect.stringContaining('pod=~"{{ target }}-[0-9a-z]+(-[0-9a-z]+)"') },
  });
  const selector = "kubernetes_network_policy_v1/api_network-policy/spec/pod_selector";
  expect(resource("services", selector, flagged)).toEqual({
    match_labels: { "app.kubernetes.io/instance": "prod" },
    match_expressions: [{ key: "app.kubernetes.io/name", operator: "In", values: ["api", "api-primary"] }],
  });
});
