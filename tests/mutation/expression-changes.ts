import { scaled } from "./scaled.ts";

/** What of a rule was changed. */
export type Kind =
  | "threshold"
  | "factor"
  | "window"
  | "matcher"
  | "label"
  | "for"
  | "operator"
  | "aggregation"
  | "guard"
  | "annotation";

/** One mistake: its kind, what was done in words, and what came out. */
export interface Change<T> {
  kind: Kind;
  what: string;
  to: T;
}

/** Every mistake that can be made once in a PromQL expression; some leave it as it is. */
export function expressionChanges(expr: string): Change<string>[] {
  return [
    ...rewritings.flatMap((rewriting) => rewritten(expr, rewriting)),
    ...matcherChanges(expr),
    { kind: "operator", what: "always", to: "vector(1)" },
    { kind: "operator", what: "never", to: "vector(1) < 0" },
  ];
}

interface Rewriting {
  kind: Kind;
  what: string;
  pattern: RegExp;
  /** What stands in place of the match, from it and its groups. */
  by: (match: readonly string[]) => string;
  /** Each match makes a mutant of its own; otherwise all are changed at once. */
  eachPlace?: boolean;
}

const comparison = /(>=|<=|>|<)( bool)? (-?[\d.]+(?:e-?\d+)?)(?!\))/g;
const flipped: Record<string, string> = { ">": "<", "<": ">", ">=": "<=", "<=": ">=" };
const loosened: Record<string, string> = { ">": ">=", "<": "<=", ">=": ">", "<=": "<" };

const dropped = () => "";

const numbers: Rewriting[] = [
  ...[0.5, 0.95, 1.05, 2].map((factor): Rewriting => {
    const by: Rewriting["by"] = ([, is = "", bool = "", value = ""]) =>
      `${is}${bool} ${Number(value) * factor}`;
    return { kind: "threshold", what: `threshold × ${factor}`, pattern: comparison, by, eachPlace: true };
  }),
  ...[0.95, 1.05].map((factor): Rewriting => {
    const by: Rewriting["by"] = ([, call = "", bound = ""]) => call + Number(bound) * factor;
    return {
      kind: "factor",
      what: `bound × ${factor}`,
      pattern: /(histogram_fraction\(-Inf, )([\d.]+)/g,
      by,
    };
  }),
  {
    kind: "factor",
    what: "weight changed",
    pattern: /[\d.]+(?= \* \(?slo:)/g,
    by: ([weight = ""]) => String(Number(weight) * 1.2),
    eachPlace: true,
  },
  {
    kind: "factor",
    what: "constant changed",
    pattern: /(?<=\/ |vector\()[\d.]+/g,
    by: ([value = ""]) => String(Number(value) * 1.05),
  },
  { kind: "factor", what: "days counted from 0", pattern: / - 1\b/g, by: dropped },
];

const windows: Rewriting[] = [
  ...[0.5, 2].map((factor): Rewriting => {
    const by: Rewriting["by"] = ([, window = ""]) => `[${scaled(window, factor)}`;
    return { kind: "window", what: `window × ${factor}`, pattern: /\[(\w+)(?=[\]:])/g, by };
  }),
  {
    kind: "window",
    what: "other window",
    pattern: /(ratio_rate|increase)(?:5m|30m|1h|2h|6h|1d|3d)(?=\{)/g,
    by: ([all = "", kind = ""]) => (all.endsWith("6h") ? `${kind}1h` : `${kind}6h`),
    eachPlace: true,
  },
  { kind: "window", what: "offset dropped", pattern: / offset \w+/g, by: dropped },
  {
    kind: "window",
    what: "label of the period dropped",
    pattern: / and on \(period_start\) .*(?=\)$)/g,
    by: dropped,
  },
];

const operators: Rewriting[] = [
  {
    kind: "operator",
    what: "operator flipped",
    pattern: comparison,
    by: ([, is = "", bool = "", value = ""]) => `${flipped[is]}${bool} ${value}`,
    eachPlace: true,
  },
  {
    kind: "operator",
    what: "strictness changed",
    pattern: comparison,
    by: ([, is = "", bool = "", value = ""]) => `${loosened[is]}${bool} ${value}`,
    eachPlace: true,
  },
  { kind: "operator", what: "and → or", pattern: / and /g, by: () => " or ", eachPlace: true },
  { kind: "operator", what: "what follows dropped", pattern: / and .*$/g, by: dropped, eachPlace: true },
  { kind: "operator", what: "what comes first dropped", pattern: /^.*? and /g, by: dropped, eachPlace: true },
  {
    kind: "operator",
    what: "parts swapped",
    pattern: /^(.*) \/ (.*?)( [<>]=? .*)?$/g,
    by: ([, part = "", whole = "", rest = ""]) => `${whole} / ${part}${rest}`,
  },
  { kind: "operator", what: "down taken for up", pattern: / == 1/g, by: dropped },
];

const aggregations: Rewriting[] = [
  ...["sum", "max", "min", "avg"].map((other): Rewriting => {
    const pattern = /\b(?:sum|max|min|avg)\b(?= by| ?\()/g;
    return { kind: "aggregation", what: `aggregated by ${other}`, pattern, by: () => other };
  }),
  ...["rate", "increase", "delta", "irate"].map((other): Rewriting => {
    const pattern = /\b(?:rate|increase)\(/g;
    return { kind: "aggregation", what: `${other} instead`, pattern, by: () => `${other}(` };
  }),
  { kind: "aggregation", what: "grouping dropped", pattern: / by \([^)]*\)/g, by: dropped },
];

const counted = String.raw`sum(?: by \([^)]*\) )?\((?:rate|increase)\([^)]*\)\)`;
const zeroFill = new RegExp(
  String.raw` or (?:vector\(0\)|0 \* (?:histogram_count\(${counted}\)|${counted}))`,
  "g",
);

const guards: Rewriting[] = [
  {
    kind: "guard",
    what: "zero-fill dropped",
    pattern: zeroFill,
    by: dropped,
  },
  { kind: "guard", what: "absent dropped", pattern: /^absent\((.*)\)$/g, by: ([, inside = ""]) => inside },
  {
    kind: "guard",
    what: "guard of the denominator dropped",
    pattern: /clamp_min\((.*), 1e-9\)/g,
    by: ([, inside = ""]) => inside,
  },
];

const rewritings: readonly Rewriting[] = [...numbers, ...windows, ...operators, ...aggregations, ...guards];

function rewritten(expr: string, { kind, what, pattern, by, eachPlace }: Rewriting): Change<string>[] {
  if (!eachPlace) return [{ kind, what, to: expr.replaceAll(pattern, (...match: string[]) => by(match)) }];
  return [...expr.matchAll(pattern)].map((match, i) => ({
    kind,
    what: `${what}, place ${i + 1}`,
    to: expr.slice(0, match.index) + by(match) + expr.slice(match.index + match[0].length),
  }));
}

function matcherChanges(expr: string): Change<string>[] {
  const matchers = new Set(expr.match(/[\w]+(?:=~|!~|!=|=)"(?:[^"\\]|\\.)*"/g));
  return [...matchers].map((matcher) => ({
    kind: "matcher",
    what: `matcher ${matcher} dropped`,
    to: expr.replaceAll(`${matcher},`, "").replaceAll(`,${matcher}`, "").replaceAll(matcher, ""),
  }));
}
