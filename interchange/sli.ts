import type { Where } from "../catalog/selector.ts";
import { boundOf } from "./bucket.ts";
import { durationOf } from "./duration.ts";
import { exampleOf } from "./examples.ts";
import type { Findings, ForeignQuery, ForeignSlo } from "./foreign.ts";
import { whereOf } from "./matchers.ts";
import { NotTerms, type Term, termsOf } from "./terms.ts";
import { thresholdSli } from "./threshold.ts";

/** An SLI of the catalog, as data, and the series that it reads. */
export interface CarriedSli {
  sli: Record<string, unknown>;
  terms: readonly Term[];
}

/** Whose SLI it is, and where its trouble is reported. */
export interface Carrying {
  platform: string;
  findings: Findings;
}

/** What a foreign SLO measures, in the catalog's words; nothing, and a finding, where it has none. */
export function carrySli({ sli }: ForeignSlo, { platform, findings }: Carrying): CarriedSli | undefined {
  if (sli.kind === "threshold") return thresholdSli(sli, { platform, findings });
  const terms = (query: ForeignQuery) => readTerms(query, { platform, findings });
  const [part, total] = [terms(sli.part), terms(sli.total)];
  if (!part || !total) return undefined;
  const sides = { counts: sli.counts, part, total };
  const structured = latency(sides) ?? events(sides);
  if (structured) return { sli: structured, terms: [...part, ...total] };
  const example = exampleOf(sides, platform);
  if (!example) {
    findings.add("interchange/query", sli.part.location, {
      message: "no series could be made up of which some events are bad, to test the query with",
      fix: "write the SLO by hand as a custom SLI with an example of its series",
    });
    return undefined;
  }
  const custom = { kind: "custom", [sli.counts]: promql(part), total: promql(total), examples: [example] };
  return { sli: custom, terms: [...part, ...total] };
}

/** The terms of a query, of which those that say the platform itself need not say it. */
function readTerms(query: ForeignQuery, { platform, findings }: Carrying): Term[] | undefined {
  try {
    return termsOf(query.text).map((term) => ({
      ...term,
      matchers: term.matchers.filter(
        ({ label, op, value }) => label !== "platform" || op !== "=" || value !== platform,
      ),
    }));
  } catch (error) {
    if (!(error instanceof NotTerms)) throw error;
    findings.add("interchange/query", query.location, {
      message: `the query cannot be carried over: ${error.message}`,
      fix: "write it as sums of rate(), increase(), sum_over_time() or count_over_time() over the window, or the SLO by hand as a custom SLI",
    });
    return undefined;
  }
}

interface Sides {
  counts: "bad" | "good";
  part: readonly Term[];
  total: readonly Term[];
}

/** Good events where they are all that are not bad, and the other way round. */
function single({
  counts,
  part,
  total,
}: Sides): { counts: "bad" | "good"; part: Term; total: Term } | undefined {
  const [whole, first, second] = [total[0], part[0], part[1]];
  if (!whole || !first || total.length !== 1 || whole.sign !== 1 || part.length > 2) return undefined;
  if (!second) return first.sign === 1 ? { counts, part: first, total: whole } : undefined;
  const isRest = first.sign === 1 && second.sign === -1 && isSame(first, whole);
  return isRest ? { counts: counts === "bad" ? "good" : "bad", part: second, total: whole } : undefined;
}

const isSame = (one: Term, other: Term) =>
  one.series === other.series &&
  JSON.stringify(sorted(one.matchers)) === JSON.stringify(sorted(other.matchers));

const sorted = (matchers: Term["matchers"]) =>
  matchers.map(({ label, op, value }) => [label, op, value]).sort();

function latency(sides: Sides): Record<string, unknown> | undefined {
  const one = single(sides);
  const base = one?.part.series.endsWith("_bucket") ? one.part.series.slice(0, -"_bucket".length) : undefined;
  if (!one || base === undefined || one.counts !== "good" || one.total.series !== `${base}_count`)
    return undefined;
  const bound = one.part.matchers.find(({ label }) => label === "le");
  const rest = {
    ...one.part,
    series: one.total.series,
    matchers: one.part.matchers.filter((m) => m !== bound),
  };
  const threshold = bound && durationOf(boundOf(bound));
  const where = whereOf(one.total.matchers);
  if (threshold === undefined || !where || !isSame(rest, one.total) || !base.endsWith("_seconds"))
    return undefined;
  return { kind: "latency", metric: base, ...conditions(where), threshold };
}

function events(sides: Sides): Record<string, unknown> | undefined {
  const one = single(sides);
  const selection = ({ series, matchers, over }: Term) => {
    const where = whereOf(matchers);
    if (!where || over !== "increase" || /_(bucket|sum)$/.test(series)) return undefined;
    return { metric: series.replace(/_count$/, ""), ...conditions(where) };
  };
  const [part, total] = [one && selection(one.part), one && selection(one.total)];
  return one && part && total && { kind: `${one.counts}-events`, [one.counts]: part, total };
}

const conditions = (where: Where) => (Object.keys(where).length > 0 ? { where } : {});

/** The terms as PromQL with `$window`. */
function promql(terms: readonly Term[]): string {
  const written = terms.map(({ over, series, matchers, isFilled }) => {
    const inside = matchers.map(({ label, op, value }) => `${label}${op}${JSON.stringify(value)}`);
    const sum = `sum(${over}(${series}${inside.length > 0 ? `{${inside.join(",")}}` : ""}[$window]))`;
    return isFilled ? `(${sum} or vector(0))` : sum;
  });
  return written.map((text, i) => `${i === 0 ? "" : terms[i]?.sign === 1 ? " + " : " - "}${text}`).join("");
}
