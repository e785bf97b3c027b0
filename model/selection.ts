import type { Condition, Selector, Where } from "../catalog/selector.ts";
import type { Metric, Selection } from "./model.ts";
import { jobName } from "./names.ts";

/** How a selection is made: of which series of a metric, for which platform and service. */
export interface Selecting {
  platform: string;
  /** The entry's own service: chosen by itself when several services expose the metric. */
  service?: string;
  /** Suffix of a histogram's series. */
  suffix?: "_bucket" | "_count";
  /** Upper bound of a histogram's bucket. */
  le?: number;
}

/** Series of one metric: the catalog's conditions, and what keeps other platforms and services out. */
export function select(metric: Metric, where: Where, how: Selecting): Selection {
  const matchers: Selection["matchers"] = [{ label: "platform", op: "=", value: how.platform }];
  const { service } = how;
  if (service && metric.services.length > 1 && metric.services.includes(service) && !("service" in where)) {
    matchers.push({ label: "service", op: "=", value: service });
  }
  for (const [label, condition] of Object.entries(where)) matchers.push(matcherOf(label, condition));
  if (how.le !== undefined) matchers.push(bucketMatcher(how.le));
  const series = metric.name + (how.suffix ?? "");
  const promql = `${series}{${matchers.map((m) => `${m.label}${m.op}${promqlString(m.value)}`).join(",")}}`;
  return { metric, series, matchers, promql, sample: sampleOf(metric, matchers, how) };
}

/** A PromQL string literal: Go's double-quoted form, which JSON's is a part of. */
export function promqlString(text: string): string {
  return JSON.stringify(text);
}

function matcherOf(label: string, condition: Condition): Selection["matchers"][number] {
  if (typeof condition === "string") return { label, op: "=", value: condition };
  if (Array.isArray(condition)) return { label, op: "=~", value: alternatives(condition) };
  const { not } = condition;
  return typeof not === "string"
    ? { label, op: "!=", value: not }
    : { label, op: "!~", value: alternatives(not) };
}

// Prometheus 3 writes le="1.0" where its predecessor and the exposition format write le="1".
function bucketMatcher(bound: number): Selection["matchers"][number] {
  const text = String(bound);
  return Number.isInteger(bound)
    ? { label: "le", op: "=~", value: `${text}(\\.0)?` }
    : { label: "le", op: "=", value: text };
}

function alternatives(values: readonly string[]): string {
  return values.map((value) => value.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|");
}

function sampleOf(metric: Metric, matchers: Selection["matchers"], how: Selecting): Record<string, string> {
  const wanted = new Map(matchers.map((m) => [m.label, m]));
  const service = chosen(wanted.get("service"), metric.services);
  const sample: Record<string, string> = {
    job: chosen(wanted.get("job"), [jobName(how.platform, service)]),
    instance: chosen(wanted.get("instance"), ["a"]),
    platform: how.platform,
    service,
  };
  for (const [label, values] of Object.entries(metric.labels)) {
    sample[label] = chosen(wanted.get(label), Array.isArray(values) ? values : ["a", "b", "c"]);
  }
  for (const matcher of matchers) sample[matcher.label] ??= chosen(matcher, []);
  if (how.le !== undefined) sample.le = String(how.le);
  return sample;
}

function chosen(matcher: Selection["matchers"][number] | undefined, values: readonly string[]): string {
  if (!matcher) return values[0] ?? "";
  if (matcher.op === "=") return matcher.value;
  const pattern = new RegExp(
    `^(?:${matcher.op.endsWith("~") ? matcher.value : alternatives([matcher.value])})$`,
  );
  const positive = matcher.op === "=~";
  const fitting = values.find((value) => pattern.test(value) === positive);
  return fitting ?? (positive ? (matcher.value.split("|")[0] ?? "").replace(/\\(.)/g, "$1") : "other");
}

/** The selector's conditions, none if it has none. */
export function conditionsOf(selector: Selector | { where?: Where | undefined }): Where {
  return selector.where ?? {};
}
