import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { autopilotctl, pauseStarts, podsOf, releasesOf, resumeStarts, rollBack } from "../runbook-steps.ts";
import { services } from "../services.ts";

/** Alerts of the database, the evidence disk and the MCP server. */
export const resourceAlerts = defineAlerts(
  { services, metrics },
  {
    "mcp-server-down": {
      meets: ["WV-6", "WV-9"],
      summary: "No MCP server answers",
      description:
        "Prometheus reaches no replica of the MCP server: agents have no tools, and tasks stop at their next tool call.",
      severity: "critical",
      service: "mcp-server",
      when: { kind: "target-down" },
      direct: true,
      runbook: {
        meaning:
          "Every replica of the MCP server is gone or does not answer. Three restarts by itself did not help, or are under way.",
        impact:
          "Tasks pause at their next tool call. After 3 time-outs in 5 minutes the breaker mcp-server opens.",
        diagnosis: [
          podsOf("mcp-server"),
          {
            do: "Read why the last container ended.",
            command:
              "kubectl -n $NAMESPACE describe pods -l app.kubernetes.io/name=mcp-server | grep -A6 'Last State'",
            good: "no last state: it is being replaced; wait a minute",
            bad: "OOMKilled: memory. Error: read its log",
          },
          {
            do: "Read what it said last.",
            command: "kubectl -n $NAMESPACE logs deployment/mcp-server --previous --tail=50",
            bad: "an error at the end: it names the cause",
          },
          {
            do: "See whether the autopilot gets answers.",
            query: "sum by (error_type) (rate(mcp_client_operation_duration_seconds_count[5m]))",
            good: "calls without error: it works, and only Prometheus does not reach it",
            bad: "connection or timeout: it is really down",
          },
          releasesOf("mcp-server"),
        ],
        mitigation: [
          {
            do: "Restart it.",
            command: "kubectl -n $NAMESPACE rollout restart deployment/mcp-server",
            good: "ready within half a minute; tasks go on by themselves",
          },
          { do: "If the trouble began with a release, roll it back as shown below." },
        ],
        rollback: [rollBack("mcp-server")],
      },
    },
    "database-silent": {
      meets: ["WV-9"],
      summary: "The autopilot gets no answer from its database",
      description:
        "No replica of the autopilot has had an answer from its database for more than two seconds: tasks stand, and nothing new is accepted.",
      severity: "critical",
      service: "autopilot",
      when: {
        kind: "threshold",
        metric: "weathervane_database_silent_seconds",
        aggregate: "min",
        is: ">",
        // Asked each second: one answer that is late is no silence.
        value: 2,
      },
      direct: true,
      cause: "database",
      runbook: {
        meaning:
          "The database is down, the way to it is, or every connection of the pool is in use. Queue, tasks and breakers are kept in it.",
        impact:
          "Requests are answered with 503 and when to try again. Tasks go on from their last finished step once it answers; nothing is lost.",
        diagnosis: [
          {
            do: "See whether it is the database, or the connections to it.",
            query:
              'sum by (pod, db_client_connection_state) (db_client_connection_count{service="autopilot"})',
            good: "some idle: it answers again",
            bad: "none at all: it is down or cannot be reached. All used: the pool is exhausted, see what keeps them",
          },
          {
            do: "See how statements fail.",
            query:
              'sum by (error_type) (rate(db_client_operation_duration_seconds_count{service="autopilot",error_type!=""}[5m])) > 0',
            good: "nothing",
            bad: "connection: the server or the network. timeout: locks, or a server that is short of something",
          },
          podsOf("autopilot"),
          releasesOf("autopilot"),
        ],
        mitigation: [
          {
            do: "If the database is down, call its owner; a fail-over takes about a minute, and the autopilot goes on by itself.",
          },
          {
            do: "If all connections are in use, have its owner end the transaction that holds the locks; restarting the autopilot's pods frees its own.",
            command: "kubectl -n $NAMESPACE rollout restart deployment/autopilot",
            good: "ready within two minutes; tasks go on by themselves",
          },
        ],
        rollback: [rollBack("autopilot")],
      },
    },
    "evidence-disk-low": {
      meets: ["WV-6", "WV-9"],
      summary: "Less than 10 % of {{ $labels.system_filesystem_mountpoint }} is free",
      description:
        "The evidence volume is nearly full. Without evidence no gate can decide, so all tasks will stop.",
      severity: "critical",
      service: "autopilot",
      when: {
        kind: "gauge-ratio",
        part: { metric: "system_filesystem_usage_bytes", where: { system_filesystem_state: "free" } },
        whole: { metric: "system_filesystem_limit_bytes" },
        by: ["system_filesystem_mountpoint"],
        is: "<",
        value: "10%",
      },
      direct: true,
      cause: "evidence-disk",
      runbook: {
        meaning:
          "Less than a tenth of the evidence volume is free. The breaker file-io pauses new artifacts until 75 % are used at most.",
        impact:
          "Tasks cannot write evidence: they stand at the next gate. When the volume is full, writes fail and tasks with them.",
        diagnosis: [
          {
            do: "See how fast it fills.",
            query: 'predict_linear(system_filesystem_usage_bytes{system_filesystem_state="free"}[1h], 3600)',
            good: "above 0: an hour or more is left",
            bad: "below 0: it is full within the hour",
          },
          {
            do: "See whether compression keeps up.",
            query: "max(weathervane_evidence_oldest_uncompressed_seconds)",
            good: "below 3600",
            bad: "above 3600: compression has stopped",
          },
          {
            do: "See what is in it.",
            command: autopilotctl("evidence usage --top 10"),
            bad: "one task has far more than 100 MB",
          },
        ],
        mitigation: [
          {
            do: "Compress now what is older than an hour; nothing is lost.",
            command: autopilotctl("evidence compress --older-than 1h"),
            good: "frees about two thirds of what it names",
          },
          {
            do: "If that is not enough, remove the evidence of tasks that ended a month ago and more and that no incident needs.",
            command: autopilotctl("evidence prune --ended-before 30d --without-incident"),
          },
          {
            do: "If the volume is simply too small, enlarge it, and in the catalog too (the environment's volumes): a claim cannot shrink, so the next deploy would fail.",
            command: `kubectl -n $NAMESPACE patch pvc evidence --patch '{"spec":{"resources":{"requests":{"storage":"NEW_SIZE"}}}}'`,
          },
        ],
        rollback: [
          {
            do: "Nothing to take back: compressed files are unpacked when they are read. Pruned evidence is gone, which is why tasks with an incident are left out.",
          },
        ],
      },
    },
    "evidence-compression-late": {
      meets: ["WV-14"],
      summary: "Evidence older than an hour is not compressed",
      description:
        "The oldest uncompressed artifact has been older than an hour for 15 minutes: compression does not keep up.",
      severity: "warning",
      service: "autopilot",
      when: {
        kind: "threshold",
        metric: "weathervane_evidence_oldest_uncompressed_seconds",
        aggregate: "max",
        is: ">",
        value: 3600,
      },
      for: "15m",
      because: "the pass that is at work may still come to it; a quarter of an hour later none has",
      cause: "evidence-disk",
      runbook: {
        meaning:
          "The job that compresses artifacts after an hour has stopped, or there is more to do than it manages.",
        impact: "None yet: the evidence volume fills about three times as fast.",
        diagnosis: [
          {
            do: "See how much is free.",
            query:
              'sum(system_filesystem_usage_bytes{system_filesystem_state="free"}) / (sum(system_filesystem_limit_bytes) > 0)',
            good: "above 0.25: there is time",
            bad: "below 0.1: follow EvidenceDiskLow",
          },
          {
            do: "See whether reads or writes fail.",
            query:
              'sum by (direction) (rate(weathervane_evidence_io_operations_total{outcome="failure"}[15m]))',
            good: "0",
            bad: "above 0: the volume itself has a fault",
          },
          {
            do: "Read what compression says.",
            command:
              "kubectl -n $NAMESPACE logs -l app.kubernetes.io/name=autopilot --since=2h --tail=-1 | grep -i compress",
            bad: "nothing at all, or errors: it has stopped",
          },
        ],
        mitigation: [
          {
            do: "Compress now.",
            command: autopilotctl("evidence compress --older-than 1h"),
            good: "the age falls below 3600",
          },
          { ...pauseStarts, do: "If it cannot keep up and the disk fills, pause new starts." },
        ],
        rollback: [resumeStarts],
      },
    },
  },
);
