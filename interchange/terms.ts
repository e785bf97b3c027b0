import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";
import { filledValue, inspectTree, type Matcher } from "../model/promql/inspect.ts";
import { skeletonOf } from "../model/promql/skeleton.ts";

/** One `sum(increase(series{…}[$window]))` of a query, added or taken away. */
export interface Term {
  sign: 1 | -1;
  over: Over;
  series: string;
  matchers: readonly Pick<Matcher, "label" | "op" | "value">[];
  /** It counts as 0 while it has no series. */
  isFilled: boolean;
}

/** How a term counts events; `rate` over the same window is as good as `increase` in a ratio. */
export type Over = "increase" | "sum_over_time" | "count_over_time";

const OVER: Record<string, Over> = {
  rate: "increase",
  increase: "increase",
  sum_over_time: "sum_over_time",
  count_over_time: "count_over_time",
};

/** A query that is not a sum of counts over one window, and why. */
export class NotTerms extends Error {}

/** The terms of a query with `$window` in it; throws NotTerms for any other query. */
export function termsOf(query: string): Term[] {
  const text = query.replaceAll("$window", "000005m");
  const skeleton = skeletonOf(text);
  if (!skeleton) return parsedTerms(text);
  const found = forms.get(skeleton.text);
  if (!found) {
    // What is wrong is told of the query itself.
    const own = parsedTerms(text);
    forms.set(skeleton.text, parsedTerms(skeleton.text));
    return own;
  }
  const { literals } = skeleton;
  return found.map((term) => ({
    ...term,
    matchers: term.matchers.map((matcher) => ({ ...matcher, value: filledValue(matcher, literals) })),
  }));
}

const forms = new Map<string, Term[]>();

function parsedTerms(text: string): Term[] {
  const tree = parser.parse(text);
  const { errors, selectors } = inspectTree(text, tree);
  if (errors.length > 0) throw new NotTerms("it does not parse");
  const root = tree.topNode.firstChild;
  if (!root) throw new NotTerms("it is empty");
  const reading = { text, selectors: new Map(selectors.map((one) => [one.from, one])) };
  return read(root, { ...reading, sign: 1, isFilled: false });
}

/** Numerator and denominator of a query that is one ratio, and whether that ratio is taken from 1. */
export function ratioOfQuery(
  query: string,
): { part: string; total: string; isComplement: boolean } | undefined {
  const text = query.replaceAll("$window", "000005m");
  const back = (node: SyntaxNode) => text.slice(node.from, node.to).replaceAll("000005m", "$window");
  const tree = parser.parse(text).topNode.firstChild;
  const root = tree && inner(tree);
  const [left, operator, right] = root ? operands(root) : [];
  if (!left || !right) return undefined;
  if (operator === "Div") return { part: back(left), total: back(right), isComplement: false };
  if (operator !== "Sub" || text.slice(left.from, left.to) !== "1") return undefined;
  const [part, division, total] = operands(inner(right));
  return part && total && division === "Div"
    ? { part: back(part), total: back(total), isComplement: true }
    : undefined;
}

interface Reading {
  text: string;
  selectors: ReadonlyMap<number, { name?: string; matchers: Matcher[] }>;
  sign: 1 | -1;
  isFilled: boolean;
}

function read(node: SyntaxNode, reading: Reading): Term[] {
  const own = inner(node);
  if (own.name === "AggregateExpr") return [sumOf(own, reading)];
  const [left, operator, right] = operands(own);
  if (!left || !right) throw new NotTerms(`it adds up no counts at "${excerpt(own, reading)}"`);
  if (operator === "Add" || operator === "Sub") {
    if (reading.isFilled) throw new NotTerms("it fills a sum of several counts with zero at once");
    const sign = operator === "Add" ? reading.sign : ((0 - reading.sign) as 1 | -1);
    return [...read(left, reading), ...read(right, { ...reading, sign })];
  }
  if (operator === "Or" && /^vector\(\s*0\s*\)$/.test(reading.text.slice(right.from, right.to))) {
    return read(left, { ...reading, isFilled: true });
  }
  throw new NotTerms(`it does more than add and take away at "${excerpt(own, reading)}"`);
}

function sumOf(node: SyntaxNode, reading: Reading): Term {
  if (node.getChild("AggregateModifier")) throw new NotTerms("it keeps labels apart");
  if (node.getChild("AggregateOp")?.firstChild?.name !== "Sum")
    throw new NotTerms(`it does not use sum() at "${excerpt(node, reading)}"`);
  const argument = node.getChild("FunctionCallBody")?.firstChild;
  const call = argument && inner(argument);
  const name = call?.getChild("FunctionIdentifier");
  const over = name && OVER[reading.text.slice(name.from, name.to)];
  const range = call?.getChild("FunctionCallBody")?.firstChild;
  if (!over || range?.name !== "MatrixSelector")
    throw new NotTerms(`it does not count over a window at "${excerpt(node, reading)}"`);
  if (!reading.text.slice(range.from, range.to).endsWith("[000005m]"))
    throw new NotTerms(`it looks back over a window of its own at "${excerpt(range, reading)}"`);
  const selector = reading.selectors.get(range.from);
  if (selector?.name === undefined) throw new NotTerms("a selector names no metric");
  const { sign, isFilled } = reading;
  return { sign, over, series: selector.name, matchers: selector.matchers, isFilled };
}

function inner(node: SyntaxNode): SyntaxNode {
  const only = node.name === "ParenExpr" ? node.firstChild : undefined;
  return only ? inner(only) : node;
}

function operands(node: SyntaxNode): [SyntaxNode, string, SyntaxNode] | [] {
  if (node.name !== "BinaryExpr") return [];
  const [left, right, operator] = [node.firstChild, node.lastChild, node.firstChild?.nextSibling];
  return left && right && operator ? [left, operator.name, right] : [];
}

function excerpt({ from, to }: SyntaxNode, { text }: Reading): string {
  const whole = text.slice(from, to).replaceAll("000005m", "$window").replace(/\s+/g, " ");
  return whole.length > 60 ? `${whole.slice(0, 57)}…` : whole;
}
