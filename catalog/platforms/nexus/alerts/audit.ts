import { defineAlerts } from "fairlead";
import { coordinator, engines } from "../label-values.ts";
import { metrics } from "../metrics/index.ts";
import {
  ifReleased,
  logs,
  nexusctl,
  pauseOptimizer,
  resumeOptimizer,
  rollBack,
  sql,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

const auditing = { service: [...engines, "housekeeper"] };

const byService = {
  do: "Find the service and the kind of action.",
  query:
    'sum by (service, action, outcome) (increase(nexus_audit_records_total{outcome!="written"}[1h])) > 0',
  good: "one SERVICE: its pods or its release",
  bad: "all services: PostgreSQL, or the table of the audit log",
};

const auditTable = {
  do: "See whether the audit log takes records.",
  command: sql(
    "SELECT count(*), max(recorded_at) FROM audit.records WHERE recorded_at > now() - interval '5 minutes'",
  ),
  good: "a number above 0, and a time of seconds ago",
  bad: "0, or an error: it is locked, full, or the role lost its right to write",
};

/** Alerts of the audit log and of retention (NX-9). */
export const auditAlerts = defineAlerts(
  { services, metrics },
  {
    "action-not-audited": {
      meets: ["NX-9"],
      summary: "An action of kind {{ $labels.action }} has no audit record",
      description:
        "Every action is audited. At least one of kind {{ $labels.action }} was done and its record could not be written. This must never happen.",
      severity: "critical",
      service: coordinator,
      when: {
        kind: "increase",
        metric: "nexus_audit_records_total",
        // Every service's actions count, not only the coordinator's.
        where: { outcome: "failed", ...auditing },
        window: "15m",
        by: ["action"],
        is: ">",
        value: 0,
      },
      direct: true,
      invariant: true,
      cause: "audit",
      runbook: {
        meaning: "Something was done, and the record of it is missing. The trail has a hole.",
        impact: "Nobody can later show what was done. Users notice nothing, which is why it must not wait.",
        diagnosis: [
          byService,
          auditTable,
          {
            do: "Read what was done without a record, in the log of that SERVICE.",
            command: logs(
              "SERVICE",
              'select(.event == "audit-failed") | {time, action, subject, actor, reason}',
            ),
            good: "the same reason for all: it is the table, not the actions",
            bad: "actions of people, or many subjects: note them for whoever answers for audits",
          },
        ],
        mitigation: [
          pauseOptimizer,
          {
            do: "Write the missing records from the services' logs, marked as written late.",
            command: nexusctl("housekeeper", "audit backfill --since 1h"),
            good: "prints 0 missing",
          },
          ifReleased,
        ],
        rollback: [rollBack("SERVICE"), resumeOptimizer],
        escalation:
          "If records cannot be restored, tell whoever answers for audits: the hole itself must be on record.",
      },
    },
    "audit-records-refused": {
      meets: ["NX-9"],
      summary: "More than 1 % of the {{ $labels.action }} actions are refused for want of an audit record",
      description:
        "In the last 15 minutes more than 1 % of the actions of kind {{ $labels.action }} were not done, because their audit record was refused.",
      severity: "warning",
      service: coordinator,
      when: {
        kind: "event-ratio",
        part: { metric: "nexus_audit_records_total", where: { outcome: "refused", ...auditing } },
        whole: { metric: "nexus_audit_records_total", where: auditing },
        window: "15m",
        by: ["action"],
        is: ">",
        value: "1%",
        minimumEvents: 100,
      },
      cause: "audit",
      runbook: {
        meaning:
          "The audit log turns records away: it is slow or down, or the records are not in the form that it wants.",
        impact:
          "The services do what they should and refuse these actions. No trail is lost, but users fail.",
        diagnosis: [byService, auditTable],
        mitigation: [
          { do: "If PostgreSQL is down or full, follow PostgresDown or DatabaseFullSoon." },
          { do: "If it began with a release of one service, roll that release back by its runbook." },
        ],
        rollback: [rollBack("SERVICE")],
      },
    },
    "retention-overdue": {
      meets: ["NX-9"],
      summary: "Records of {{ $labels.store }} have outlived their retention",
      description:
        "For two days, records of {{ $labels.store }} that should be gone have still been there (audit 90 days, experiences 365, backups 35).",
      severity: "warning",
      service: "housekeeper",
      when: {
        kind: "threshold",
        metric: "nexus_retention_overdue_records",
        aggregate: "max",
        by: ["store"],
        is: ">",
        value: 0,
      },
      for: "2d",
      because: "retention runs each night: by then it has failed or been skipped twice",
      runbook: {
        meaning: "The daily clean-up fails, does not run, or a hold keeps records.",
        impact: "Data is kept longer than was promised.",
        diagnosis: [
          {
            do: "See how many, and of what.",
            query: "max by (store) (nexus_retention_overdue_records)",
            good: "0: it is over",
            bad: "it grows every day",
          },
          {
            do: "See whether somebody holds them on purpose.",
            command: nexusctl("housekeeper", "retention holds"),
            good: "a hold with a name, a reason and an end: it is meant",
            bad: "empty: the clean-up fails",
          },
          {
            do: "Read why.",
            command: logs(
              "housekeeper",
              'select(.event == "chore-finished" and .chore == "retention") | {time, outcome, reason}',
              "48h",
            ),
            bad: "failure: its reason is what to mend. Nothing: the chore was not begun",
          },
        ],
        mitigation: [
          {
            do: "Run it now.",
            command: nexusctl("housekeeper", "run retention"),
            good: "prints success and the number of records removed",
          },
        ],
        rollback: [{ do: "What was removed is gone, as promised; nothing to take back." }],
      },
    },
  },
);
