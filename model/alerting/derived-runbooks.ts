// Runbooks of the alerts that no one writes by hand.
import type { RunbookSpec } from "../../catalog/runbook.ts";
import type { Service, Slo, Tier } from "../model.ts";
import { once } from "../once.ts";
import { errorSeries } from "./error-ratio.ts";
import { BUDGET_LEFT } from "./forecast.ts";

type Step = RunbookSpec["diagnosis"][number];

/** What a person must know who undoes a release past the catalog. */
export const AFTER_UNDO =
  "Then set the old image in the catalog and deploy, or the next deploy brings the new one back.";

/** Runbook of a burn-rate alert: the SLO's own, with the budget's state as the first thing to look at. */
export function burnRunbook(slo: Slo, tier: Tier): RunbookSpec {
  const own = `{platform="${slo.labels.platform}",slo="${slo.name}"}`;
  const { diagnosis } = slo.runbook;
  const release = diagnosis.some(({ command }) => command?.includes("get replicasets"));
  return {
    ...slo.runbook,
    diagnosis: [
      {
        do: "See how fast the budget burns now: 1 is just sustainable.",
        query: `slo:current_burn_rate:ratio${own}`,
        good: "below 1 and falling: it is over, watch that it stays so",
        bad: `above ${tier.factor}: at this rate the alert keeps firing`,
      },
      {
        do: `See whether it goes on: what failed of the last ${tier.short}. The alert ends when this falls below ${tier.threshold}.`,
        query: `${errorSeries(tier.short)}${own}`,
        good: `below ${tier.threshold}: it is already better, find out why it began`,
        bad: "as high as before, or rising: look for what began when it began to rise",
      },
      budgetLeft(slo),
      ...diagnosis,
      ...(release ? [] : [lastRelease(slo)]),
    ],
  };
}

/** Runbook of a budget that is running out: the SLO's own, after how long it lasts and since when. */
export function budgetForecastRunbook(slo: Slo, timeLeft: string): RunbookSpec {
  const own = `{platform="${slo.labels.platform}",slo="${slo.name}"}`;
  const { diagnosis } = slo.runbook;
  return {
    ...slo.runbook,
    meaning: `A straight line through what was left of the budget reaches nothing before the errors of the past leave the period. ${slo.runbook.meaning}`,
    impact: `None beyond the errors themselves yet. With the budget used up the objective is missed, and gates that ask for it hold releases back. ${slo.runbook.impact}`,
    diagnosis: [
      {
        do: "See how long the budget lasts at this pace, in hours.",
        query: `${timeLeft} / 3600`,
        good: "nothing: it no longer falls, watch that it stays so",
        bad: "fewer hours than until the release that mends it: treat it as a page",
      },
      {
        do: "See since when it falls, and whether in steps or steadily.",
        query: `${BUDGET_LEFT}${own}`,
        good: "one step, and level since: an incident that is over",
        bad: "a steady slope: something fails all the time, too little for a page",
      },
      {
        do: "See how fast it burns now: 1 is just sustainable.",
        query: `slo:current_burn_rate:ratio${own}`,
        good: "below 1: the errors are older than the last minutes",
        bad: "above 1: it goes on now",
      },
      ...diagnosis,
    ],
    mitigation: [
      { do: "Mend the steady cause before anything new is released; until then hold risky releases back." },
      ...slo.runbook.mitigation,
    ],
  };
}

// One for all alerts of an SLO: their pages say the same.
const budgetLeft = once(
  ({ name, labels }: Slo): Step => ({
    do: "See how much of the period's budget is left.",
    query: `slo:period_error_budget_remaining:ratio{platform="${labels.platform}",slo="${name}"}`,
    good: "well above 0: there is time to find the cause",
    bad: "below 0: the objective is missed already; stop risky changes",
  }),
);

const lastRelease = once(({ service }: Slo): Step => releaseOf(service));

function releaseOf(service: string): Step {
  return {
    do: "See whether a release went out just before; the newest ReplicaSet is the running release.",
    command: `kubectl -n $NAMESPACE get replicasets -l app.kubernetes.io/name=${service} --sort-by=.metadata.creationTimestamp`,
    good: "the newest is older than the trouble",
    bad: "the newest is as old as the trouble: roll back first, look for the cause later",
  };
}

/** Runbook of an SLO whose events are not measured any more. */
export function absentRunbook(slo: Slo, service: Service | undefined): RunbookSpec {
  const recorded = slo.recordingRules.find(({ record }) => record.startsWith(errorSeries("")))?.record;
  const job = service?.job ?? `${slo.labels.platform}-${slo.service}`;
  return {
    meaning: `No series of "${slo.title}" has arrived for ten minutes: the objective is neither met nor missed, it is unknown.`,
    impact: "Users may be fine or not; the burn-rate alerts of this SLO cannot fire until data is back.",
    diagnosis: [
      {
        do: "See when the data ended: what happened then is likely the cause.",
        query: `${recorded ?? errorSeries("5m")}{platform="${slo.labels.platform}",slo="${slo.name}"}`,
        good: "values until now: it is back, the alert ends by itself",
        bad: "nothing for hours: it never worked here, or was taken out",
      },
      {
        do: "Ask whether Prometheus reaches the service.",
        query: `up{job="${job}"}`,
        good: "1 for each pod: the service answers but no longer exposes the metric",
        bad: "0 or nothing: the service is down or is not discovered",
      },
      {
        do: "See whether its pods run and are ready.",
        command: `kubectl -n $NAMESPACE get pods -l app.kubernetes.io/name=${slo.service}`,
        good: "all Running and ready",
        bad: "CrashLoopBackOff, Pending, or no pod at all",
      },
      {
        do: "Read what the service said last.",
        command: `kubectl -n $NAMESPACE logs deployment/${slo.service} --tail=100`,
        good: "it works as ever: look at its metrics' port and at Prometheus' targets",
        bad: "an error of its exporter, or nothing at all: it hangs",
      },
      lastRelease(slo),
    ],
    mitigation: [
      {
        do: "Restart the service if it hangs, and wait until it is ready.",
        command: `kubectl -n $NAMESPACE rollout restart deployment/${slo.service} && kubectl -n $NAMESPACE rollout status deployment/${slo.service} --timeout=5m`,
        good: "successfully rolled out, and the first query has values again after two minutes",
      },
      { do: "If a release renamed or dropped the metric, roll it back as shown below." },
      { do: "Until data is back, look at the service yourself: nobody is told when it fails." },
    ],
    rollback: [
      {
        do: `Go back to the release before. ${AFTER_UNDO}`,
        command: `kubectl -n $NAMESPACE rollout undo deployment/${slo.service}`,
      },
    ],
  };
}

/** Runbook of the Watchdog, which is read when it has stopped. `namespaces` are those of Prometheus, by environment. */
export function watchdogRunbook(platform: string, namespaces: readonly string[]): RunbookSpec {
  const looks = [...new Set(namespaces)].sort().map((namespace) => ({
    do: `See whether Prometheus, Alertmanager and what manages them run in \`${namespace}\`.`,
    command: `kubectl -n ${namespace} get pods -o wide`,
    good: "all Running and ready",
    bad: "CrashLoopBackOff, OOMKilled or Pending: its disk or its memory is full; whoever runs the monitoring mends that first",
  }));
  return {
    meaning:
      "You are here because the heartbeat receiver has heard nothing for a while: Prometheus does not evaluate rules, cannot reach Alertmanager, or Alertmanager cannot deliver.",
    impact: "While it fires, nothing is wrong. When it stops, no other alert reaches anybody either.",
    diagnosis: [
      {
        do: "See whether Prometheus evaluates the rules.",
        query: `ALERTS{alertname="Watchdog",platform="${platform}"}`,
        good: "one series with alertstate firing: look at Alertmanager next",
        bad: "nothing, or no answer: Prometheus is down or has not loaded the rules",
      },
      ...looks,
      {
        do: "See whether Prometheus loses notifications on the way to Alertmanager.",
        query: "sum(rate(prometheus_notifications_dropped_total[5m]))",
        good: "0",
        bad: "above 0: Alertmanager does not answer, or Prometheus has a wrong address of it",
      },
      {
        do: "See whether Alertmanager fails to deliver.",
        query: "sum by (integration) (rate(alertmanager_notifications_failed_total[5m]))",
        good: "0 everywhere: the receiver's side is the trouble",
        bad: "above 0: a wrong address, an expired key (follow Rotate secrets), or the way out is closed",
      },
    ],
    mitigation: [
      {
        do: "Tell the team at once that nobody is alerted: until it works again, somebody watches the dashboards.",
      },
      { do: "Restart what is down: Prometheus first, then Alertmanager." },
      { do: "If the heartbeat's address or key is wrong, follow Rotate secrets." },
    ],
    rollback: [{ do: "If it stopped after a change of the monitoring stack, take that change back." }],
  };
}
