// What is done by the clock for PostgreSQL, as its alerts ask for it.

type Chore = "backup" | "restore-test" | "vacuum";

/** The condition that a chore has not succeeded for more than `hours`, or never; the example waits in vain, then sees it done. */
export function overdue(chore: Chore, hours: number) {
  const limit = hours * 3600;
  const name = "upkeep_last_success_timestamp_seconds";
  return {
    kind: "promql" as const,
    expr: `time() - max(${name}{chore="${chore}"}) > ${limit} or absent(${name}{chore="${chore}"})`,
    examples: [
      {
        title: `nothing for ${hours} hours and more, then a success, then its mark is gone`,
        interval: "1h" as const,
        series: {
          [`${name}{platform="production",service="upkeep-metrics",chore="${chore}"}`]: `0x${hours + 1} ${limit}x3 stale`,
          [`${name}{platform="production",service="upkeep-metrics",chore="another"}`]: `0+3600x${hours + 9}`,
        },
        expect: [
          { at: `${hours}h` as const, firing: [] },
          { at: `${hours + 1}h` as const, firing: [{}] },
          { at: `${hours + 2}h` as const, firing: [] },
          { at: `${hours + 6}h` as const, firing: [{ chore }] },
        ],
      },
    ],
  };
}

/** What the last runs of a chore said. */
export const said = (chore: Chore) => ({
  do: "Read what its last runs said.",
  command: `kubectl -n $NAMESPACE get jobs,pods -l app.kubernetes.io/component=${chore} && kubectl -n $NAMESPACE logs -l app.kubernetes.io/component=${chore} --tail=20 --prefix`,
  good: "its last words name what was done",
  bad: "refused or failed: the line says what was wrong. No job: its CronJob is suspended or was not deployed",
});

/** Makes up for a run that was missed. */
export const runNow = (cronJob: string) => ({
  do: "Run it now.",
  command: `JOB=${cronJob}-$(date +%s) && kubectl -n $NAMESPACE create job --from=cronjob/${cronJob} "$JOB" && kubectl -n $NAMESPACE wait --for=condition=Complete "job/$JOB" --timeout=1h`,
  good: "condition met; this alert ends within a minute",
});
