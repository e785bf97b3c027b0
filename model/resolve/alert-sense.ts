// What the schema accepts and the parts of an alert together cannot mean.
import type { AlertSpec } from "../../catalog/alert.ts";
import { environmentLabels } from "../alerting/alert-labels.ts";
import { labelsNamed } from "../alerting/annotation.ts";
import { picksAllOf } from "../alerting/part-of-whole.ts";
import type { DescribedEntry } from "../described.ts";
import type { Selection, Signal } from "../model.ts";
import { at } from "../problems.ts";
import { suggestion } from "../promql/check.ts";
import { checkLabel, type Scope } from "./scope.ts";

type Entry = DescribedEntry<AlertSpec>;

/** Labels that the rules set themselves, beside those that only some alerts have. */
export const SET_BY_RULES: readonly string[] = [
  "alertname",
  "platform",
  "service",
  "severity",
  "slo",
  "tier",
  "team",
  "namespace",
  ...environmentLabels,
];

/** Reports labels, shares, limits and texts of an alert that cannot be meant; `added` are the labels that its rule sets. */
export function checkSense(
  scope: Scope,
  entry: Entry,
  { signal, added }: { signal: Signal; added: readonly string[] },
): void {
  const isGrouped = checkGrouping(scope, entry, { signal, added });
  if ("part" in signal) checkShare(scope, { origin: entry.origin, path: ["when"] }, signal);
  checkLimit(scope, entry, signal);
  checkTexts(scope, entry, { signal, added, isGrouped });
}

/** Reports a share whose part is all of its whole, at `path` of an entry. */
export function checkShare(
  { problems }: Scope,
  { origin, path }: { origin: Entry["origin"]; path: string[] },
  { part, whole, names = ["part", "whole"] }: { part: Selection; whole: Selection; names?: [string, string] },
): void {
  const [partName, wholeName] = names;
  const read = [at(origin, ...path, wholeName), at(part.metric.origin, "labels")];
  if (!picksAllOf(part, whole) || !read.every((place) => problems.isSound(place))) return;
  const message = `${partName} is all of ${wholeName}: both pick the same series of "${part.metric.name}", so the share is always 100%`;
  problems.add("metric/part-is-whole", at(origin, ...path, partName), message, {
    fix: `narrow ${partName} with where: { LABEL: "VALUE" }`,
  });
}

/** Whether all labels that stay apart are the metric's and are not set anew by the rule. */
function checkGrouping(
  scope: Scope,
  { spec: { when }, origin }: Entry,
  { signal, added }: { signal: Signal; added: readonly string[] },
): boolean {
  if (!("by" in signal) || !("of" in signal || "part" in signal) || !("by" in when)) return true;
  const { metric } = "of" in signal ? signal.of : signal.part;
  const whole = signal.kind === "forecast" ? signal.capacity?.of.metric : undefined;
  const right = signal.by.map((label, i) => {
    const place = at(origin, "when", "by", i);
    if (![...SET_BY_RULES, ...added].includes(label))
      return [metric, ...(whole ? [whole] : [])].every((one) => checkLabel(scope, one, label, place));
    const message = `label "${label}" cannot keep alerts apart: the alert's rule sets it to one value`;
    const others = Object.keys(metric.labels).filter((name) => ![...SET_BY_RULES, ...added].includes(name));
    scope.problems.add("alert/label-set-by-rule", place, message, {
      fix: others.length > 0 ? `take it out; left are ${others.join(", ")}, instance and pod` : "take it out",
    });
    return false;
  });
  return !right.includes(false) && scope.problems.isSound(at(origin, "when", "by"));
}

function checkLimit({ problems }: Scope, { spec: { when }, origin }: Entry, signal: Signal): void {
  const range = rangeOf(signal);
  if (!range || !("value" in signal) || !("value" in when)) return;
  const { is, value } = signal;
  const { least, most = Number.POSITIVE_INFINITY, what } = range;
  const isAlways = (is === ">=" && value <= least) || (is === "<=" && value >= most);
  const isNever = (is === "<" && value <= least) || (is === ">" && value >= most);
  if (!isAlways && !isNever) return;
  const rule = isAlways ? "alert/always-fires" : "alert/never-fires";
  const isLow = is === ">=" || is === "<";
  const message = `${what} ${is} ${when.value} is ${isAlways ? "always" : "never"} so: it cannot be ${isLow ? "less" : "more"}`;
  if (!problems.isSound(at(origin, "when", "is"))) return;
  problems.add(rule, at(origin, "when", "value"), message, {
    fix: `write is: "${isAlways ? is.slice(0, 1) : `${is}=`}", or another value`,
  });
}

/** What the measured value can be at all. */
function rangeOf(signal: Signal): { least: number; most?: number; what: string } | undefined {
  if (signal.kind === "increase") return { least: 0, what: "an increase" };
  if (signal.kind !== "event-ratio" && signal.kind !== "gauge-ratio") return undefined;
  // What is spent may be more than what there was: only what is among the whole cannot be more than it.
  const isAmong = picksAllOf(signal.whole, signal.part);
  return { least: 0, ...(isAmong && { most: 1 }), what: "a share" };
}

function checkTexts(
  scope: Scope,
  { spec, origin }: Entry,
  { signal, added, isGrouped }: { signal: Signal; added: readonly string[]; isGrouped: boolean },
): void {
  const kept: string[] = [...("by" in signal ? signal.by : []), ...environmentLabels];
  for (const text of ["summary", "description"] as const) {
    for (const label of labelsNamed(spec[text])) {
      if (added.includes(label)) {
        const message = `the ${text} names label "${label}", which the rule adds: Prometheus does not fill it in`;
        const fix = `write out what the alert says itself instead of {{ $labels.${label} }}`;
        scope.problems.add("alert/label-added-by-rule", at(origin, text), message, { fix });
      } else if (signal.kind !== "promql" && isGrouped && !kept.includes(label)) {
        const message = `the ${text} names label "${label}", which the alert does not keep`;
        scope.problems.add("alert/label-not-kept", at(origin, text), message, {
          fix: suggestion(label, kept, `add "${label}" to when.by, or take it out`),
        });
      }
    }
  }
}
