import { directServices, paceOf } from "../model/alerting/pace.ts";
import { RELEASE_LABEL } from "../model/canaries.ts";
import type { Environment, Platform, Service } from "../model/model.ts";

/** Prometheus' configuration: one job for each service with metrics, the rule files beside it, and who is told. */
export function scrapeConfiguration(platform: Platform, environment: Environment): object {
  const direct = directServices(platform);
  const { scrape, evaluate } = paceOf(environment);
  return {
    global: {
      scrape_interval: scrape.usual,
      evaluation_interval: evaluate.usual,
      external_labels: { environment: environment.name },
    },
    rule_files: ["rules/*.yaml"],
    alerting: { alertmanagers: [alertmanagerAt(alertmanagerAddress(environment))] },
    scrape_configs: environment.services.flatMap((service) =>
      service.job && service.metrics
        ? [
            {
              job_name: service.job,
              scrape_interval: direct.has(service.name) ? scrape.direct : scrape.usual,
              metrics_path: service.metrics.path,
              ...discovery(service, service.metrics.port, { platform, environment }),
            },
          ]
        : [],
    ),
  };
}

/** The address for people, unless Prometheus has a shorter way. */
function alertmanagerAddress({ monitoring, links }: Environment): string {
  return (monitoring.kind === "plain" ? monitoring.alertmanager : undefined) ?? links.alertmanager;
}

function alertmanagerAt(address: string): object {
  const { protocol, hostname, port, pathname } = new URL(address);
  const scheme = protocol.slice(0, -1);
  const target = `${hostname}:${port || (scheme === "https" ? 443 : 80)}`;
  return {
    scheme,
    ...(pathname !== "/" && { path_prefix: pathname }),
    static_configs: [{ targets: [target] }],
  };
}

interface Place {
  platform: Platform;
  environment: Environment;
}

function discovery(service: Service, port: string, place: Place): object {
  return place.environment.target === "local" ? loopback(service, port, place) : pods(service, port, place);
}

/** On one machine each service has its own port, and is a single "pod". */
function loopback(service: Service, port: string, { platform, environment }: Place): object {
  const labels = {
    platform: platform.name,
    service: service.name,
    environment: environment.name,
    namespace: environment.namespace,
    pod: service.name,
  };
  return { static_configs: [{ targets: [`127.0.0.1:${service.ports[port]}`], labels }] };
}

/** The service's pods, found by the recommended Kubernetes labels and the name of the port. */
function pods(service: Service, port: string, { platform, environment }: Place): object {
  const entering = service.canary && environment.canaries;
  // Flagger gives the pods of the release before another name.
  const name =
    entering?.controller === "flagger" ? ` in (${service.name},${service.name}-primary)` : `=${service.name}`;
  const label = `app.kubernetes.io/name${name},app.kubernetes.io/part-of=${platform.name}`;
  return {
    kubernetes_sd_configs: [
      { role: "pod", namespaces: { names: [environment.namespace] }, selectors: [{ role: "pod", label }] },
    ],
    relabel_configs: [
      { source_labels: ["__meta_kubernetes_pod_container_port_name"], action: "keep", regex: port },
      // A pod that has finished still has its address for a while.
      { source_labels: ["__meta_kubernetes_pod_phase"], action: "drop", regex: "Succeeded|Failed" },
      { target_label: "platform", replacement: platform.name },
      { target_label: "service", replacement: service.name },
      { target_label: "environment", replacement: environment.name },
      { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
      { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
      ...(entering?.controller === "argo-rollouts"
        ? [{ source_labels: [`__meta_kubernetes_pod_label_${RELEASE_LABEL}`], target_label: RELEASE_LABEL }]
        : []),
    ],
  };
}
