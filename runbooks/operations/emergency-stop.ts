import type { Platform } from "../../model/model.ts";
import { listedAlert } from "../listed.ts";
import type { Part, Procedure } from "./procedure.ts";
import { firingNow, forEach, named, startOrder } from "./steps.ts";

/** How a platform that does harm is stopped, from the mildest to the hardest means. */
export function emergencyStop(platform: Platform): Procedure {
  const order = startOrder(platform.services);
  return {
    name: "emergency-stop",
    title: "Emergency stop",
    purpose:
      "Stops a platform whose agents do harm: wrong changes, runaway cost, data that leaves. State stays, so that it can go on later.",
    when: "Harm is being done now, or cannot be ruled out within minutes. Take the mildest means that ends it. You need no permission to stop; starting again is decided together.",
    before: [],
    parts: [...fromOutside(platform), ...toOutside(platform), all(order.map((service) => service.name))],
    verify: [
      {
        do: "See that nothing runs any more that should not.",
        command: "kubectl -n $NAMESPACE get pods",
        good: "no pod of what you stopped",
        bad: "pods that come back: somebody or something scales them up again; a deploy may be under way",
      },
      firingNow(platform),
    ],
    undo: [
      { do: "Agree with the next in the list of contacts that the cause is gone." },
      { do: "Follow Start and stop: those that are called first." },
    ],
    tell: `At once: the team \`${platform.team}\` and the last in the list of contacts. Write down when you stopped what, and why. Keep logs and volumes as they are: they may be evidence.`,
    alerts: platform.alerts.flatMap((alert) => (alert.invariant ? [listedAlert(platform, alert)] : [])),
  };
}

function fromOutside({ services }: Platform): Part[] {
  const open = services.filter((service) => service.public.length > 0).map((service) => service.name);
  if (open.length === 0) return [];
  return [
    {
      title: "No new work from outside",
      text: `Takes the ways in away: ${named(open)}. What already runs goes on to its end.`,
      steps: [
        {
          do: "Stop the services that can be reached from outside.",
          command: forEach("SERVICE", open, "kubectl -n $NAMESPACE scale deployment/$SERVICE --replicas=0"),
          good: "scaled, for each of them",
        },
      ],
    },
  ];
}

function toOutside({ services }: Platform): Part[] {
  const leaving = services.filter((service) => service.egress.length > 0);
  if (leaving.length === 0) return [];
  return [
    {
      title: "Nothing leaves any more",
      text: "Stops the services that may call addresses outside the namespace: no further change outside, no further cost.",
      facts: {
        head: ["Service", "Calls outside"],
        rows: leaving.map(({ name, egress }) => [`\`${name}\``, egress.map(({ why }) => why).join("; ")]),
      },
      steps: [
        {
          do: "Stop them.",
          command: forEach(
            "SERVICE",
            leaving.map((service) => service.name),
            "kubectl -n $NAMESPACE scale deployment/$SERVICE --replicas=0",
          ),
          good: "scaled, for each of them",
        },
      ],
    },
  ];
}

function all(order: readonly string[]): Part {
  return {
    title: "Everything",
    text: "The hardest: work that is under way is cut off and taken up again later as far as the services can. Callers go first.",
    steps: [
      {
        do: "Stop every service; each gets its time to end.",
        command: forEach(
          "SERVICE",
          [...order].reverse(),
          "kubectl -n $NAMESPACE scale deployment/$SERVICE --replicas=0",
        ),
        good: "no pod left after a minute",
      },
      {
        do: "If pods stay because they do not end, take them away by force.",
        command: "kubectl -n $NAMESPACE delete pods --all --grace-period=0 --force",
      },
    ],
  };
}
