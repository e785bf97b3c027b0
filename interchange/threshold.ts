import { inspectPromql } from "../model/promql/inspect.ts";
import { durationOf } from "./duration.ts";
import type { ForeignSli } from "./foreign.ts";
import { whereOf } from "./matchers.ts";
import type { CarriedSli, Carrying } from "./sli.ts";
import type { Term } from "./terms.ts";

/** One aggregated gauge, or how long ago it says that something was. */
const GAUGE = /^\s*(time\(\)\s*-)?\s*(max|min|sum|avg)\s*\(\s*([^()]*?)\s*\)\s*$/;

type Threshold = Extract<ForeignSli, { kind: "threshold" }>;

/** A gauge compared with a number, each minute good or bad; nothing, and a finding, where the query is more than one aggregated gauge. */
export function thresholdSli(
  { of, is, value }: Threshold,
  { platform, findings }: Carrying,
): CarriedSli | undefined {
  const [, age, aggregate, argument] = GAUGE.exec(of.text) ?? [];
  const { selectors, errors } = inspectPromql(argument ?? "");
  const [selector] = selectors;
  const matchers = selector?.matchers.filter(
    (matcher) => matcher.label !== "platform" || matcher.op !== "=" || matcher.value !== platform,
  );
  const where = matchers && whereOf(matchers);
  const isOne = selector?.from === 0 && selector.to === argument?.length && errors.length === 0;
  if (!aggregate || !selector?.name || !matchers || !where || !isOne)
    return cannot("it is not max, min, sum or avg of one gauge");
  const conditions = Object.keys(where).length > 0 ? { where } : {};
  const terms: Term[] = [
    { sign: 1, over: "sum_over_time", series: selector.name, matchers, isFilled: false },
  ];
  const youngerThan = age && is === "<" ? durationOf(value) : undefined;
  if (age && (youngerThan === undefined || !/^m/.test(aggregate)))
    return cannot("an age is at most some whole seconds");
  if (youngerThan !== undefined) {
    const counts = aggregate === "max" ? "newest" : "oldest";
    return { sli: { kind: "freshness", metric: selector.name, ...conditions, youngerThan, counts }, terms };
  }
  return {
    sli: { kind: "gauge", metric: selector.name, ...conditions, aggregate, is, value },
    terms,
  };

  function cannot(why: string): undefined {
    findings.add("interchange/query", of.location, {
      message: `the query cannot be carried over: ${why}`,
      fix: "say which of its series counts, such as max(queue_depth), or write the SLO by hand",
    });
  }
}
