import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import {
  backToNormal,
  hivectl,
  logs,
  noNewWork,
  podsOf,
  releasesOf,
  rollBack,
  runJob,
  slowQueries,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

const wholeRollbacks = '{phase="whole"}';

/** Alerts of rollbacks, and of what sets them off (AH-3). */
export const rollbackAlerts = defineAlerts(
  { services, metrics },
  {
    "performance-below-baseline": {
      meets: ["AH-3", "AH-12"],
      summary: "{{ $labels.measure }} is more than 20 % worse than the baseline",
      description:
        "The last minute's {{ $labels.measure }} is more than 20 % worse than the accepted baseline: a rollback to the last good checkpoint has been set off.",
      severity: "warning",
      service: "session-manager",
      when: {
        kind: "threshold",
        metric: "agenthive_performance_baseline_ratio",
        aggregate: "max",
        by: ["measure"],
        is: ">",
        value: 1.2,
      },
      direct: true,
      cause: "performance",
      runbook: {
        meaning:
          "Something that the hive changed, or that changed around it, made it worse than the last accepted release.",
        impact:
          "The change is taken back within 10 seconds. If the cause lies outside, the rollback does not help.",
        diagnosis: [
          {
            do: "See whether the rollback was made, and whether it succeeded.",
            query:
              'sum by (outcome) (increase(agenthive_rollbacks_total{trigger="performance-baseline"}[15m]))',
            good: "success is 1, and the measure falls again",
            bad: "0: none was made. failure: follow RollbackFailed",
          },
          {
            do: "See which change was taken back.",
            command: logs(
              "session-manager",
              'select(.event == "rollback") | {time, session_id, trigger, checkpoint, change}',
            ),
            bad: "the same change several times: it is proposed again each time",
          },
          slowQueries,
          releasesOf("session-manager"),
        ],
        mitigation: [
          {
            do: "If no rollback was made, make it.",
            command: hivectl("rollback --to last-good"),
            good: "prints verified within 10 seconds",
          },
          {
            do: "If the new value is right, because tasks got harder, accept it as the baseline.",
            command: hivectl("baseline accept --measure MEASURE --reason TEXT"),
          },
        ],
        rollback: [{ do: "Go back to the baseline before.", command: hivectl("baseline revert") }],
      },
    },
    "rollback-failed": {
      meets: ["AH-3"],
      summary: "A rollback failed (set off by {{ $labels.trigger }})",
      description: "A rollback set off by {{ $labels.trigger }} did not end in a verified state.",
      severity: "critical",
      service: "session-manager",
      when: {
        kind: "increase",
        metric: "agenthive_rollbacks_total",
        where: { outcome: "failure" },
        window: "15m",
        by: ["trigger"],
        is: ">",
        value: 0,
      },
      direct: true,
      cause: "performance",
      runbook: {
        meaning: "The checkpoint could not be restored, or the state after it does not pass its checks.",
        impact:
          "The session is paused in an unknown state. A second failure raises the emergency level to 4.",
        diagnosis: [
          {
            do: "Read which phase failed, and why.",
            command: logs(
              "session-manager",
              'select(.event == "rollback" and .outcome == "failure") | {session_id, checkpoint, phase, reason}',
            ),
            bad: "restore: the checkpoint or the database. verify: the state itself",
          },
          {
            do: "See whether the checkpoint can be read.",
            command: hivectl("checkpoints verify --session SESSION"),
            good: "ok for all: try again",
            bad: "corrupt: take the one before",
          },
          slowQueries,
          podsOf("postgres"),
        ],
        mitigation: [
          {
            do: "Restore the last checkpoint that verifies; ID from above.",
            command: hivectl("rollback --session SESSION --to ID"),
            good: "prints verified",
          },
          {
            do: "If none verifies, restore the newest copy of the database: it is compared before it takes the old one's place, which is kept.",
            command: runJob("postgres-restore"),
          },
        ],
        rollback: [
          {
            do: "The database from before is kept under another name: Back up and restore says how it changes places again.",
          },
        ],
        escalation:
          "No checkpoint and no backup verifies: stop the hive with level 5 and call the platform lead.",
      },
    },
    "rollback-too-slow": {
      meets: ["AH-3"],
      summary: "A rollback took more than 10 s",
      description:
        "Detection, restoring and verifying together took more than 10 seconds. This must never happen.",
      severity: "critical",
      service: "session-manager",
      when: {
        kind: "promql",
        expr:
          `sum(increase(agenthive_rollback_duration_seconds_count${wholeRollbacks}[15m])) ` +
          '- sum(increase(agenthive_rollback_duration_seconds_bucket{phase="whole",le=~"10|10[.]0"}[15m])) > 0.5',
        examples: [
          {
            title: "quick rollbacks in two pods, then one of the slow kind in one of them",
            interval: "1m",
            series: {
              'agenthive_rollback_duration_seconds_count{platform="agenthive",service="session-manager",pod="a",phase="whole"}':
                "0+1x30 31x40",
              'agenthive_rollback_duration_seconds_bucket{platform="agenthive",service="session-manager",pod="a",phase="whole",le="10.0"}':
                "0+1x29 29x41",
              'agenthive_rollback_duration_seconds_bucket{platform="agenthive",service="session-manager",pod="a",phase="whole",le="15.0"}':
                "0+1x30 31x40",
              'agenthive_rollback_duration_seconds_count{platform="agenthive",service="session-manager",pod="b",phase="whole"}':
                "0+3x70",
              'agenthive_rollback_duration_seconds_bucket{platform="agenthive",service="session-manager",pod="b",phase="whole",le="10.0"}':
                "0+3x70",
              'agenthive_rollback_duration_seconds_count{platform="agenthive",service="session-manager",pod="b",phase="restore"}':
                "0+3x70",
            },
            expect: [
              { at: "20m", firing: [] },
              { at: "32m", firing: [{}] },
              { at: "60m", firing: [] },
            ],
          },
        ],
      },
      direct: true,
      invariant: true,
      runbook: {
        meaning: "The 10 seconds begin with the first bad measurement and end with the verified state.",
        impact: "For longer than promised the hive worked in a state that it already knew to be bad.",
        diagnosis: [
          {
            do: "See which phase takes the time.",
            query:
              'histogram_quantile(0.95, sum by (phase, le) (rate(agenthive_rollback_duration_seconds_bucket{phase!="whole"}[1h])))',
            good: "detect below 5, restore below 4, verify below 1",
            bad: "detect: the baseline's check. restore: large checkpoints or a slow volume. verify: the checks",
          },
          slowQueries,
          {
            do: "See how large the checkpoints are.",
            command: hivectl("checkpoints list --last 10 --size"),
            good: "all about as large",
            bad: "one is many times larger than the others",
          },
        ],
        mitigation: [
          {
            do: "Large checkpoints: clean up the session's workspace before the next one.",
            command: hivectl("guardian clean --session SESSION"),
          },
          { ...noNewWork, do: "If every rollback is slow, take no new work until it is mended." },
        ],
        rollback: [rollBack("session-manager"), backToNormal],
      },
    },
  },
);
