import type { Mutant, Rule } from "./mutants.ts";

interface Reason {
  why: string;
  holds: (mutant: Mutant, rule: Rule) => boolean;
}

const isAlert = ({ alert }: Rule) => alert !== undefined;
/** Its only comparison is "more than 0". */
const isAnyAtAll = ({ expr }: Rule) => /^[^<>]*> 0$/.test(expr);

const same: readonly Reason[] = [
  {
    why: "it fires at any value, since nothing is compared",
    holds: ({ name }, rule) => isAlert(rule) && /^vector\(\d+\)$/.test(rule.expr) && /: constant/.test(name),
  },
  {
    why: "whether there was any event is the same for their rate and for their increase",
    holds: ({ name }, rule) => isAnyAtAll(rule) && /: rate instead$/.test(name),
  },
  {
    why: "of counts that are never negative, one is above 0 exactly when their sum, their mean and the greatest are",
    holds: ({ name }, rule) =>
      isAnyAtAll(rule) && /: aggregated by (sum|max|avg)$/.test(name) && !/\bmin\b/.test(rule.expr),
  },
  {
    why: "the expression keeps a label that the rule sets to the same value",
    holds: ({ name, rule }, { expr, labels = {} }) => {
      const label = name.slice(rule.length).match(/^: label (\w+) removed$/)?.[1] ?? "";
      return /^slo:/.test(expr) && expr.includes(`${label}="${labels[label]}"`);
    },
  },
];

/** Why a mutant means what the original means, so that no test could tell them apart; undefined when it does not. */
export function sameMeaning(mutant: Mutant, original: Rule): string | undefined {
  return same.find(({ holds }) => holds(mutant, original))?.why;
}

const EXTRAPOLATED = /\b(increase|rate|predict_linear|deriv)\(|ratio_rate/;

/** Why promtool cannot show a mutant, though it means something else; undefined when it could. */
export function beyondPromtool({ name }: Mutant, { expr }: Rule): string | undefined {
  if (!/: strictness changed/.test(name) || !EXTRAPOLATED.test(expr)) return undefined;
  return "the value is extrapolated, and samples that give exactly the threshold cannot be relied upon";
}
