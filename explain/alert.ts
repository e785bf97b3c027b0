import { secondsOf } from "../catalog/units.ts";
import { evaluatedEvery, paceOf, seenWithin } from "../model/alerting/pace.ts";
import type { Alert, Environment, ForecastOf, Platform } from "../model/model.ts";
import { readablePercent, readableSeconds } from "../model/readable.ts";
import { toldOf } from "../model/told.ts";
import type { Explained } from "./explanation.ts";
import { forecastQuery, forecastTables, forecastTime } from "./forecast.ts";
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
      fires: `${alert.forSeconds === 0 ? "at once" : `after ${alert.for}`}${alert.because === undefined ? "" : `: ${alert.because}`}`,
      evaluated: byEnvironment(platform, (environment) => `every ${intervalText(alert, environment)}`),
      "time to fire": timeToFire(alert, platform),
      ...(alert.severity !== "none" && {
        "then told": byEnvironment(platform, (one) => toldAfter(alert, one)),
      }),
      ...(alert.panel && { panel: `dashboard ${alert.panel.dashboard}, panel ${alert.panel.id}` }),
    },
    tables: arithmetic(alert, platform),
    queries: [
      { title: "fires while this gives a result", promql: alert.expr },
      ...forecastQueries(alert),
    ].map((query) => linkedQuery(platform, query)),
    told: [{ of: alert.severity, who: toldOf(platform, alert.severity) }],
    pages: alertPages(platform, alert),
    usedBy: [
      `runbook generated/runbooks/${platform.name}/${alert.name}.md`,
      ...panelsWith(platform, (panel) => panel.alerts.some((name) => name === alert.name)),
    ],
  };
}

function forecastQueries({ signal }: Alert): { title: string; promql: string }[] {
  return isForecast(signal) ? [forecastQuery(signal)] : [];
}

const isForecast = (signal: Alert["signal"]): signal is ForecastOf =>
  signal.kind === "forecast" || signal.kind === "budget-forecast";

function intervalText(alert: Alert, environment: Environment): string {
  return readableSeconds(intervalSeconds(alert, environment));
}

const intervalSeconds = (alert: Alert, environment: Environment) =>
  secondsOf(evaluatedEvery(alert, environment));

/** How long what fires waits before anybody hears of it. */
function toldAfter({ severity }: Alert, environment: Environment): string {
  const { collect, critical } = paceOf(environment);
  const first = severity === "critical" ? critical.first : collect.first;
  const seconds = secondsOf(first);
  return seconds === 0 ? "at once" : `${readableSeconds(seconds)} later, with others of its name`;
}

/** What is said of each environment; once, where it is the same in all. */
function byEnvironment({ environments }: Platform, say: (environment: Environment) => string): string {
  const said = new Map<string, string[]>();
  for (const environment of environments) {
    const text = say(environment);
    said.set(text, [...(said.get(text) ?? []), environment.name]);
  }
  if (said.size < 2) return [...said.keys()].join("");
  return [...said].map(([text, names]) => `${text} in ${names.join(", ")}`).join("; ");
}

/** When an alert that goes by a share of errors fires with 100 %, 10 % and 1 % of them, all having been well before. */
export function firesAt({ signal, forSeconds }: Alert, platform: Platform): string[] | undefined {
  if (signal.kind === "burn") {
    const slo = platform.slos.find(({ name }) => name === signal.slo);
    return slo && tierRow(slo, signal.tier).slice(-RATIOS.length);
  }
  if (signal.kind !== "event-ratio" || !signal.is.startsWith(">")) return undefined;
  return RATIOS.map((ratio) => ratioTime(signal, { ratio, forSeconds }));
}

const RATIOS = [1, 0.1, 0.01] as const;

/** How long after the trouble begins the alert fires. */
export function timeToFire(alert: Alert, platform: Platform): string {
  const { signal, forSeconds } = alert;
  if (signal.kind === "always") return "it always fires";
  if (signal.kind === "burn") return `as its tier says; ${untilSeen(alert, platform)}`;
  const after = byEnvironment(platform, (one) => readableSeconds(intervalSeconds(alert, one) + forSeconds));
  const wait = `${after} after the condition holds, at most`;
  if (isForecast(signal)) return `${wait}; that is, ${forecastTime(signal)}`;
  const times = firesAt(alert, platform)?.map(
    (time, i) => `at ${readablePercent(RATIOS[i] ?? 0)} ${time === "never" ? time : `after ${time}`}`,
  );
  return times ? `${wait}; from when errors begin, but for the evaluation, ${times.join(", ")}` : wait;
}

/** What the arithmetic of a tier leaves out. */
function untilSeen(alert: Alert, platform: Platform): string {
  const more = byEnvironment(platform, (one) => readableSeconds(seenWithin(alert, one)));
  return `up to ${more} more until what fails is scraped, recorded and evaluated`;
}

// At a steady share of errors the window's ratio grows with the part of the window that has them: value × window ÷ share. Then it waits.
function ratioTime(
  { value, windowSeconds }: { value: number; windowSeconds: number },
  { ratio, forSeconds }: { ratio: number; forSeconds: number },
): string {
  const seconds = (value * windowSeconds) / ratio;
  return seconds < windowSeconds ? readableSeconds(seconds + forSeconds) : "never";
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
  if (isForecast(signal)) return forecastTables(signal);
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
