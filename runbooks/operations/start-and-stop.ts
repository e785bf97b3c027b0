import type { Platform } from "../../model/model.ts";
import { environmentsOf } from "../environments.ts";
import type { Part, Procedure, Step } from "./procedure.ts";
import { allAvailable, firingNow, named, startOrder } from "./steps.ts";

/** How the platform is stopped and started again in the order of its dependencies. */
export function startAndStop(platform: Platform): Procedure {
  const order = startOrder(platform.services).map((service) => service.name);
  return {
    name: "start-and-stop",
    title: "Start and stop",
    purpose:
      "Stops the platform or one of its services so that nothing is lost, and starts it again so that each service finds what it calls.",
    when: "Maintenance of the cluster or of a database, or an environment that nobody needs overnight. In danger follow Emergency stop instead.",
    before: [
      firingNow(platform),
      {
        do: "Silence the platform's alerts for as long as it will be down: open the silences in Alertmanager (the environments below lead there) with the matchers `platform` and `environment`. Leave the Watchdog alone.",
      },
    ],
    parts: [
      {
        title: "Order",
        text: `Start: ${named(order)}. Stop: the other way round. A service comes after those that it calls.`,
        facts: {
          head: ["Service", "Calls", "Called by"],
          rows: startOrder(platform.services).map(({ name, dependsOn, callers }) => [
            `\`${name}\``,
            named(dependsOn) || "none",
            named(callers) || "none",
          ]),
        },
        steps: [],
      },
      {
        title: "Stop everything",
        text: "A Deployment with 0 replicas is left alone by its autoscaler.",
        steps: [...order].reverse().map(
          (name): Step => ({
            do: `Stop \`${name}\`, and wait until its pods are gone.`,
            command: `kubectl -n $NAMESPACE scale deployment/${name} --replicas=0 && kubectl -n $NAMESPACE wait --for=delete pod -l app.kubernetes.io/name=${name} --timeout=3m`,
          }),
        ),
      },
      start(platform, order),
      {
        title: "Restart one service",
        text: `SERVICE is one of ${named(order)}.`,
        steps: [
          {
            do: "Replace its pods, one after the other.",
            command:
              "kubectl -n $NAMESPACE rollout restart deployment/SERVICE && kubectl -n $NAMESPACE rollout status deployment/SERVICE --timeout=5m",
            good: "successfully rolled out",
          },
        ],
      },
    ],
    verify: [allAvailable, firingNow(platform)],
    undo: [{ do: "Stopping is undone by starting, and the other way round. Then take the silence away." }],
    tell: `The team \`${platform.team}\` and whoever uses the platform, before it stops and when it is back.`,
    alerts: [],
  };
}

function start(platform: Platform, order: readonly string[]): Part {
  const environments = environmentsOf(platform);
  // Where an autoscaler rules, its least number; it adds the rest itself.
  const least = (environment: (typeof environments)[number], name: string): string => {
    const scaling = environment.services.find((s) => s.name === name)?.scaling;
    if (!scaling) return "";
    return `${"replicas" in scaling ? scaling.replicas : scaling.min}`;
  };
  const [first] = environments;
  return {
    title: "Start everything",
    text: `The numbers of pods of each environment; the commands are for ${first?.name ?? "the environment"}. A deploy sets them too, where the number is fixed.`,
    facts: {
      head: ["Service", ...environments.map((e) => e.name)],
      rows: order.map((name) => [`\`${name}\``, ...environments.map((e) => least(e, name))]),
    },
    steps: order.map(
      (name): Step => ({
        do: `Start \`${name}\`, and wait until it is ready.`,
        command: `kubectl -n $NAMESPACE scale deployment/${name} --replicas=${first ? least(first, name) : 1} && kubectl -n $NAMESPACE rollout status deployment/${name} --timeout=5m`,
        good: "successfully rolled out",
      }),
    ),
  };
}
