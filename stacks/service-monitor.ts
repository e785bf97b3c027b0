import { parse } from "yaml";
import { RELEASE_POD_LABEL } from "../model/canaries.ts";
import type { Artifact, Service } from "../model/model.ts";
import { isByRollout } from "./canary.ts";
import type { Site } from "./layer.ts";
import { addressesOfService, serviceMetadata } from "./metadata.ts";

/** What a ServiceMonitor is made from. */
export interface Monitored {
  service: Service;
  /** Labels that the Prometheus resource selects monitors by. */
  labels: Record<string, string>;
  /** Seconds and the like, as Prometheus writes them; by job. */
  intervals: ReadonlyMap<string, string>;
}

/**
 * How the Prometheus operator scrapes a service; nothing for a service without metrics. The labels of its series are set to
 * those that every rule and dashboard of the platform selects by.
 */
export function serviceMonitorOf(site: Site, { service, labels, intervals }: Monitored) {
  const { metrics, job } = service;
  if (!metrics || job === undefined) return undefined;
  const metadata = serviceMetadata(site, service);
  const fixed = { job, platform: site.platform, service: service.name, environment: site.environment.name };
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "ServiceMonitor",
    metadata: { ...metadata, labels: { ...metadata.labels, ...labels } },
    spec: {
      selector: addressesOfService(site, service.name),
      // By it a new release is told from the one before.
      ...(isByRollout(service, site) && { podTargetLabels: [RELEASE_POD_LABEL] }),
      endpoints: [
        {
          port: metrics.port,
          path: metrics.path,
          interval: intervals.get(job),
          relabelings: Object.entries(fixed).map(([targetLabel, replacement]) => ({
            targetLabel,
            replacement,
          })),
        },
      ],
    },
  };
}

/** How often each job is scraped, from the generated scrape configuration: the operator must not do it more rarely. */
export function scrapeIntervals(prometheus: Artifact): Map<string, string> {
  const { scrape_configs } = parse(prometheus.content) as {
    scrape_configs: { job_name: string; scrape_interval: string }[];
  };
  return new Map(scrape_configs.map((job) => [job.job_name, job.scrape_interval]));
}
