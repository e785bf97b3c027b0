import { AFTER_UNDO } from "../../model/alerting/derived-runbooks.ts";
import type { Platform } from "../../model/model.ts";
import { replacement } from "../../model/pods.ts";
import type { Procedure } from "./procedure.ts";
import { takingBack } from "./promote.ts";
import { allAvailable, firingNow, forEach, named, startOrder } from "./steps.ts";

/** How a release is taken back: at once by Kubernetes, lastingly by the catalog. */
export function rollBack(platform: Platform): Procedure {
  const entering = canarying(platform);
  const order = startOrder(platform.services).map((service) => service.name);
  const stopping = platform.services
    .filter((service) => replacement(service, platform.volumes) === "recreate")
    .map((service) => service.name);
  const pause =
    stopping.length > 0
      ? ` ${named(stopping)} stops for a moment: its volume attaches to one pod at a time.`
      : "";
  return {
    name: "roll-back",
    title: "Roll back",
    purpose: "Brings back the release that ran before, at once, and then in the catalog so that it stays.",
    when: "Trouble began within an hour of a deploy. Roll back first and look for the cause later: a roll-back costs minutes. Not if the release changed the form of stored data: then ask the team first.",
    before: [
      {
        do: "See which release runs since when; the newest ReplicaSet of a service is the running one.",
        command: "kubectl -n $NAMESPACE get replicasets --sort-by=.metadata.creationTimestamp",
        good: "the newest is older than the trouble: a roll-back will not help, look further",
        bad: "the newest is as old as the trouble: roll back",
      },
    ],
    parts: [
      ...takingBack(platform),
      ...(entering.length > 0 ? [whileEntering(entering)] : []),
      {
        title: "One service, at once",
        text: `SERVICE is one of ${named(order)}.${pause}${afterPromotion(entering)}`,
        steps: [
          {
            do: "See what it ran before.",
            command: "kubectl -n $NAMESPACE rollout history deployment/SERVICE",
          },
          {
            do: "Go back by one release, and wait.",
            command:
              "kubectl -n $NAMESPACE rollout undo deployment/SERVICE && kubectl -n $NAMESPACE rollout status deployment/SERVICE --timeout=5m",
            good: "successfully rolled out",
            bad: "it does not become ready: the release before has the trouble too; go back further with --to-revision",
          },
        ],
      },
      {
        title: "All services, at once",
        text: "When the release changed several services that must fit together. Those that are called come first.",
        steps: [
          {
            do: "Go back by one release everywhere. Only where the last deploy changed every one of them: a service that it left alone would go back one too far.",
            command: forEach("SERVICE", order, "kubectl -n $NAMESPACE rollout undo deployment/$SERVICE"),
          },
        ],
      },
      {
        title: "Lastingly, in the catalog",
        text: AFTER_UNDO,
        steps: [
          {
            do: "Take the change back; COMMIT is the merge that brought it.",
            command: "git revert -m 1 COMMIT",
          },
          {
            do: "Write the generated files anew, and commit both.",
            command: "npx fairlead generate && npx fairlead check",
            good: "no problem found",
          },
          {
            do: "Deploy it. Rules, routes and dashboards only come back this way.",
            command: 'npx cdktf deploy "$FAIRLEAD_PLATFORM-$FAIRLEAD_ENV-*"',
            good: "Apply complete",
          },
        ],
      },
    ],
    verify: [allAvailable, firingNow(platform)],
    undo: [
      {
        do: "Go forward again: another undo brings back the newer release.",
        command: "kubectl -n $NAMESPACE rollout undo deployment/SERVICE",
      },
    ],
    tell: "Who made the release, at once; nobody deploys until the cause is known. Data that the new release wrote stays: say so where it matters.",
    alerts: [],
  };
}

/** Services whose releases enter step by step in some environment. */
function canarying({ environments, services }: Platform): string[] {
  if (!environments.some(({ canaries }) => canaries?.controller === "argo-rollouts")) return [];
  return services.filter(({ canary }) => canary).map(({ name }) => name);
}

function whileEntering(services: readonly string[]): Procedure["parts"][number] {
  return {
    title: "While a release enters",
    text: `Where releases of ${named(services)} enter by shares of the requests, one that has not got all of them goes back at once, without a deploy.`,
    steps: services.map((service) => ({
      do: `See how far ${service} is, and send its new release back.`,
      command: `kubectl -n $NAMESPACE get rollout ${service} -o jsonpath='{.status.phase} {.status.message}' && kubectl -n $NAMESPACE patch rollout ${service} --subresource=status --type=merge -p '{"status":{"abort":true}}'`,
      good: "Progressing or Paused: then it is Degraded, and the stable release has all requests",
      bad: "Healthy: the release has all requests already; undo it as below",
    })),
  };
}

function afterPromotion(services: readonly string[]): string {
  if (services.length === 0) return "";
  return ` Where releases of ${named(services)} enter step by step, so does the old one; to give it all requests at once: kubectl patch rollout with promoteFull, as docs/guide/canaries.md says.`;
}
