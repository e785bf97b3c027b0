import type { AnnotationQuery } from "@grafana/grafana-foundation-sdk/dashboard";
import { dataSource } from "./data-source.ts";

/**
 * Marks each deployment of the targets that fit the matcher `where` on every graph. Prometheus itself makes `up` for every target, so that no exporter is needed, and
 * a pod's name tells which ReplicaSet it belongs to (DEPLOYMENT-REVISION-SUFFIX): a revision that has pods now and had
 * none a step ago was deployed, rolled back to, or restarted on purpose. More pods of the same revision, a rescheduled
 * pod or a crash are no deployment. Targets that are no pods (a laptop's processes) give no marks.
 */
export function deployments(where: string): AnnotationQuery {
  return {
    name: "Deployments",
    datasource: dataSource,
    enable: true,
    hide: false,
    iconColor: "blue",
    // Here and not under "target", which versions of Grafana before 12 do not read.
    expr: newRevisions(where),
    step: "60s",
    titleFormat: "{{service}} deployed",
    textFormat: "revision {{revision}}",
    tagKeys: "platform,service",
  };
}

/** PromQL, of the targets that fit the matcher `where`: services with a revision that has pods now and had none one step of the graph ago. */
export function newRevisions(where: string): string {
  const targets = `up{${where}}`;
  const revisions = (of: string) =>
    `count by (platform, service, revision) (label_replace(${of}, "revision", "$1", "pod", ".+-([a-z0-9]+)-[a-z0-9]{5}"))`;
  // After a time without any scrape everything looks new. $__rate_interval is at least a step and a scrape, the time
  // that a restarted Prometheus needs to see all targets again.
  const scrapedBefore = `${targets} offset $__rate_interval`;
  return `${revisions(targets)} unless ${revisions(`${targets} offset $__interval`)} and on () ${scrapedBefore}`;
}
