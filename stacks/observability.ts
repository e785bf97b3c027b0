import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1/index.js";
import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest/index.js";
import type { Construct } from "constructs";
import type { Artifact, Environment } from "../model/model.ts";
import { ProblemsError } from "../problems/problem.ts";
import { addAlertmanagerConfig, addOwnAlertmanager } from "./alertmanager.ts";
import { type DashboardMap, dashboardMaps, fleetMaps } from "./dashboard-maps.ts";
import { baseName, fileName, fileOf, filesIn } from "./generated-files.ts";
import { Layer, type Site } from "./layer.ts";
import { siteMetadata } from "./metadata.ts";
import { createFirst } from "./renamed.ts";
import { scrapeIntervals, serviceMonitorOf } from "./service-monitor.ts";
import { textOf, yamlOf } from "./terraform-text.ts";

type Operator = Extract<Environment["monitoring"], { kind: "operator" }>;

/** What Prometheus, Alertmanager and Grafana are given: all of it the other generators' files, none of it written again here. */
export function observability(scope: Construct, site: Site): Layer {
  const layer = new Layer(scope, "observability", site);
  const { monitoring } = site.environment;
  for (const dashboard of [...dashboardMaps(site), ...fleetMaps(site)]) addDashboard(layer, dashboard);
  if (monitoring.kind === "operator") addForOperator(layer, monitoring);
  else addPlainFiles(layer);
  return layer;
}

/** Grafana's sidecar finds ConfigMaps by label, in all namespaces, and shows what is in them. */
function addDashboard(layer: Layer, { name, fileName, dashboard }: DashboardMap): void {
  const { dashboardLabels } = layer.site.environment.monitoring;
  addConfigMap(layer, { name, files: { [fileName]: dashboard }, labels: dashboardLabels });
}

/** For a Prometheus that reads files: its rules, its scrape configuration, and Alertmanager's configuration. */
function addPlainFiles(layer: Layer): void {
  addConfigMap(layer, { name: "prometheus-rules", files: byName(filesIn(layer.site, "alerts", "rules/")) });
  for (const kind of ["prometheus", "alertmanager"]) {
    const files = byName([fileOf(layer.site, "alerts", `${kind}.yaml`)]);
    addConfigMap(layer, { name: `${kind}-config`, files });
  }
}

function byName(files: readonly Artifact[]): Record<string, Artifact> {
  return Object.fromEntries(files.map((file) => [fileName(file), file]));
}

/** For the Prometheus operator: its own kinds, which its Prometheus finds by label. */
function addForOperator(layer: Layer, { labels, alertmanager }: Operator): void {
  const { site } = layer;
  for (const rules of filesIn(site, "alerts", "rules/")) {
    const metadata = siteMetadata(site, baseName(rules));
    new Manifest(layer, `rules_${metadata.name}`, {
      manifest: {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PrometheusRule",
        metadata: { ...metadata, labels: { ...metadata.labels, ...labels } },
        spec: yamlOf(layer.addFile(rules)),
      },
    });
  }
  const intervals = scrapeIntervals(fileOf(site, "alerts", "prometheus.yaml"));
  for (const service of site.environment.services) {
    const manifest = serviceMonitorOf(site, { service, labels, intervals });
    if (!manifest) continue;
    const monitor = new Manifest(layer, `monitor_${service.name}`, { manifest });
    layer.moveFrom(
      monitor,
      service.formerly.map((name) => `monitor_${name}`),
    );
    if (service.formerly.length > 0) createFirst(monitor);
  }
  if (alertmanager.kind === "own")
    addOwnAlertmanager(layer, fileOf(site, "alerts", "alertmanager.yaml"), alertmanager);
  else
    addAlertmanagerConfig(
      layer,
      fileOf(site, "alerts", "alertmanager-config.yaml"),
      alertmanager.labels ?? labels,
    );
}

// https://kubernetes.io/docs/concepts/configuration/configmap/: "cannot exceed 1 MiB".
const CONFIG_MAP_BYTES = 2 ** 20;

function addConfigMap(
  layer: Layer,
  map: { name: string; files: Record<string, Artifact>; labels?: Record<string, string> },
): void {
  const metadata = siteMetadata(layer.site, map.name);
  const files = Object.entries(map.files);
  const bytes = files.reduce((sum, [name, { content }]) => sum + name.length + Buffer.byteLength(content), 0);
  if (bytes > CONFIG_MAP_BYTES) throw new ProblemsError([tooLarge(layer, map.name, bytes)]);
  new ConfigMapV1(layer, map.name, {
    metadata: { ...metadata, labels: { ...metadata.labels, ...map.labels } },
    data: Object.fromEntries(files.map(([name, artifact]) => [name, textOf(layer.addFile(artifact))])),
  });
}

function tooLarge(layer: Layer, name: string, bytes: number) {
  return {
    rule: "stack/config-map-too-large",
    severity: "error" as const,
    message: `ConfigMap ${name} of ${layer.node.id} would hold ${bytes} bytes; Kubernetes takes ${CONFIG_MAP_BYTES}`,
    fix: "split the dashboard, or let the Prometheus operator take the rules (monitoring.kind)",
  };
}
