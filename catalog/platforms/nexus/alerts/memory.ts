import { defineAlerts } from "fairlead";
import { coordinator, engines, learning, optimizer } from "../label-values.ts";
import { metrics } from "../metrics/index.ts";
import { loadOf, releasesOf, restart, rollBack } from "../runbook-steps.ts";
import { services } from "../services.ts";

type Engine = (typeof engines)[number];

/** Memory of one service's pods against what they were given; `usual` is what NX-3 observed at full load. */
function memoryHigh(
  service: Engine,
  { usual, perPod, holds }: { usual: string; perPod: number; holds: string },
) {
  return {
    meets: ["NX-3", "NX-4"],
    summary: "{{ $labels.pod }} uses more than 90 % of its memory",
    description: `Pod {{ $labels.pod }} is near the memory that it was given; at 100 % it is killed. Usual at full load: ${usual}.`,
    severity: "warning" as const,
    service,
    when: {
      kind: "gauge-ratio" as const,
      part: { metric: "process_resident_memory_bytes" as const, where: { service } },
      whole: { metric: "nexus_memory_limit_bytes" as const, where: { service } },
      by: ["pod"],
      is: ">" as const,
      value: "90%" as const,
    },
    for: "5m" as const,
    because: "a collection of garbage gives memory back within a minute or two; what stays up grows",
    runbook: {
      meaning: `The pod holds more than it should: ${holds}, or it leaks.`,
      impact: "None yet. When it is killed, its requests fail, and the other pods take over.",
      diagnosis: [
        {
          do: "See the course of the memory since the pod started.",
          query: `max by (pod) (process_resident_memory_bytes{service="${service}"}) / 1e6`,
          good: `about ${usual} at full load, and level`,
          bad: "it rises steadily at the same load: a leak",
        },
        {
          do: "See how long the pods have been running.",
          query: `(time() - max by (pod) (process_start_time_seconds{service="${service}"})) / 3600`,
          good: "the fullest is the oldest: a slow leak, a restart buys time",
          bad: "it has just started: load, or the release",
        },
        loadOf(service, perPod),
        releasesOf(service),
      ],
      mitigation: [
        { ...restart(service), do: "Restart the pods, one after the other; a leak starts anew." },
        {
          do: "If the load needs it, give it more in the catalog and deploy; an instance may have up to 64 GB.",
        },
      ],
      rollback: [rollBack(service)],
    },
  };
}

/** Alerts of memory: near what a pod was given, and beyond what an instance is made for (NX-4). */
export const memoryAlerts = defineAlerts(
  { services, metrics },
  {
    "coordinator-memory-high": memoryHigh(coordinator, {
      usual: "512 MB",
      perPod: 1000,
      holds: "more agents or longer cycles",
    }),
    "learning-engine-memory-high": memoryHigh(learning, {
      usual: "1 GB",
      perPod: 500,
      holds: "a larger model or a training",
    }),
    "optimizer-memory-high": memoryHigh(optimizer, {
      usual: "512 MB",
      perPod: 800,
      holds: "more samples or more series",
    }),
    "instance-too-large": {
      meets: ["NX-4"],
      summary: "{{ $labels.pod }} was given more than 64 GB of memory",
      description:
        "An instance is made for up to 64 GB of memory; pod {{ $labels.pod }} was given more, which no test covers.",
      severity: "warning",
      service: coordinator,
      when: {
        kind: "threshold",
        metric: "nexus_memory_limit_bytes",
        where: { service: [...engines] },
        aggregate: "max",
        by: ["pod"],
        is: ">",
        // Decimal, as NX-4 writes it.
        value: 64e9,
      },
      runbook: {
        meaning:
          "Somebody raised a pod's memory beyond what the services are made for, or removed its limit.",
        impact: "None at once. Pauses for tidying up memory become so long that probes fail.",
        diagnosis: [
          {
            do: "See what each pod was given.",
            query: "max by (service, pod) (nexus_memory_limit_bytes) / 1e9",
            good: "all at or below 64",
            bad: "above: that Deployment was changed by hand, or in the catalog",
          },
          {
            do: "See who changed it.",
            command:
              "kubectl -n $NAMESPACE get deployments --show-managed-fields -o yaml | grep -E '^  - |manager:|time:'",
            bad: "a manager other than Terraform",
          },
        ],
        mitigation: [
          {
            do: "Scale out instead: more pods of the usual size. Deploy the catalog's sizes again.",
          },
        ],
      },
    },
  },
);
