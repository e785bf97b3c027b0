import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import {
  autopilotctl,
  breakers,
  logs,
  pauseStarts,
  podsOf,
  releasesOf,
  resumeStarts,
  rollBack,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

/** Alerts of breakers and modes, and of what must never happen. */
export const safetyAlerts = defineAlerts(
  { services, metrics },
  {
    "breaker-tripped": {
      meets: ["WV-6", "WV-9"],
      summary: "Breaker {{ $labels.breaker }} is open",
      description:
        "The breaker {{ $labels.breaker }} has opened: what it protects failed too often and is left alone for a while.",
      severity: "critical",
      service: "autopilot",
      when: {
        kind: "threshold",
        metric: "weathervane_breaker_open",
        aggregate: "max",
        by: ["breaker"],
        is: ">",
        value: 0,
      },
      direct: true,
      runbook: {
        meaning:
          "model-provider: 5 failed calls in a row. quality-gate: more than half of 10 tasks rejected. file-io: evidence disk above 90 %. " +
          "mcp-server: 3 time-outs in 5 minutes. task-failures: more than half of the tasks failed within 5 minutes.",
        impact:
          "model-provider: calls go to the back-up, slower. quality-gate: the gate is more lenient. file-io: no new artifacts. " +
          "mcp-server: tasks pause while it restarts. task-failures: no task starts, running ones finish.",
        diagnosis: [
          {
            do: "See since when it is open, and why.",
            command: autopilotctl("breakers list"),
            good: "closed again, or half-open",
            bad: "open, with the same reason as the last time",
          },
          {
            do: "See how often it opened today.",
            query: "sum by (breaker) (increase(weathervane_breaker_trips_total[1d]))",
            good: "once: it will close by itself after its cool-down",
            bad: "several times: the cause is still there",
          },
          {
            do: "model-provider: see the errors of each provider.",
            query:
              'sum by (gen_ai_provider_name, error_type) (rate(gen_ai_client_operation_duration_seconds_count{error_type!=""}[5m]))',
            good: "calls without error: it closes at its next trial",
            bad: "429: too many calls. 5xx or timeout: look at the provider's status page",
          },
          {
            do: "task-failures: see how tasks end, and in which stage they fail.",
            query:
              'sum by (stage) (increase(weathervane_stage_duration_seconds_count{outcome="failed"}[15m]))',
            good: "a few in each stage, as on other days",
            bad: "one stage has nearly all",
          },
          {
            do: "quality-gate, file-io, mcp-server: follow GateRejectionsHigh, EvidenceDiskLow or McpServerDown.",
          },
        ],
        mitigation: [
          { do: "Mend the cause; the breaker then closes by itself after its cool-down." },
          {
            do: "Close it by hand only if the cause is gone and the cool-down is too long to wait for.",
            command: autopilotctl("breakers reset NAME"),
            good: "prints closed, and it stays closed for five minutes",
            bad: "it opens again: the cause is not gone",
          },
        ],
        rollback: [
          {
            do: "If it opened right after a release, go back to the one before. Then set the old image in the catalog and deploy, or the next deploy brings the new one back.",
            command: "kubectl -n $NAMESPACE rollout undo deployment/autopilot",
          },
        ],
        escalation:
          "model-provider open for more than 30 minutes: tell the users; the owner of the provider's contract calls its support.",
      },
    },
    "emergency-stop-active": {
      summary: "Emergency stop: all tasks are paused",
      description:
        "The platform is in emergency stop. State is kept; nothing moves until a person changes the mode.",
      severity: "critical",
      service: "autopilot",
      when: {
        kind: "threshold",
        metric: "weathervane_mode",
        where: { mode: "emergency-stop" },
        aggregate: "max",
        by: [],
        is: ">",
        value: 0,
      },
      direct: true,
      runbook: {
        meaning: "A person, or the autopilot itself, pulled the emergency stop.",
        impact: "No task moves. Nothing is lost.",
        diagnosis: [
          {
            do: "Find out who pulled it, when and why.",
            command: autopilotctl("mode history --last 5"),
            good: "a person with a reason: ask them before you do anything",
            bad: "autopilot: the reason names what it ran into",
          },
          breakers,
          {
            do: "See whether other alerts fire.",
            query: 'ALERTS{alertstate="firing",severity="critical"}',
            good: "only this one",
            bad: "others fire too: the first of them is the cause",
          },
        ],
        mitigation: [
          {
            do: "Mend the reason first. Then allow the running tasks to finish, without new ones.",
            command: autopilotctl("mode set read-only"),
          },
          { ...resumeStarts, do: "When they finish well, let tasks start again." },
        ],
        rollback: [
          { do: "If tasks fail again, stop at once.", command: autopilotctl("mode set emergency-stop") },
        ],
      },
    },
    "operation-not-logged": {
      meets: ["WV-20", "WV-9"],
      summary: "An operation of kind {{ $labels.operation }} was not logged",
      description:
        "All operations must be logged. At least one of kind {{ $labels.operation }} has no confirmed log record.",
      severity: "critical",
      service: "autopilot",
      when: {
        kind: "increase",
        metric: "weathervane_operations_total",
        // Every service's operations count, not only the autopilot's.
        where: { logged: "false", service: ["autopilot", "dashboard-api", "mcp-server"] },
        window: "15m",
        by: ["operation"],
        is: ">",
        value: 0,
      },
      direct: true,
      invariant: true,
      runbook: {
        meaning: "Something was done, and writing its log record was not confirmed. The trail has a hole.",
        impact: "Nobody can later show what was done. Users notice nothing, which is why it must not wait.",
        diagnosis: [
          {
            do: "Find the service and the kind of operation.",
            query:
              'sum by (service, operation) (increase(weathervane_operations_total{logged="false"}[1h])) > 0',
            good: "one service: its pod or its disk",
            bad: "all services: the collector of the logs is down",
          },
          {
            do: "See whether pods of the log collector run on every node.",
            command: "kubectl get pods --all-namespaces -l app.kubernetes.io/component=log-collector -o wide",
            good: "one on every node, all ready",
            bad: "one is missing or not ready",
          },
          {
            do: "See whether the evidence disk is full.",
            query:
              'sum(system_filesystem_usage_bytes{system_filesystem_state="free"}) / (sum(system_filesystem_limit_bytes) > 0)',
            good: "above 0.1",
            bad: "below 0.1: follow EvidenceDiskLow",
          },
          podsOf("autopilot"),
        ],
        mitigation: [
          pauseStarts,
          { do: "Restart the log collector, or free disk space, as the diagnosis shows." },
          {
            do: "Write the missing records from the tasks' state, marked as written late.",
            command: autopilotctl("operations backfill --since 1h"),
            good: "prints 0 missing",
          },
        ],
        rollback: [rollBack("autopilot"), resumeStarts],
        escalation:
          "If records cannot be restored, tell whoever answers for audits: the hole itself must be on record.",
      },
    },
    "cascading-failure": {
      meets: ["WV-20", "WV-9"],
      summary: "The failure behind breaker {{ $labels.origin }} spread",
      description:
        "Breaker {{ $labels.origin }} opened, and within 5 minutes another one because of it. Failures must stay where they are.",
      severity: "critical",
      service: "autopilot",
      when: {
        kind: "increase",
        metric: "weathervane_cascading_failures_total",
        window: "15m",
        by: ["origin"],
        is: ">",
        value: 0,
      },
      direct: true,
      invariant: true,
      runbook: {
        meaning: "One failure has caused another: the first breaker did not contain it.",
        impact: "More and more of the platform stops. Retries against parts that are down make it worse.",
        diagnosis: [
          breakers,
          {
            do: "See the order in which they opened; the first is the cause.",
            command: logs("autopilot", 'select(.event == "breaker-opened") | {time, breaker, reason}'),
            bad: "several within a minute of the first: what that one guards is the cause",
          },
          {
            do: "See whether all pods are well.",
            command: "kubectl -n $NAMESPACE get pods",
            good: "all Running and ready",
            bad: "several are not ready: look at their node and at the database",
          },
          releasesOf("autopilot"),
        ],
        mitigation: [
          {
            do: "Stop everything; state is kept.",
            command: autopilotctl("mode set emergency-stop"),
            good: "prints mode=emergency-stop; no further breaker opens",
          },
          {
            do: "Mend the first breaker's cause by its runbook, then the next one's, in the order in which they opened.",
          },
        ],
        rollback: [
          rollBack("autopilot"),
          {
            do: "Let the running tasks finish, without new ones.",
            command: autopilotctl("mode set read-only"),
          },
          resumeStarts,
        ],
        escalation: "Tell the platform lead at once; a cascade is followed by a written review.",
      },
    },
  },
);
