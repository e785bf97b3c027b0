import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { ifReleased, lastWords, logs, nexusctl, podsOf, restart, rollBack } from "../runbook-steps.ts";
import { services } from "../services.ts";
import { jobsSaid, overdue, reasonOf, runNow, runsOf } from "./chores.ts";

/** Alerts of the housekeeper and of what else it does by the clock (NX-8, NX-9, NX-10). */
export const upkeepAlerts = defineAlerts(
  { services, metrics },
  {
    "housekeeper-down": {
      meets: ["NX-8"],
      summary: "The housekeeper does not answer",
      description:
        "For 15 minutes Prometheus has not reached the housekeeper: no copy leaves the cluster, nothing is removed, no scenario runs.",
      severity: "warning",
      service: "housekeeper",
      when: { kind: "target-down" },
      for: "15m",
      because:
        "its only pod may be moved to another node, and a chore that starts a quarter of an hour late is none that was missed",
      runbook: {
        meaning: "The one pod of the housekeeper is gone or hangs.",
        impact:
          "None for users. Tonight's copy will stay in the cluster, and the alerts on chores are blind.",
        diagnosis: [podsOf("housekeeper"), lastWords("housekeeper")],
        mitigation: [
          { ...restart("housekeeper"), do: "Restart it; chores that were missed are made up for." },
          ifReleased,
        ],
        rollback: [rollBack("housekeeper")],
      },
    },
    "vacuum-overdue": {
      meets: ["NX-8"],
      summary: "PostgreSQL has not been vacuumed for 8 days",
      description:
        "The database is vacuumed and analysed every Saturday; the last success is older than 8 days.",
      severity: "warning",
      service: "housekeeper",
      when: overdue("vacuum", 192),
      runbook: {
        meaning:
          "The weekly vacuum failed or did not run. Autovacuum goes on, but leaves large tables behind.",
        impact: "Queries slowly become slower, and the volume fills.",
        diagnosis: [
          jobsSaid("vacuum"),
          {
            do: "See which tables wait for it.",
            query: "topk(5, max by (relname) (pg_stat_user_tables_n_dead_tup))",
            good: "below 10000",
            bad: "hundreds of thousands in one table",
          },
        ],
        mitigation: [runNow("vacuum")],
      },
    },
    "log-rotation-overdue": {
      meets: ["NX-8"],
      summary: "Logs have not been rotated for 26 hours",
      description:
        "Logs and audit exports are rotated and archived every day; the last success is older than 26 hours.",
      severity: "warning",
      service: "housekeeper",
      when: overdue("log-rotation", 26),
      runbook: {
        meaning: "Yesterday's logs were not packed and moved to the object storage.",
        impact: "None yet. Nodes keep only a few days of logs: what is not archived by then is lost.",
        diagnosis: [runsOf("log-rotation"), reasonOf("log-rotation")],
        mitigation: [runNow("log-rotation")],
      },
    },
    "image-outdated": {
      meets: ["NX-8"],
      summary: "{{ $labels.image }} runs an image older than 35 days",
      description:
        "Images are built anew every month for security patches; that of {{ $labels.image }} is older than 35 days.",
      severity: "warning",
      service: "housekeeper",
      when: {
        kind: "promql",
        expr: "time() - min by (image) (nexus_image_built_timestamp_seconds) > 3024000",
        examples: [
          {
            title: "an image of 35 days and more, then a new one",
            interval: "1d",
            series: {
              'nexus_image_built_timestamp_seconds{platform="nexus",service="housekeeper",image="redis"}':
                "0x36 3110400x3",
            },
            expect: [
              { at: "35d", firing: [] },
              { at: "36d", firing: [{ image: "redis" }] },
              { at: "37d", firing: [] },
            ],
          },
        ],
      },
      runbook: {
        meaning: "A month's security patches are missing in what runs.",
        impact: "None until somebody uses a hole that is publicly known.",
        diagnosis: [
          {
            do: "See which images are old.",
            query: "(time() - min by (image) (nexus_image_built_timestamp_seconds)) / 86400",
            good: "below 31",
            bad: "above 35: this month's build was not deployed",
          },
          {
            do: "See what runs.",
            command:
              "kubectl -n $NAMESPACE get deployments -o custom-columns=NAME:.metadata.name,IMAGE:.spec.template.spec.containers[*].image",
            bad: "an image of a month before this one",
          },
        ],
        mitigation: [
          {
            do: "Put this month's image into the catalog and promote it through dev and staging; its gates decide.",
          },
        ],
      },
    },
    "scenario-failing": {
      meets: ["NX-10"],
      summary: "Integration scenario {{ $labels.scenario }} fails",
      description:
        "Scenario {{ $labels.scenario }}, which goes through all services, failed at least twice in the last 45 minutes.",
      severity: "critical",
      service: "housekeeper",
      when: {
        kind: "increase",
        metric: "nexus_scenario_runs_total",
        where: { outcome: "failed" },
        window: "45m",
        by: ["scenario"],
        is: ">=",
        // Tried every 15 minutes: a single failure may be a rollout.
        value: 2,
      },
      runbook: {
        meaning: "What users do every day does not work, though each service may look well by itself.",
        impact: "Users who do the same fail too.",
        diagnosis: [
          {
            do: "See which scenarios fail.",
            query: 'sum by (scenario) (increase(nexus_scenario_runs_total{outcome="failed"}[1h])) > 0',
            good: "one: its step names the service",
            bad: "all: the gateway, a token or a store; look at the other alerts first",
          },
          {
            do: "Read at which step it fails, and with what trace.",
            command: logs(
              "housekeeper",
              'select(.event == "scenario-finished" and .outcome == "failed") | {time, scenario, step, reason, trace_id}',
            ),
            bad: "the same step each time",
          },
          {
            do: "See whether other alerts fire.",
            query: 'ALERTS{alertstate="firing"}',
            good: "only this one",
            bad: "others fire too: the first of them is the cause",
          },
        ],
        mitigation: [
          {
            do: "Try it once more by hand.",
            command: nexusctl("housekeeper", "scenario run SCENARIO"),
            good: "prints passed",
            bad: "prints the step that fails: follow that service's runbook",
          },
          {
            do: "If it began with a release of the SERVICE that the step belongs to, roll it back as shown below.",
          },
        ],
        rollback: [rollBack("SERVICE")],
      },
    },
  },
);
