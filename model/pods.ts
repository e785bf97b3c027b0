// How many pods of a service there are. Stacks write it, the capacity check counts it.
import type { Environment, Service, Volume } from "./model.ts";

/** The most pods that a service runs with when nothing is being changed. */
export function mostPods({ scaling }: Pick<Service, "scaling">): number {
  return "replicas" in scaling ? scaling.replicas : scaling.max;
}

/** The fewest pods that a service runs with. */
export function leastPods({ scaling }: Pick<Service, "scaling">): number {
  return "replicas" in scaling ? scaling.replicas : scaling.min;
}

/**
 * How an update replaces pods: new ones before old ones go, or all old ones first where a volume attaches to one node only.
 */
export function replacement(
  { mounts }: Pick<Service, "mounts">,
  volumes: readonly Volume[],
): "rolling" | "recreate" {
  const mounted = Object.values(mounts).map(({ volume }) => volume);
  const isAlone = volumes.some(({ name, access }) => access === "single" && mounted.includes(name));
  return isAlone ? "recreate" : "rolling";
}

/** Pods that a rolling update has more than before: one at a time, so that a quota need not hold every service twice. */
export const SURGE = 1;

/**
 * Pods that a service has at its busiest, in the middle of an update. One that is renamed stands under both names by then; behind a router
 * the new release has as many pods as the old one before the old one goes.
 */
export function podsDuringUpdate(
  service: Pick<Service, "scaling" | "mounts" | "formerly" | "canary">,
  { volumes, canaries }: Pick<Environment, "volumes" | "canaries">,
): number {
  const most = mostPods(service);
  if (replacement(service, volumes) === "recreate") return most;
  const isTwice =
    service.formerly.length > 0 ||
    (service.canary !== undefined && canaries !== undefined && canaries.router.kind !== "replicas");
  return most + (isTwice ? most : SURGE);
}
