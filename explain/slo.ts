import { BAD_NOW, countsMinutes, errorSeries } from "../model/alerting/error-ratio.ts";
import { seenWithin } from "../model/alerting/pace.ts";
import { canFire, secondsToFire } from "../model/alerting/tiers.ts";
import type { Platform, Slo, Tier } from "../model/model.ts";
import { periodText, readablePercent, readableSeconds } from "../model/readable.ts";
import { toldOf } from "../model/told.ts";
import type { Explained } from "./explanation.ts";
import { linkedQuery } from "./links.ts";
import { gatesWith, panelsWith } from "./uses.ts";

const HEAD = [
  "TIER",
  "KIND",
  "WINDOWS",
  "SHARE × PERIOD ÷ LONG WINDOW",
  "FACTOR × BUDGET",
  "AT 100% ERRORS",
  "AT 10%",
  "AT 1%",
];

/** An SLO: its budget, when each tier fires and why, who is told, and what is judged by it. */
export function explainSlo(slo: Slo, platform: Platform): Explained {
  const allowed = readableSeconds(slo.budget * slo.periodSeconds);
  const dead = deadTiers(slo);
  const isMinutes = countsMinutes(slo.sli);
  return {
    title: slo.title,
    meaning: `${readablePercent(slo.objective)} of the ${isMinutes ? "minutes" : "events"} must be good over ${periodText(slo.period)}; ${readablePercent(slo.budget)} may fail, as much as ${allowed} of nothing but failures. ${slo.description}`,
    facts: {
      service: slo.service,
      measures: measureOf(slo.sli),
      ...(slo.by.length > 0 && { "kept apart": slo.by.join(", ") }),
      budget: `1 - ${readablePercent(slo.objective)} = ${readablePercent(slo.budget)}, of ${readableSeconds(slo.periodSeconds)} that is ${allowed}`,
      ...(!isMinutes && { "without traffic": slo.noTraffic === "good" ? "counts as good" : "is unknown" }),
      [isMinutes ? "minutes needed" : "events needed"]:
        slo.minimumEvents === 0 ? "none" : `${slo.minimumEvents} in the long window`,
      ...(dead.length > 0 && { "can never fire": dead.join("; ") }),
      ...heldFacts(slo, platform),
    },
    tables: [
      {
        title: "When it fires (Google SRE Workbook, ch. 5)",
        rows: [HEAD, ...[...slo.tiers, ...slo.deadTiers].map((tier) => tierRow(slo, tier))],
      },
      ...untilSeen(slo, platform),
    ],
    queries: slo.recordingRules
      .filter(({ record }) => record === errorSeries("5m") || record === BAD_NOW)
      .map(({ record, expr }) =>
        linkedQuery(platform, { title: record === BAD_NOW ? "bad now" : "error ratio now", promql: expr }),
      ),
    told: severitiesOf(slo).map((severity) => ({ of: severity, who: toldOf(platform, severity) })),
    pages: [],
    usedBy: usesOf(slo, platform),
  };
}

function usesOf(slo: Slo, platform: Platform): string[] {
  return [
    ...slo.alerts.map((name) => `alert ${name}`),
    ...platform.slos.filter((other) => isPartOf(slo, other)).map((other) => `SLO ${other.name}`),
    ...panelsWith(platform, (panel) => panel.slos.some((name) => name === slo.name)),
    ...platform.loadProfiles.filter((p) => p.slos.includes(slo)).map((p) => `load profile ${p.name}`),
    ...gatesWith(platform, (indicator) => indicator.kind === "slo" && indicator.slo === slo.name),
  ];
}

/** A tier with its arithmetic in numbers. */
export function tierRow(slo: Slo, tier: Tier): string[] {
  const { share, long, factor, threshold } = tier;
  return [
    tier.name,
    tier.severity === "critical" ? "page" : "ticket",
    `${tier.short} / ${long}`,
    `${readablePercent(share)} × ${readableSeconds(slo.periodSeconds)} ÷ ${long} = ${factor}`,
    `${factor} × ${slo.budget} = ${threshold}`,
    ...[1, 0.1, 0.01].map((ratio) => firesAfter(tier, ratio)),
  ];
}

/** What scraping, recording and evaluating add to those times, where the release goes last. */
function untilSeen(slo: Slo, { environments }: Platform): Explained["tables"] {
  const environment = environments.at(-1);
  if (!environment) return [];
  const rows = slo.tiers.map((tier) => {
    const signal = { kind: "burn", slo: slo.name, tier } as const;
    return [tier.name, readableSeconds(seenWithin({ direct: false, signal }, environment))];
  });
  return [{ title: `Until it is seen, on top of that and at most, in ${environment.name}`, rows }];
}

function firesAfter(tier: Tier, ratio: number): string {
  const seconds = canFire(tier) ? secondsToFire(tier, ratio) : undefined;
  return seconds === undefined ? "never" : readableSeconds(seconds);
}

function isPartOf(slo: Slo, { sli }: Slo): boolean {
  return sli.kind === "composite" && sli.parts.some((part) => part.slo === slo.name);
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

function deadTiers(slo: Slo): string[] {
  return slo.deadTiers.map(
    (tier) => `${tier.name}, since ${readablePercent(tier.threshold)} of all events cannot fail`,
  );
}

function heldFacts(slo: Slo, platform: Platform): Record<string, string> {
  const absent = platform.alerts.find((alert) => alert.slo === slo.name && alert.source === "slo-absent");
  const { budgetForecast: forecast } = slo;
  return {
    ...(forecast && {
      "budget forecast": `warns when the trend of the last ${forecast.basedOn} uses it up within ${forecast.within}`,
    }),
    "held for": `0s: the long window has waited already${absent ? `; missing data ${absent.for}: ${absent.because}` : ""}`,
  };
}

// Tiers that can never fire tell nobody; the alert of missing data is a warning.
function severitiesOf(slo: Slo): ("critical" | "warning")[] {
  return slo.tiers.some((tier) => tier.severity === "critical") ? ["critical", "warning"] : ["warning"];
}
