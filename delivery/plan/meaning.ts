import type { AttributeChange } from "./attributes.ts";
import type { PlannedChange } from "./changes.ts";
import type { KubernetesObject } from "./kubernetes-object.ts";

/** What a change of an object is judged by. */
interface Told {
  effect: PlannedChange["effect"];
  object: KubernetesObject;
  attributes: readonly AttributeChange[];
  forces: readonly string[];
  /** Of what is replaced: whether the new one is there before the old one goes. */
  createsFirst: boolean;
  /** Of what is replaced: whether that is because it was made, and did not become what was asked for. */
  wasNotWell?: boolean;
  /** The name that it had before, if it is being renamed. */
  formerName?: string | undefined;
  before: unknown;
}

/** Why a change matters to the people who run the platform, the gravest first; and whether data goes with it. */
export function meaningOf(told: Told): { why: string[]; losesData: boolean } {
  const { effect } = told;
  if (effect === "moved") return { why: ["only its address in Terraform's state changes"], losesData: false };
  if (effect === "adopted")
    return { why: ["it stays as it is; from now on it is Terraform's"], losesData: false };
  if (effect === "created") return { why: [], losesData: false };
  if (effect === "changed") return { why: whyChanged(told), losesData: false };
  const loss = dataLost(told);
  const forced =
    told.forces.length > 0 ? [`${told.forces.join(", ")} cannot be changed in place`] : ([] as string[]);
  const gone = effect === "destroyed" ? WHEN_DESTROYED[told.object.kind] : whenReplaced(told);
  const why = [...(loss ? [loss] : []), ...(gone && !loss ? [gone] : []), ...forced];
  return { why, losesData: loss !== undefined };
}

/** What is lost for good when the object goes, also when another takes its place. */
function dataLost({ object: { kind, name }, before }: Told): string | undefined {
  switch (kind) {
    case "Namespace":
      return `everything in ${name} is deleted with it: pods, Secrets, and volume claims with their data`;
    case "PersistentVolumeClaim":
      return "the claim goes, and its data too unless the volume's reclaim policy is Retain; it ends only when no pod uses it any more";
    case "PersistentVolume":
      return "the volume goes; what is on it can no longer be claimed";
    case "Secret":
      return "its values are lost; pods that read it do not start any more";
    case "StatefulSet":
      return hasClaims(before)
        ? "its pods stop, and the data of its volume claims may go with it"
        : undefined;
    case "CustomResourceDefinition":
      return "every object of this kind in the cluster is deleted with it";
    case "Helm release":
      return "whatever the chart brought is deleted; with custom resource definitions every object of those kinds";
    default:
      return undefined;
  }
}

const WHEN_DESTROYED: Readonly<Record<string, string>> = {
  Deployment: "its pods stop: the service is gone",
  StatefulSet: "its pods stop: the service is gone",
  DaemonSet: "its pods stop on every node",
  Service: "its name no longer resolves: callers cannot reach it",
  NetworkPolicy: "traffic that it let through is stopped, or traffic that it stopped is let through",
  HorizontalPodAutoscaler: "the number of pods no longer follows the load",
  PodDisruptionBudget: "a drain of nodes may take all pods at once",
  ConfigMap: "pods that mount it do not start any more",
  ServiceAccount: "pods that run as it do not start any more",
  PrometheusRule: "its alerts no longer fire",
  ServiceMonitor: "its metrics are no longer read: alerts that need them are blind",
  AlertmanagerConfig: "nobody is told of alerts any more",
  Alertmanager: "nobody is told of alerts any more",
  ResourceQuota: "nothing limits what the namespace may ask for",
  LimitRange: "pods without requests are refused where there is a quota",
};

function whenReplaced(told: Told): string {
  const { formerName, wasNotWell } = told;
  const how = howReplaced(told);
  if (formerName !== undefined) return `it was called ${formerName}: ${how}`;
  return wasNotWell ? `it was made and did not become well, so it is made anew: ${how}` : how;
}

function howReplaced({ object: { kind }, createsFirst }: Told): string {
  if (createsFirst) return "the new one is there before the old one goes";
  switch (kind) {
    case "Deployment":
    case "StatefulSet":
    case "DaemonSet":
      return "downtime: all its pods stop before the new ones start";
    case "Service":
      return "it cannot be reached for a moment, and its cluster address is another";
    case "NetworkPolicy":
      return "for a moment its rules do not hold";
    default:
      return "it is away for a moment";
  }
}

const WORKLOADS = new Set(["Deployment", "StatefulSet", "DaemonSet"]);

function whyChanged({ object: { kind }, attributes, before }: Told): string[] {
  const touches = (pattern: RegExp) => attributes.some(({ path }) => pattern.test(path));
  if (WORKLOADS.has(kind)) {
    const why: string[] = [];
    if (touches(/^spec\.template\./)) why.push(restarts(before));
    if (touches(/^spec\.replicas$/)) why.push("the number of pods changes");
    return why;
  }
  if (kind === "PersistentVolumeClaim" && touches(/resources\.requests/))
    return ["the volume grows, where its storage class lets it; it cannot shrink again"];
  if (kind === "Service" && touches(/^spec\.(selector|port)/))
    return ["callers reach other pods, or other ports"];
  if (kind === "NetworkPolicy" && touches(/^spec\./))
    return ["what may reach the pods, or be reached by them, changes"];
  if (kind === "Secret" && touches(/data\b/i))
    return ["its values change; pods read them when they start again"];
  return [];
}

/** Whether pods change places one by one: what the strategy says, of Deployments. */
function restarts(before: unknown): string {
  const spec = first((before as Record<string, unknown> | null)?.spec);
  return first(spec.strategy).type === "Recreate"
    ? "downtime: all its pods stop before the new ones start (strategy Recreate)"
    : "its pods are replaced, one after the other";
}

function hasClaims(value: unknown): boolean {
  const spec = first((value as Record<string, unknown> | null)?.spec);
  const claims = spec.volume_claim_template ?? spec.volumeClaimTemplates;
  return Array.isArray(claims) && claims.length > 0;
}

/** A block of Terraform is a list of one. */
function first(block: unknown): Record<string, unknown> {
  const one = Array.isArray(block) ? block[0] : block;
  return typeof one === "object" && one !== null ? (one as Record<string, unknown>) : {};
}
