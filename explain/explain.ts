import { BAD_NOW, countsMinutes, errorSeries } from "../model/alerting/error-ratio.ts";
import { secondsToFire } from "../model/alerting/tiers.ts";
import type { Alert, Gate, Metric, Platform, Service, Slo } from "../model/model.ts";
import { inspectPromql } from "../model/promql/inspect.ts";
import { periodText, readableSeconds } from "../model/readable.ts";
import type { Found } from "./find.ts";

/** What there is to say of an entry: facts, tables and queries, in the order in which they are read. */
export interface Explanation {
  id: string;
  kind: Found["kind"];
  title: string;
  /** In words, a paragraph. */
  meaning: string;
  facts: Record<string, string>;
  tables: { title: string; rows: string[][] }[];
  queries: { title: string; promql: string }[];
  /** Other entries that depend on this one, "kind name". */
  usedBy: string[];
  /** Path inside the catalog. */
  defined: { platform: string; path: readonly (string | number)[]; label: string };
}

/** Explains one entry; pure, so that text and JSON say the same. */
export function explain(found: Found): Explanation {
  const { platform, kind, entry } = found;
  const common = { id: `${platform.name}/${entry.name}`, kind, defined: entry.origin };
  switch (kind) {
    case "slo":
      return { ...common, ...explainSlo(entry, platform) };
    case "alert":
      return { ...common, ...explainAlert(entry, platform) };
    case "gate":
      return { ...common, ...explainGate(entry) };
    case "metric":
      return { ...common, ...explainMetric(entry, platform) };
    case "service":
      return { ...common, ...explainService(entry, platform) };
  }
}

type Told = Omit<Explanation, "id" | "kind" | "defined">;

function explainSlo(slo: Slo, platform: Platform): Told {
  const isMinutes = countsMinutes(slo.sli);
  const allowed = readableSeconds(slo.budget * slo.periodSeconds);
  const burn = [...slo.tiers, ...slo.deadTiers].map((tier) => [
    tier.name,
    tier.severity === "critical" ? "page" : "ticket",
    `${tier.short} / ${tier.long}`,
    `${percent(tier.share)} of the budget`,
    `${tier.factor} × ${slo.budget} = ${tier.threshold}`,
    ...[1, 0.1, 0.01].map((ratio) => timeToFire(tier, ratio)),
  ]);
  const head = [
    "TIER",
    "KIND",
    "WINDOWS",
    "FIRES AFTER",
    "FACTOR × BUDGET",
    "AT 100% ERRORS",
    "AT 10%",
    "AT 1%",
  ];
  return {
    title: slo.title,
    meaning: `${percent(slo.objective)} of the ${isMinutes ? "minutes" : "events"} must be good over ${periodText(slo.period)}; ${percent(slo.budget)} may fail, as much as ${allowed} of nothing but failures. ${slo.description}`,
    facts: {
      service: slo.service,
      measures: measureOf(slo.sli),
      ...(slo.by.length > 0 && { "kept apart": slo.by.join(", ") }),
      ...(!isMinutes && { "without traffic": slo.noTraffic === "good" ? "counts as good" : "is unknown" }),
      [isMinutes ? "minutes needed" : "events needed"]:
        slo.minimumEvents === 0 ? "none" : `${slo.minimumEvents} in the long window`,
      told: toldOf(platform, severitiesOf(slo)),
    },
    tables: [{ title: "When it fires (Google SRE Workbook, ch. 5)", rows: [head, ...burn] }],
    queries: slo.recordingRules
      .filter(({ record }) => record === errorSeries("5m") || record === BAD_NOW)
      .map(({ record, expr }) => ({
        title: record === BAD_NOW ? "bad now" : "error ratio now",
        promql: expr,
      })),
    usedBy: [
      ...slo.alerts.map((name) => `alert ${name}`),
      ...panelsOf(platform, (panel) => panel.slos.some((name) => name === slo.name)),
      ...platform.loadProfiles.filter((p) => p.slos.includes(slo)).map((p) => `load profile ${p.name}`),
      ...gatesOf(platform, (indicator) => indicator.kind === "slo" && indicator.slo === slo.name),
    ],
  };
}

function measureOf(sli: Slo["sli"]): string {
  switch (sli.kind) {
    case "bad-events":
      return "bad events among all";
    case "good-events":
      return "good events among all";
    case "latency":
      return `events faster than ${readableSeconds(sli.thresholdSeconds)}, by a bucket`;
    case "native-latency":
      return `events faster than ${readableSeconds(sli.thresholdSeconds)}, by a native histogram`;
    case "freshness":
      return `minutes in which ${sli.of.metric.name} was younger than ${readableSeconds(sli.youngerThanSeconds)}`;
    case "gauge":
      return `minutes in which the ${sli.aggregate} of ${sli.of.metric.name} was ${sli.is} ${sli.value}`;
    case "custom":
      return `${sli.counts} events among all, in PromQL of its own`;
    case "composite":
      return `the weighted mean of ${sli.parts.map(({ slo, weight }) => `${slo} (${weight})`).join(", ")}`;
  }
}

function timeToFire(tier: Slo["tiers"][number], ratio: number): string {
  const seconds = secondsToFire(tier, ratio);
  return seconds === undefined ? "never" : readableSeconds(seconds);
}

function explainAlert(alert: Alert, platform: Platform): Told {
  return {
    title: alert.summary,
    meaning: alert.runbook.meaning,
    facts: {
      "name in Prometheus": alert.alertname,
      severity: alert.severity,
      ...(alert.service && { service: alert.service }),
      fires: alert.forSeconds === 0 ? "at once" : `after ${alert.for}`,
      evaluated: alert.direct ? "every 5 s" : "every 30 s",
      told: alert.severity === "none" ? platform.routing.heartbeat : toldOf(platform, [alert.severity]),
      runbook: `generated/runbooks/${platform.name}/${alert.name}.md`,
      ...(alert.panel && { panel: `dashboard ${alert.panel.dashboard}, panel ${alert.panel.id}` }),
    },
    tables: [],
    queries: [{ title: "fires while this gives a result", promql: alert.expr }],
    usedBy: panelsOf(platform, (panel) => panel.alerts.some((name) => name === alert.name)),
  };
}

function explainGate(gate: Gate): Told {
  const rows = gate.policy.objectives.map((o) => [
    o.key ? `${o.name} (key)` : o.name,
    String(o.weight),
    criteria(o.pass),
    criteria(o.warn),
    o.indicator.kind === "load"
      ? `load profile ${o.indicator.profile}, ${o.indicator.measure}`
      : o.indicator.query,
  ]);
  const { total, level, file, compare } = gate.policy;
  return {
    title: gate.title,
    meaning: gate.policy.description,
    facts: {
      guards: gate.environments.join(", "),
      level,
      policy: file,
      passes: `at ${percent(total.pass)} of the score, with a warning at ${percent(total.warn)}`,
      "compared with": `${compare.aggregate} of the last ${compare.runs} accepted runs`,
    },
    tables: [
      { title: "Objectives", rows: [["OBJECTIVE", "WEIGHT", "PASSES", "WARNS", "MEASURED BY"], ...rows] },
    ],
    queries: [],
    usedBy: [],
  };
}

const criteria = (all: Gate["policy"]["objectives"][number]["pass"]) =>
  all?.map((group) => group.map((c) => c.text).join(" and ")).join(" or ") ?? "informs only";

function explainMetric(metric: Metric, platform: Platform): Told {
  const reads = (promql: string) =>
    inspectPromql(promql).selectors.some((s) => metric.series.includes(s.name ?? ""));
  const labels = Object.entries(metric.labels).map(([label, values]) => [
    label,
    Array.isArray(values) ? values.join(", ") : `at most ${values.atMost} values`,
  ]);
  return {
    title: metric.help,
    meaning: `A ${metric.class} ${metric.type} in ${metric.unit}.`,
    facts: { "exposed by": metric.services.join(", "), series: metric.series.join(", ") },
    tables: labels.length > 0 ? [{ title: "Labels", rows: [["LABEL", "VALUES"], ...labels] }] : [],
    queries: [],
    usedBy: [
      ...platform.slos.filter((s) => s.recordingRules.some((r) => reads(r.expr))).map((s) => `SLO ${s.name}`),
      ...platform.alerts.filter((a) => a.source === "catalog" && reads(a.expr)).map((a) => `alert ${a.name}`),
      ...panelsOf(platform, (panel) => panel.queries.some((q) => reads(q.expr))),
      ...gatesOf(platform, (indicator) => indicator.kind === "query" && reads(indicator.query)),
    ],
  };
}

function explainService(service: Service, platform: Platform): Told {
  return {
    title: service.title,
    meaning: service.description,
    facts: {
      image: service.image,
      ports: Object.entries(service.ports)
        .map(([name, port]) => `${name} ${port}`)
        .join(", "),
      scaling:
        "replicas" in service.scaling
          ? `${service.scaling.replicas} ${service.scaling.replicas === 1 ? "pod" : "pods"}`
          : `${service.scaling.min} to ${service.scaling.max} pods, at ${service.scaling.cpu} of the requested CPU`,
      calls: service.dependsOn.join(", ") || "none",
      "called by": service.callers.join(", ") || "none",
      "metrics job": service.job ?? "none",
    },
    tables: [],
    queries: [],
    usedBy: [
      ...platform.slos.filter((s) => s.service === service.name).map((s) => `SLO ${s.name}`),
      ...platform.alerts
        .filter((a) => a.source === "catalog" && a.service === service.name)
        .map((a) => `alert ${a.name}`),
      ...platform.loadProfiles
        .filter((p) => p.target.service === service.name)
        .map((p) => `load profile ${p.name}`),
    ],
  };
}

type Panel = Platform["dashboards"][number]["rows"][number]["panels"][number];

function panelsOf(platform: Platform, wanted: (panel: Panel) => boolean): string[] {
  return platform.dashboards.flatMap((d) =>
    d.rows.flatMap((row) =>
      row.panels.filter(wanted).map((panel) => `dashboard ${d.name}, "${panel.title}"`),
    ),
  );
}

function gatesOf(
  platform: Platform,
  wanted: (indicator: Gate["policy"]["objectives"][number]["indicator"]) => boolean,
): string[] {
  return platform.gates
    .filter((gate) => gate.policy.objectives.some((o) => wanted(o.indicator)))
    .map((gate) => `gate ${gate.name}`);
}

// Tiers that can never fire tell nobody; the alert of missing data is a warning.
function severitiesOf(slo: Slo): ("critical" | "warning")[] {
  return slo.tiers.some((tier) => tier.severity === "critical") ? ["critical", "warning"] : ["warning"];
}

function toldOf(platform: Platform, severities: readonly ("critical" | "warning")[]): string {
  return severities.map((s) => `${s}: ${platform.routing.routes[s].join(", ")}`).join("; ");
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(6))}%`;
}
