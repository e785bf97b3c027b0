import { secondsOf } from "../catalog/units.ts";
import { evaluatedEvery } from "../model/alerting/pace.ts";
import type { Alert, Platform } from "../model/model.ts";
import { readablePercent, readableSeconds } from "../model/readable.ts";
import { toldOf } from "../model/told.ts";
import type { Explained } from "./explanation.ts";
import { alertPages, linkedQuery } from "./links.ts";
import { tierRow } from "./slo.ts";
import { panelsWith } from "./uses.ts";

/** An alert: what makes it fire, how soon, who is told, where to look. */
export function explainAlert(alert: Alert, platform: Platform): Explained {
  return {
    title: alert.summary,
    meaning: alert.runbook.meaning,
    facts: {
      "name in Prometheus": alert.alertname,
      severity: alert.severity,
      ...(alert.service && { service: alert.service }),
      ...(alert.slo && { SLO: alert.slo }),
      fires: alert.forSeconds === 0 ? "at once" : `after ${alert.for}`,
      evaluated: `every ${secondsBetween(alert)} s`,
      "time to fire": timeToFire(alert),
      ...(alert.severity === "critical" &&
        platform.routing.escalation.length > 0 && { "told too, while not silenced": escalationOf(platform) }),
      ...(alert.panel && { panel: `dashboard ${alert.panel.dashboard}, panel ${alert.panel.id}` }),
    },
    tables: arithmetic(alert, platform),
    queries: [linkedQuery(platform, { title: "fires while this gives a result", promql: alert.expr })],
    told: [{ of: alert.severity, who: toldOf(platform, alert.severity) }],
    pages: alertPages(platform, alert),
    usedBy: [
      `runbook generated/runbooks/${platform.name}/${alert.name}.md`,
      ...panelsWith(platform, (panel) => panel.alerts.some((name) => name === alert.name)),
    ],
  };
}

function escalationOf({ routing }: Platform): string {
  return routing.escalation.map(({ after, to }) => `${to.join(", ")} after ${after}`).join("; ");
}

/** Seconds between evaluations, outside of drills. */
function secondsBetween(alert: Alert): number {
  return secondsOf(evaluatedEvery(alert, { pace: "usual" }));
}

/** How long after the trouble begins the alert fires. */
function timeToFire(alert: Alert): string {
  const { signal } = alert;
  if (signal.kind === "always") return "it always fires";
  if (signal.kind === "burn") return "as its tier says";
  const wait = `${readableSeconds(secondsBetween(alert) + alert.forSeconds)} after the condition holds, at most`;
  if (signal.kind !== "event-ratio" || !signal.is.startsWith(">")) return wait;
  return `${wait}; that is, when all was well before, ${[1, 0.1, 0.01].map((ratio) => ratioTime(signal, ratio)).join(", ")}`;
}

// At a steady share of errors the window's ratio grows with the part of the window that has them: value × window ÷ share.
function ratioTime(
  { value, windowSeconds }: { value: number; windowSeconds: number },
  ratio: number,
): string {
  const seconds = (value * windowSeconds) / ratio;
  const when = seconds < windowSeconds ? `after ${readableSeconds(seconds)}` : "never";
  return `at ${readablePercent(ratio)} ${when}`;
}

function arithmetic(alert: Alert, platform: Platform): Explained["tables"] {
  const { signal } = alert;
  if (signal.kind === "burn") {
    const slo = platform.slos.find(({ name }) => name === signal.slo);
    if (!slo) return [];
    const [, , windows, factor, threshold, ...times] = tierRow(slo, signal.tier);
    return [
      {
        title: "When it fires (Google SRE Workbook, ch. 5)",
        rows: [
          ["WINDOWS", "SHARE × PERIOD ÷ LONG WINDOW", "FACTOR × BUDGET", "AT 100% ERRORS", "AT 10%", "AT 1%"],
          [windows ?? "", factor ?? "", threshold ?? "", ...times],
        ],
      },
    ];
  }
  if (!("value" in signal)) return [];
  const value = signal.kind.endsWith("ratio") ? readablePercent(signal.value) : String(signal.value);
  const rows = [
    ["compared", `${signal.is} ${value}`],
    ...("window" in signal ? [["over", signal.window]] : []),
    ...("aggregate" in signal ? [["taken together by", signal.aggregate]] : []),
    ...(signal.by.length > 0 ? [["kept apart", signal.by.join(", ")]] : []),
    ...("minimumEvents" in signal ? [["events needed", String(signal.minimumEvents)]] : []),
  ];
  return [{ title: "Condition", rows }];
}
