import { defineDashboards } from "fairlead";
import { coordinator } from "../label-values.ts";
import { known } from "./known.ts";
import { answering, using } from "./service-panels.ts";

const served = {
  service: coordinator,
  operations: 1000,
  memory: { text: "512 MB", bytes: 512e6 },
  cores: 0.25,
  response: 0.1,
  down: "coordinator-down",
  memoryHigh: "coordinator-memory-high",
  availability: "coordinator-availability",
  fast: "coordinator-response",
} as const;

export const coordinatorService = defineDashboards(known, {
  "multi-agent-coordinator": {
    meets: ["NX-1", "NX-2", "NX-3"],
    title: "Multi-agent coordinator",
    description:
      "The coordinator as a service: whether it answers, how fast, what it uses, and whom it lets in. What it coordinates is on the dashboard Coordination.",
    tags: ["nexus", "NX-1"],
    variables: { pod: { title: "Pod", metric: "nexus_agents_limit", label: "pod" } },
    rows: [
      { title: "Does it answer", panels: answering(served) },
      {
        title: "Who comes, and who is let in",
        panels: [
          {
            meets: ["NX-5"],
            title: "Comings and goings of agents",
            description:
              "Registrations in the last hour, by what happened. expired: lost without a good-bye.",
            type: "timeseries",
            unit: "per-hour",
            queries: [
              { expr: "sum by (event) (increase(nexus_agent_registrations_total[1h]))", legend: "{{event}}" },
            ],
            alerts: ["agents-refused"],
            width: "third",
          },
          {
            meets: ["NX-9"],
            title: "Tokens",
            description: "Tokens a second that came with requests, by what became of them.",
            type: "timeseries",
            unit: "per-second",
            queries: [
              {
                expr: `sum by (outcome) (rate(nexus_token_verifications_total{service="${coordinator}"}[$__rate_interval]))`,
                legend: "{{outcome}}",
              },
            ],
            width: "third",
          },
          {
            meets: ["NX-9"],
            title: "Audit records",
            description: "Actions a second by what became of their audit record. failed must always be 0.",
            type: "timeseries",
            unit: "per-second",
            queries: [
              {
                expr: `sum by (outcome) (rate(nexus_audit_records_total{service="${coordinator}"}[$__rate_interval]))`,
                legend: "{{outcome}}",
              },
            ],
            width: "third",
          },
        ],
      },
      {
        title: "What does it carry and use",
        panels: [
          ...using(served),
          {
            title: "Redis reachable",
            description: "1 for each replica that gets answers from Redis. All 0: Redis is down.",
            type: "timeseries",
            unit: "on-off",
            queries: [
              {
                expr: `min by (pod) (nexus_redis_reachable{service="${coordinator}",pod=~"$pod"})`,
                legend: "{{pod}}",
              },
            ],
            width: "half",
          },
          {
            meets: ["NX-4"],
            title: "Memory that the pods were given",
            description: "The limit of each pod. An instance is made for up to 64 GB.",
            type: "bar-gauge",
            unit: "bytes",
            queries: [
              { expr: "max by (service, pod) (nexus_memory_limit_bytes)", legend: "{{service}} {{pod}}" },
            ],
            thresholds: [{ value: 64e9, color: "red" }],
            alerts: ["instance-too-large"],
            width: "half",
          },
        ],
      },
    ],
  },
});
