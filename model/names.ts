// All names that more than one generator needs, in one place.
import { createHash } from "node:crypto";

/** Name of an alert in Prometheus: "mcp-server-down" is McpServerDown. */
export function alertName(entry: string): string {
  return entry
    .split("-")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}

/** Prometheus job that collects a service's metrics. */
export function jobName(platform: string, service: string): string {
  return `${platform}-${service}`;
}

/** Terraform stack and state key: PLATFORM-ENVIRONMENT-LAYER. */
export function stackId(platform: string, environment: string, layer: Layer): string {
  return `${platform}-${environment}-${layer}`;
}

/** The layers of a deployment, each a stack; `stacks/index.ts` says which waits for which. */
export const layers = ["foundation", "services", "observability"] as const;
export type Layer = (typeof layers)[number];

/** A flag's definition from the project's root: at a step of its canary, or without one `stable.json`, the way back. */
export function flagFile(platform: string, flag: string, step?: { share: string }): string {
  const name = step === undefined ? "stable" : `${step.share.slice(0, -1)}-percent`;
  return `generated/flags/${platform}/${flag}/${name}.json`;
}

/** Namespace of a platform in an environment that names none. */
export function defaultNamespace(platform: string, environment: string): string {
  return `${platform}-${environment}`;
}

/** The dashboard of every platform with SLOs, unless it describes one of this name itself. */
export const SLO_OVERVIEW = "slo-overview";

/** Grafana's uid of a dashboard. Grafana allows 40 characters: a longer one is cut and told apart by a digest. */
export function dashboardUid(platform: string, dashboard: string): string {
  const uid = `${platform}-${dashboard}`;
  if (uid.length <= 40) return uid;
  return `${uid.slice(0, 31)}-${createHash("sha256").update(uid).digest("hex").slice(0, 8)}`;
}

/** Cluster-wide name of what asks a rule in an environment; the dots keep two platforms' names apart. */
export function admissionName(platform: string, environment: string, rule: string): string {
  return `${platform}.${environment}.${rule}`;
}

/** Path of a generated object that asks a rule: `part` is "RULE.policy" or "RULE.binding". */
export function admissionPath(platform: string, environment: string, part: string): string {
  return `generated/policies/${platform}/${environment}/admission/${part}.yaml`;
}

/** Terraform's variable that holds the values of a Secret which it writes; a name of Kubernetes has no `_`, so that no two meet. */
export function secretVariable(secret: string): string {
  return `secret_${secret.replaceAll("-", "_")}`;
}
