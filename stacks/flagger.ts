// Flagger: https://docs.flagger.app/usage/how-it-works
import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest/index.js";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type Canary, type CanaryIndicator, WORSE } from "../model/canaries.ts";
import type { Service } from "../model/model.ts";
import { templated } from "./canary.ts";
import type { Site } from "./layer.ts";
import { serviceMetadata } from "./metadata.ts";
import { publicPort } from "./routes.ts";

const API = "flagger.app/v1beta1";

/** A Canary of the service's Deployment, and the metrics that it asks at each step. Flagger makes the routes and the Services behind them. */
export function addFlaggerCanary(
  scope: Construct,
  service: Service,
  { site, canary, after }: { site: Site; canary: Canary; after: ITerraformDependable[] },
): void {
  const metrics = canary.indicators.flatMap((one) => metricsOf(one));
  const templates = metrics.map(
    ({ name, query }) =>
      new Manifest(scope, name, { manifest: templateOf(service, { site, canary, name, query }) }),
  );
  new Manifest(scope, "canary", {
    manifest: canaryOf(service, { site, canary, metrics }),
    dependsOn: [...after, ...templates],
  });
}

interface FlaggerMetric {
  name: string;
  query: string;
  max: number;
}

// Pods of a Deployment are NAME-REPLICASET-POD; the release before is the Deployment NAME-primary.
const POD = "-[0-9a-z]+(-[0-9a-z]+)";
const CANARY = `pod=~"{{ target }}${POD}"`;
const STABLE = `pod=~"{{ target }}-primary${POD}"`;

function metricsOf({ slo, fails, errorRatio, worseBy }: CanaryIndicator): FlaggerMetric[] {
  return [
    { name: slo, query: templated(errorRatio, CANARY), max: fails },
    { name: `${slo}-against-stable`, query: templated(worseBy, CANARY, STABLE), max: WORSE },
  ];
}

interface Asked {
  site: Site;
  canary: Canary;
}

function templateOf(
  service: Service,
  { site, canary, name, query }: Asked & { name: string; query: string },
) {
  const { labels, namespace } = serviceMetadata(site, service);
  return {
    apiVersion: API,
    kind: "MetricTemplate",
    metadata: { name: `${service.name}-${name}`, namespace, labels },
    spec: { provider: { type: "prometheus", address: canary.prometheus }, query },
  };
}

function canaryOf(service: Service, { site, canary, metrics }: Asked & { metrics: FlaggerMetric[] }) {
  const metadata = serviceMetadata(site, service);
  const { apiVersion, kind, name } = { apiVersion: "apps/v1", kind: "Deployment", name: service.name };
  const interval = `${canary.observeSeconds}s`;
  return {
    apiVersion: API,
    kind: "Canary",
    metadata,
    spec: {
      provider: site.environment.canaries?.router.kind === "istio" ? "istio" : "gatewayapi:v1",
      targetRef: { apiVersion, kind, name },
      ...("min" in service.scaling && {
        autoscalerRef: { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", name },
      }),
      progressDeadlineSeconds: 600,
      service: {
        port: publicPort(service),
        portDiscovery: true,
        // Prometheus finds both by the labels of the service.
        primary: { labels: metadata.labels },
        canary: { labels: metadata.labels },
        ...gatewayOf(service, site),
      },
      analysis: {
        // Flagger goes on by one step at each interval in which every metric is within its range; one that has no value is not.
        ...{ interval, threshold: 1, stepWeights: canary.steps.filter((step) => step < 100) },
        metrics: metrics.map((metric) => ({
          name: metric.name,
          templateRef: { name: `${service.name}-${metric.name}` },
          thresholdRange: { max: metric.max },
          interval,
        })),
      },
    },
  };
}

function gatewayOf(service: Service, { environment }: Site) {
  const router = environment.canaries?.router;
  if (router?.kind !== "gateway-api") return {};
  return { hosts: [`${service.name}.${router.domain}`], gatewayRefs: [router.gateway] };
}
