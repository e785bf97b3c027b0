// What is done by the clock, as its alerts ask for it.
import { chores } from "../label-values.ts";
import { logs, nexusctl, runJob } from "../runbook-steps.ts";

type Chore = (typeof chores)[number];

/** The condition that a chore has not succeeded for more than `hours`; the example waits in vain, then sees it done. */
export function overdue(chore: Chore, hours: number) {
  const limit = hours * 3600;
  const name = "nexus_chore_last_success_timestamp_seconds";
  return {
    kind: "promql" as const,
    expr: `time() - max by (chore) (${name}{chore="${chore}"}) > ${limit}`,
    examples: [
      {
        title: `nothing for ${hours} hours and more, then a success, whatever a former pod says; another chore is on time`,
        interval: "1h" as const,
        series: {
          [`${name}{platform="nexus",service="housekeeper",chore="${chore}"}`]: `0x${hours + 1} ${limit}x3`,
          [`${name}{platform="nexus",service="housekeeper",pod="former",chore="${chore}"}`]: `${-3 * limit}x${hours + 5}`,
          [`${name}{platform="nexus",service="housekeeper",chore="${chores.find((other) => other !== chore)}"}`]: `0+3600x${hours + 5}`,
        },
        expect: [
          { at: `${hours}h` as const, firing: [] },
          { at: `${hours + 1}h` as const, firing: [{ chore }] },
          { at: `${hours + 2}h` as const, firing: [] },
        ],
      },
    ],
  };
}

/** How often the chore was tried, and with what success. */
export const runsOf = (chore: Chore) => ({
  do: "See how its last runs ended.",
  query: `sum by (outcome) (increase(nexus_chore_runs_total{chore="${chore}"}[1w]))`,
  good: "successes only: it has just run",
  bad: "failure: read why. Nothing: it does not run at all",
});

/** What the housekeeper says of its failure. */
export const reasonOf = (chore: Chore) => ({
  do: "Read why it failed.",
  command: logs(
    "housekeeper",
    `select(.event == "chore-finished" and .chore == "${chore}") | {time, outcome, reason}`,
    // The run that failed was last night, or at the week-end.
    "192h",
  ),
  good: "nothing: it did not run; see the pods above",
  bad: "access denied: the storage's key. no space: its volume. timeout: PostgreSQL is slow or locked",
});

/** Makes up for a run that was missed. */
export const runNow = (chore: Chore) => ({
  do: "Run it now.",
  command: chore in jobs ? runJob(jobs[chore as Job]) : nexusctl("housekeeper", `run ${chore}`),
  good: "complete, or success; this alert ends within a minute",
});

// Chores that CronJobs of PostgreSQL do.
const jobs = {
  "database-backup": "postgres-backup",
  "restore-test": "postgres-restore-test",
  vacuum: "postgres-vacuum",
} as const;
type Job = keyof typeof jobs;

/** What the last runs of a CronJob's chore said. */
export const jobsSaid = (chore: Job) => ({
  do: "Read what its job said.",
  command: `kubectl -n $NAMESPACE get jobs,pods -l app.kubernetes.io/component=${jobs[chore].slice("postgres-".length)} && kubectl -n $NAMESPACE logs -l app.kubernetes.io/component=${jobs[chore].slice("postgres-".length)} --tail=20 --prefix`,
  good: "its last words name what was done",
  bad: "refused or failed: the line says what was wrong. No job: its CronJob is suspended or was not deployed",
});
