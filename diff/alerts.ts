import { forecastText, limitWords } from "../model/alerting/forecast.ts";
import type { Alert, Platform } from "../model/model.ts";
import { readablePercent } from "../model/readable.ts";
import { type Change, changesOf, type Finding, type Sentence, say } from "./change.ts";
import { contentOf, leftovers } from "./leftovers.ts";
import { pairs } from "./pairs.ts";
import { toldSentence } from "./told.ts";

// Worked out from the name and from other entries, whose own changes are told.
const DERIVED = ["id", "alertname", "source", "panel", "forSeconds"];
// Each has words of its own below.
const WORDED = ["severity", "signal", "expr", "for", "because"];
const REPEATED = new Set(["labels.severity", "labels.service"]);

/** Alerts of the catalog: new, gone, renamed, louder or quieter. Those of SLOs change with their SLO, which says so. */
export function compareAlerts(before: Platform, after: Platform): Change[] {
  const [was, is] = [before, after].map((p) => p.alerts.filter((a) => a.source === "catalog"));
  const { gone, added, kept, renamed } = pairs(was ?? [], is ?? [], (alert) =>
    contentOf(alert, [...DERIVED, "labels"]),
  );
  const change = (alert: Alert, findings: Finding[]) =>
    changesOf({ platform: after.name, kind: "alert", name: alert.name }, findings);
  return [
    ...added.flatMap((alert) => change(alert, [isNew(alert, after)])),
    ...gone.flatMap((alert) => change(alert, [isGone(alert, before)])),
    ...renamed.flatMap(([old, alert]) => change(alert, [isRenamed(old)])),
    ...kept.flatMap(([old, alert]) => change(alert, findingsOf(old, alert, after))),
  ];
}

function isNew(alert: Alert, platform: Platform): Finding {
  const held = alert.forSeconds === 0 ? "" : ` for ${alert.for}`;
  return {
    group: "pages-more",
    says: say`is new, ${alert.severity}: fires while ${conditionText(alert)}${held}; tells, ${toldSentence(platform, alert.severity)}`,
  };
}

function isGone(alert: Alert, platform: Platform): Finding {
  return {
    group: "pages-less",
    says: say`is gone, ${alert.severity}; it told, ${toldSentence(platform, alert.severity)}`,
  };
}

function isRenamed(old: Alert): Finding {
  return {
    group: "changed",
    says: say`was called ${old.name}: silences, links and routes by ${old.alertname} no longer find it`,
  };
}

function findingsOf(old: Alert, alert: Alert, platform: Platform): Finding[] {
  return [
    ...severityFinding(old, alert, platform),
    ...conditionFindings(old, alert),
    ...forFinding(old, alert),
    ...reasonFinding(old, alert),
    ...leftovers(old, alert, [...DERIVED, ...WORDED])
      .filter(({ path }) => !REPEATED.has(path))
      .map(({ says }): Finding => ({ group: "changed", says })),
  ];
}

const RANK = { none: 0, warning: 1, critical: 2 };

function severityFinding(old: Alert, alert: Alert, platform: Platform): Finding[] {
  if (old.severity === alert.severity) return [];
  const says = say`was ${old.severity}, is ${alert.severity}: tells, ${toldSentence(platform, alert.severity)}`;
  return [{ group: RANK[alert.severity] > RANK[old.severity] ? "pages-more" : "pages-less", says }];
}

function forFinding(old: Alert, alert: Alert): Finding[] {
  if (old.forSeconds === alert.forSeconds) return [];
  const group = alert.forSeconds < old.forSeconds ? "pages-more" : "pages-less";
  const held = ({ forSeconds, for: text }: Alert) => (forSeconds === 0 ? "at once" : `after ${text}`);
  return [{ group, says: say`fired ${held(old)}, fires ${held(alert)}` }];
}

function reasonFinding(old: Alert, { because }: Alert): Finding[] {
  if (old.because === because) return [];
  const says =
    because === undefined ? ["no longer says why it waits"] : say`says why it waits as it does: ${because}`;
  return [{ group: "changed", says }];
}

function conditionFindings(old: Alert, alert: Alert): Finding[] {
  const [was, is] = [old.signal, alert.signal];
  const numbers =
    was.kind === is.kind ? (thresholdFindings(was, is) ?? forecastFindings(was, is)) : undefined;
  if (numbers) return numbers;
  if (old.expr !== alert.expr)
    return [
      { group: "changed", says: say`fired while ${conditionText(old)}, fires while ${conditionText(alert)}` },
    ];
  return leftovers(was, is).map(({ says }) => ({ group: "changed", says }));
}

/** What is said where only the numbers of a condition differ; nothing where more does. */
function thresholdFindings(was: Alert["signal"], is: Alert["signal"]): Finding[] | undefined {
  if (!("value" in was && "value" in is)) return undefined;
  const differs = leftovers(was, is);
  if (differs.some(({ path }) => path !== "value" && path !== "minimumEvents")) return undefined;
  return differs.map(({ path, says }): Finding => {
    const louder =
      path === "minimumEvents" ? isLower(was, is) : was.is.startsWith(">") === is.value < was.value;
    const group = louder ? "pages-more" : "pages-less";
    return path === "minimumEvents"
      ? { group, says }
      : { group, says: say`fired at ${valueText(was)}, fires at ${valueText(is)}` };
  });
}

// The rest of a forecast's members: its seconds follow from these.
const OF_FORECASTS = ["within", "withinSeconds", "basedOn", "basedOnSeconds", "reaches", "from"];

/** What is said of a forecast of which only limits and lengths differ; nothing where more does. */
function forecastFindings(was: Alert["signal"], is: Alert["signal"]): Finding[] | undefined {
  if (was.kind !== "forecast" || is.kind !== "forecast") return undefined;
  if (leftovers(was, is).some(({ path }) => !OF_FORECASTS.includes(path))) return undefined;
  const ahead = [was, is].map(({ withinSeconds }) => withinSeconds ?? 86_400);
  const isRising = is.trend === "rising";
  const limit = (member: "reaches" | "from", words: (value: string) => Sentence): Finding[] => {
    const [before, after] = [was[member], is[member]];
    if (before === after) return [];
    // Without a first step anything is far enough.
    const least = isRising ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    const isEarlier = isRising === (after ?? least) < (before ?? least);
    const [old, now] = [before, after].map((value) =>
      value === undefined ? "any value" : limitWords(is, value),
    );
    return [
      { group: isEarlier ? "pages-more" : "pages-less", says: say`${words(old ?? "")}, now ${now ?? ""}` },
    ];
  };
  const finding = (group: Finding["group"], says: Sentence): Finding => ({ group, says });
  return [
    ...(was.within === is.within
      ? []
      : [
          finding(
            (ahead[1] ?? 0) > (ahead[0] ?? 0) ? "pages-more" : "pages-less",
            say`looked ahead ${was.within}, looks ahead ${is.within}`,
          ),
        ]),
    ...limit("reaches", (value) => say`forecast when it reaches ${value}`),
    ...limit("from", (value) => say`spoke from ${value} on`),
    ...(was.basedOn === is.basedOn
      ? []
      : [finding("changed", say`rested on the last ${was.basedOn}, rests on the last ${is.basedOn}`)]),
  ];
}

/** A condition as a clause, in words where PromQL is long. */
function conditionText({ signal, expr }: Alert): string {
  return signal.kind === "forecast" ? forecastText(signal) : expr;
}

function valueText({ kind, is, value }: { kind: string; is: string; value: number }): string {
  return `${is} ${kind.endsWith("ratio") ? readablePercent(value) : value}`;
}

function isLower(was: object, is: object): boolean {
  return (
    "minimumEvents" in was && "minimumEvents" in is && Number(is.minimumEvents) < Number(was.minimumEvents)
  );
}
