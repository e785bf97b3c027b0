import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { backToNormal, noNewWork, podsOf, restart } from "../runbook-steps.ts";
import { services } from "../services.ts";

/** Alerts of the database and of deployments (AH-11, AH-13). */
export const operationsAlerts = defineAlerts(
  { services, metrics },
  {
    "database-unreachable": {
      meets: ["AH-11"],
      summary: "More than 10 % of database operations get no answer",
      description:
        "In the last minute more than 10 % of the database operations failed with a time-out or without a connection.",
      severity: "critical",
      service: "session-manager",
      when: {
        kind: "event-ratio",
        part: {
          metric: "db_client_operation_duration_seconds",
          where: { error_type: ["timeout", "connection"], service: ["hive-api", "session-manager"] },
        },
        whole: {
          metric: "db_client_operation_duration_seconds",
          where: { service: ["hive-api", "session-manager"] },
        },
        window: "1m",
        is: ">",
        value: "10%",
        minimumEvents: 10,
      },
      direct: true,
      runbook: {
        meaning: "PostgreSQL is down, restarts, or has no connection left.",
        impact:
          "No checkpoint, no rollback, no new task. Running steps go on for as long as they need nothing from it.",
        diagnosis: [
          podsOf("postgres"),
          {
            do: "Read what it said last.",
            command: "kubectl -n $NAMESPACE logs deployment/postgres --tail=50",
            bad: "No space left: its volume is full. too many clients: connections. redo in progress: it recovers, wait",
          },
          {
            do: "See how full its volume is.",
            command: "kubectl -n $NAMESPACE exec deployment/postgres -- df -h /var/lib/postgresql/data",
            good: "below 80 %",
            bad: "100 %: enlarge the volume, below",
          },
          {
            do: "See who holds connections.",
            query: "sum by (service, pod, db_client_connection_state) (db_client_connection_count)",
            good: "about as many in each pod",
            bad: "one pod holds most: restart it",
          },
        ],
        mitigation: [
          {
            do: "Volume full: enlarge it, and in the catalog too (the environment's volumes): a claim cannot shrink, so the next deploy would fail.",
            command: `kubectl -n $NAMESPACE patch pvc postgres-data --patch '{"spec":{"resources":{"requests":{"storage":"NEW_SIZE"}}}}'`,
          },
          {
            ...restart("postgres"),
            do: "It hangs: restart it; it recovers from its write-ahead log within a minute or two.",
          },
          noNewWork,
        ],
        rollback: [backToNormal],
        escalation:
          "Data damaged (PANIC, invalid page): restart nothing more; call the platform lead and follow the database's restore.",
      },
    },
    "deployment-unfinished": {
      meets: ["AH-13"],
      summary: "Two versions of {{ $labels.target }} have answered for 30 minutes",
      description:
        "A roll-out of {{ $labels.target }} has not finished for 30 minutes: old and new pods run side by side.",
      severity: "warning",
      service: "hive-api",
      when: {
        kind: "promql",
        expr: 'count by (target) (count by (target, version) (label_replace(agenthive_build_info, "target", "$1", "service", "(.+)"))) > 1',
        examples: [
          {
            title: "one roll-out takes five minutes, another one does not finish",
            interval: "1m",
            series: {
              'agenthive_build_info{platform="agenthive",service="hive-api",pod="a",version="3.1.0"}':
                "1x20 stale",
              'agenthive_build_info{platform="agenthive",service="hive-api",pod="b",version="3.2.0"}':
                "_x15 1x60",
              'agenthive_build_info{platform="agenthive",service="spawn-manager",pod="c",version="3.1.0"}':
                "1x75",
              'agenthive_build_info{platform="agenthive",service="spawn-manager",pod="d",version="3.2.0"}':
                "_x15 1x60",
            },
            expect: [
              { at: "19m", firing: [] },
              { at: "44m", firing: [] },
              { at: "50m", firing: [{ target: "spawn-manager" }] },
            ],
          },
        ],
      },
      for: "30m",
      because:
        "pods let their agents finish before the next one is exchanged; a roll-out that takes half an hour hangs",
      runbook: {
        meaning:
          "New pods do not get ready, so that the old ones are kept; or a roll-out was paused and forgotten.",
        impact:
          "None for users, that is what the roll-out is made for. The release is not out, and answers differ by pod.",
        diagnosis: [
          {
            do: "See what it waits for; SERVICE is the target of the alert.",
            command: "kubectl -n $NAMESPACE rollout status deployment/SERVICE --timeout=10s",
            good: "successfully rolled out",
            bad: "it waits for new pods: see next why they are not ready",
          },
          {
            do: "See why new pods are not ready.",
            command:
              "kubectl -n $NAMESPACE describe pods -l app.kubernetes.io/name=SERVICE | grep -A10 Events",
            good: "no event, or pods that only just started",
            bad: "exceeded quota, ImagePullBackOff, or a probe that fails",
          },
        ],
        mitigation: [
          {
            do: "Go back to the release before. Then set the old image in the catalog and deploy, or the next deploy brings the new one back.",
            command: "kubectl -n $NAMESPACE rollout undo deployment/SERVICE",
            good: "one version within five minutes",
          },
        ],
        rollback: [{ do: "Roll it forward again once it is mended: deploy the release anew." }],
      },
    },
  },
);
