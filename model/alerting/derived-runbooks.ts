// Runbooks of the alerts that no one writes by hand.
import type { RunbookSpec } from "../../catalog/runbook.ts";
import type { Service, Slo, Tier } from "../model.ts";

/** What a person must know who undoes a release past the catalog. */
export const AFTER_UNDO =
  "Then set the old image in the catalog and deploy, or the next deploy brings the new one back.";

/** Runbook of a burn-rate alert: the SLO's own, with the budget's state as the first thing to look at. */
export function burnRunbook(slo: Slo, tier: Tier): RunbookSpec {
  const own = `{platform="${slo.labels.platform}",slo="${slo.name}"}`;
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
        do: "See how much of the period's budget is left.",
        query: `slo:period_error_budget_remaining:ratio${own}`,
        good: "well above 0: there is time to find the cause",
        bad: "below 0: the objective is missed already; stop risky changes",
      },
      ...slo.runbook.diagnosis,
    ],
  };
}

/** Runbook of an SLO whose events are not measured any more. */
export function absentRunbook(slo: Slo, service: Service | undefined): RunbookSpec {
  const job = service?.job ?? `${slo.labels.platform}-${slo.service}`;
  return {
    meaning: `No series of "${slo.title}" has arrived for ten minutes: the objective is neither met nor missed, it is unknown.`,
    impact: "Users may be fine or not; the burn-rate alerts of this SLO cannot fire until data is back.",
    diagnosis: [
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
      },
    ],
    mitigation: [
      {
        do: "Restart the service if it hangs.",
        command: `kubectl -n $NAMESPACE rollout restart deployment/${slo.service}`,
      },
      { do: "If a release renamed or dropped the metric, roll it back." },
    ],
    rollback: [
      {
        do: `Go back to the release before. ${AFTER_UNDO}`,
        command: `kubectl -n $NAMESPACE rollout undo deployment/${slo.service}`,
      },
    ],
  };
}

/** Runbook of the Watchdog, which is read when it has stopped. */
export const watchdogRunbook: RunbookSpec = {
  meaning:
    "This alert always fires. It proves that Prometheus evaluates rules and that Alertmanager delivers.",
  impact: "While it fires, nothing is wrong. When it stops, no other alert reaches anybody either.",
  diagnosis: [
    {
      do: "See whether Prometheus evaluates its rules.",
      query: 'ALERTS{alertname="Watchdog"}',
      good: "one series with alertstate firing: look at Alertmanager next",
      bad: "nothing: Prometheus is down or has not loaded the rules",
    },
    {
      do: "See whether the heartbeat receiver's address and Secret are still right in Alertmanager's configuration.",
    },
  ],
  mitigation: [
    { do: "Restart what is down: Prometheus first, then Alertmanager." },
    { do: "Until alerts work again, somebody watches the dashboards." },
  ],
  rollback: [{ do: "If it stopped after a change of the monitoring stack, take that change back." }],
};
