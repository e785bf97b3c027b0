import { percentOf } from "../../catalog/canary.ts";
import { secondsOf } from "../../catalog/units.ts";
import { judgedSlos } from "../canaries.ts";
import type { Environment, Service, Slo } from "../model.ts";
import { leastPods, replacement } from "../pods.ts";
import { at } from "../problems.ts";
import type { Scope } from "./scope.ts";

/** Reports canaries that could not enter, could not be judged, or would get another share than is written. */
export function checkCanaries(scope: Scope, environment: Environment, slos: readonly Slo[]): void {
  const { canaries, origin, name } = environment;
  if (!canaries) return;
  if (canaries.controller === "flagger" && canaries.router.kind === "replicas") {
    const message = `${name} has no router, and Flagger divides requests by one only`;
    scope.problems.add("canary/flagger-needs-router", at(origin, "canaries", "router"), message, {
      fix: 'name a router, or let Argo Rollouts do it (controller: "argo-rollouts")',
    });
  }
  const { observe, every } = canaries;
  if (secondsOf(every) < 1 || secondsOf(observe) < 2 * secondsOf(every)) {
    const message = `each step is watched for ${observe} and looked at each ${every}: less than twice, or more often than once a second`;
    scope.problems.add("canary/watched-too-short", at(origin, "canaries"), message, {
      fix: "let observe be at least twice as long as every, and every at least a second",
    });
  }
  for (const service of environment.services) {
    if (!service.canary) continue;
    checkService(scope, service, { environment, slos });
    checkShares(scope, service, environment);
  }
}

interface CanaryPlace {
  environment: Environment;
  slos: readonly Slo[];
}

function checkService(
  { problems, described }: Scope,
  service: Service,
  { environment, slos }: CanaryPlace,
): void {
  const place = at(service.origin, "canary");
  const { name } = service;
  if (
    replacement(service, environment.volumes) === "recreate" &&
    problems.isSound(at(service.origin, "mounts"))
  ) {
    const message = `two releases of "${name}" would run beside each other, and its volume attaches to one pod`;
    problems.add("canary/volume-not-shareable", place, message, {
      fix: 'take canary out, or give the volume access: "shared"',
    });
  }
  if (Object.keys(service.ports).length === 0 && problems.isSound(at(service.origin, "ports"))) {
    const message = `"${name}" has no port, so that there are no requests to divide`;
    problems.add("canary/no-requests", place, message, { fix: "take canary out" });
  }
  if (described.unread.has("slos") || judgedSlos(service, slos).length > 0) return;
  const message = `no SLO of "${name}" counts events of its own metrics: nothing could tell a good release from a bad one`;
  problems.add("canary/nothing-to-judge", place, message, {
    fix: "give it an SLO of bad or good events or of latency, or take canary out",
  });
}

/** Without a router a share is a number of pods, and the smallest is one. */
function checkShares({ problems }: Scope, service: Service, environment: Environment): void {
  const { canaries, origin, name } = environment;
  if (canaries?.router.kind !== "replicas") return;
  const places = [at(service.origin, "scaling"), at(origin, "services", service.name)];
  const [first] = canaries.steps;
  if (first === undefined || !places.every((place) => problems.isSound(place))) return;
  const [pods, needed] = [leastPods(service), Math.ceil(100 / percentOf(first))];
  if (pods >= needed) return;
  const least = Math.ceil(100 / pods);
  const message = `${first} of the requests of "${service.name}" takes ${needed} pods in ${name}, which has no router, and there are ${pods}`;
  problems.add("canary/share-needs-router", at(origin, "canaries", "router"), message, {
    fix: `name a router ("istio" or "gateway-api"), or begin with a step of ${least}% or more`,
  });
}
