import type { Row } from "./known.ts";

/** Checkpoints, rollbacks and backups (AH-3). */
export const checkpoints: Row = {
  title: "What they can go back to",
  panels: [
    {
      meets: ["AH-3"],
      title: "Age of the newest checkpoint",
      description: "One is due every five minutes; above 15 the team is told.",
      type: "timeseries",
      unit: "seconds",
      queries: [
        {
          expr: 'max by (session) (agenthive_checkpoint_age_seconds{session=~"$session"})',
          legend: "{{session}}",
        },
      ],
      thresholds: [{ value: 900, color: "red" }],
      alerts: ["checkpoint-overdue"],
      width: "quarter",
    },
    {
      meets: ["AH-3"],
      title: "Time of a rollback, 95th percentile",
      description:
        "By phase, over a day. The whole, from detection to the verified state, must stay below 10 seconds.",
      type: "timeseries",
      unit: "seconds",
      queries: [
        {
          expr: "histogram_quantile(0.95, sum by (phase, le) (rate(agenthive_rollback_duration_seconds_bucket[1d])))",
          legend: "{{phase}}",
        },
      ],
      thresholds: [{ value: 10, color: "red" }],
      alerts: ["rollback-too-slow"],
      width: "quarter",
    },
    {
      meets: ["AH-3"],
      title: "Rollbacks",
      description: "Of the last day, by what set them off. A failure wakes somebody.",
      type: "bar-gauge",
      unit: "count",
      queries: [
        {
          expr: "sum by (trigger, outcome) (increase(agenthive_rollbacks_total[1d])) > 0",
          legend: "{{trigger}} {{outcome}}",
        },
      ],
      alerts: ["rollback-failed"],
      width: "quarter",
    },
    {
      meets: ["AH-3"],
      title: "Age of backups",
      description:
        "Of the newest backup (due hourly) and of the newest one that was restored as a test (due nightly).",
      type: "stat",
      unit: "seconds",
      queries: [{ expr: "max by (state) (agenthive_backup_age_seconds)", legend: "{{state}}" }],
      alerts: ["backup-overdue", "restore-test-overdue"],
      width: "quarter",
    },
  ],
};

/** Emergency levels and requests for a person (AH-6). */
export const intervention: Row = {
  title: "Intervention",
  panels: [
    {
      meets: ["AH-6"],
      title: "Emergency level",
      description:
        "0: none. From 3 on no new task starts, at 4 all sessions pause, at 5 all stop and a person is requested.",
      type: "timeseries",
      unit: "count",
      queries: [{ expr: "max(agenthive_emergency_level)", legend: "level" }],
      thresholds: [
        { value: 3, color: "yellow" },
        { value: 4, color: "red" },
      ],
      alerts: ["emergency-level-three", "emergency-level-four"],
    },
    {
      meets: ["AH-6"],
      title: "Interventions",
      description: "Of the last day, by level and reason. Levels 1 and 2 are part of normal work.",
      type: "bar-gauge",
      unit: "count",
      queries: [
        {
          expr: "sum by (level, reason) (increase(agenthive_emergency_interventions_total[1d])) > 0",
          legend: "{{level}} {{reason}}",
        },
      ],
    },
    {
      meets: ["AH-6"],
      title: "Open requests for a person",
      description: "Nobody has answered them yet. Must be 0.",
      type: "stat",
      unit: "count",
      queries: [{ expr: "max(agenthive_person_requests_open)", legend: "requests" }],
      thresholds: [{ value: 1, color: "red" }],
      alerts: ["person-requested"],
    },
  ],
};
