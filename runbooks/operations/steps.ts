// Steps that several procedures share. Names of services and objects are slugs: a shell takes them as they are.
import type { Environment, Platform, Service } from "../../model/model.ts";
import { environmentsOf } from "../environments.ts";
import type { Step } from "./procedure.ts";

/** The services in an order in which each comes after those that it calls. */
export function startOrder(services: readonly Service[]): Service[] {
  const placed = new Set<string>();
  const ordered: Service[] = [];
  const place = (service: Service): void => {
    if (placed.has(service.name)) return;
    placed.add(service.name);
    for (const name of service.dependsOn) {
      const needed = services.find((other) => other.name === name);
      if (needed) place(needed);
    }
    ordered.push(service);
  };
  for (const service of services) place(service);
  return ordered;
}

/** The environment that is meant where one has to be chosen: production, or what comes nearest to it. */
export function foremost(platform: Platform): Environment | undefined {
  return environmentsOf(platform)[0];
}

/** "3" or "3 to 12 at 70% CPU". */
export function podsText({ scaling }: Service): string {
  return "replicas" in scaling
    ? `${scaling.replicas}`
    : `${scaling.min} to ${scaling.max} at ${scaling.cpu} CPU`;
}

/** The names as a person reads them: "`api`, `store`". */
export function named(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

/** Shell: one command for each of some names, in their order. */
export function forEach(variable: string, names: readonly string[], command: string): string {
  return `for ${variable} in ${names.join(" ")}; do\n  ${command}\ndone`;
}

/** Stops the callers of a service, for a reason; who they are its network policy says. */
export function stopCallers(service: string, because?: string): Step {
  return {
    do: `Stop the services that call it, as under Start and stop${because === undefined ? "" : `: ${because}`}.`,
    command: `kubectl -n $NAMESPACE get networkpolicy ${service} -o yaml`,
    good: "its `ingress` names those that may call it",
  };
}

/** Which alerts of the platform fire now. */
export function firingNow(platform: Platform): Step {
  return {
    do: "See what fires.",
    query: `ALERTS{platform="${platform.name}",alertstate="firing",severity!="none"}`,
    good: "nothing, or only what you came for",
    bad: "a critical alert that you do not know: read its page first",
  };
}

/** What is left of the error budgets. */
export function budgetsLeft(platform: Platform): Step[] {
  if (platform.slos.length === 0) return [];
  return [
    {
      do: "See what is left of each error budget.",
      query: `min by (slo) (slo:period_error_budget_remaining:ratio{platform="${platform.name}"})`,
      good: "well above 0 everywhere",
      bad: "near or below 0: change only what brings it back",
    },
  ];
}

/** Whether every Deployment has the pods that it should have. */
export const allAvailable: Step = {
  do: "Wait until every service has its pods.",
  command: "kubectl -n $NAMESPACE wait --for=condition=Available deployment --all --timeout=5m",
  good: "condition met for each service",
  bad: "timed out: see why with the next command",
};

/** What Kubernetes says of pods that do not come up. */
export const recentEvents: Step = {
  do: "Read what Kubernetes complains about; the newest is last.",
  command: "kubectl -n $NAMESPACE get events --field-selector type=Warning --sort-by=.lastTimestamp",
  good: "nothing from the last minutes",
  bad: "FailedScheduling or exceeded quota: no room. Failed or ErrImagePull: the image. CreateContainerConfigError: a Secret or key is missing",
};

/** Whether pods run. */
export const podsNow: Step = {
  do: "See which pods run, and how often they restarted.",
  command: "kubectl -n $NAMESPACE get pods -o wide",
  good: "all Running and ready, no restart in the last hour",
  bad: "Pending, CrashLoopBackOff, OOMKilled or restarts that grow",
};

/** Whether somebody is allowed to do what a procedure asks for. */
export function allowedTo(verb: string, resource: string): Step {
  return {
    do: "See whether you may do it at all.",
    command: `kubectl -n $NAMESPACE auth can-i ${verb} ${resource}`,
    good: "yes",
    bad: "no: the next in the list of contacts can, or follow Break glass",
  };
}
