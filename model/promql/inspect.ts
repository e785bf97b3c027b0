import type { SyntaxNodeRef, Tree } from "@lezer/common";
import * as term from "@prometheus-io/lezer-promql";
import { parser } from "@prometheus-io/lezer-promql";
import { type Skeleton, skeletonOf } from "./skeleton.ts";

/** A piece of the query by offsets, end exclusive. */
export interface Span {
  from: number;
  to: number;
}

export interface Matcher extends Span {
  label: string;
  op: string;
  value: string;
}

/** One vector selector: `name{matchers}`. The name is absent where only `__name__` patterns choose. */
export interface VectorSelector extends Span {
  name?: string;
  matchers: Matcher[];
}

/** What a query reads: enough to check it against declared metrics and to scope it to a platform. */
export interface Inspection {
  /** Places that do not parse; empty for a query that promtool accepts as to its syntax. */
  errors: Span[];
  selectors: VectorSelector[];
  /** Labels in by, without, on, ignoring, group_left, group_right. */
  grouping: (Span & { label: string })[];
  /** Labels that the query makes by itself (label_replace, label_join, count_values). */
  made: string[];
}

// Grafana's variables, as long as what they stand for must be, so that offsets stay true.
const GRAFANA_DURATION = /\[(\$__rate_interval|\$__interval|\$__range)(?=[\]:])/g;

const LABEL_MAKERS = new Set(["label_replace", "label_join", "count_values"]);

/** Parses a query, or finds another of its form that was; syntax only, types and functions are promtool's. */
export function inspectPromql(query: string): Inspection {
  const text = withPlainDurations(query);
  const skeleton = skeletonOf(text);
  if (!skeleton) return inspectTree(text, parser.parse(text));
  const found = forms.get(skeleton.text) ?? inspectTree(skeleton.text, parser.parse(skeleton.text));
  forms.set(skeleton.text, found);
  // What is wrong is told of the query itself.
  return found.errors.length > 0 ? inspectTree(text, parser.parse(text)) : filledIn(found, skeleton);
}

const forms = new Map<string, Inspection>();

function filledIn({ selectors, grouping, made }: Inspection, { literals, offset }: Skeleton): Inspection {
  const moved = <T extends Span>(one: T): T => ({ ...one, from: offset(one.from), to: offset(one.to) });
  return {
    errors: [],
    selectors: selectors.map((selector) => ({
      ...moved(selector),
      matchers: selector.matchers.map((m) => ({ ...moved(m), value: filledValue(m, literals) })),
    })),
    grouping: grouping.map(moved),
    made: [...made],
  };
}

/** The value of a matcher of a skeleton, whose literals these are. */
export function filledValue({ value }: Pick<Matcher, "value">, literals: readonly string[]): string {
  return unquote(literals[Number(value)] ?? "");
}

/** The same of a query that was parsed already. */
export function inspectTree(text: string, tree: Tree): Inspection {
  const reader = new Reader(text);
  tree.iterate({ enter: (node) => reader.enter(node), leave: (node) => reader.leave(node) });
  return reader.found;
}

/** The query with Grafana's variable durations replaced by ones that parse, all offsets kept. */
export function withPlainDurations(query: string): string {
  return query.replace(GRAFANA_DURATION, (_all, name: string) => `[${"1".padStart(name.length - 1, "0")}m`);
}

class Reader {
  readonly found: Inspection = { errors: [], selectors: [], grouping: [], made: [] };
  readonly #text: string;
  #selector: VectorSelector | undefined;
  #matcher: Partial<Matcher> | undefined;
  // Calls that are open, innermost last, with the strings among their arguments.
  readonly #calls: { name: string; strings: string[] }[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  enter(node: SyntaxNodeRef): void {
    if (node.type.isError) {
      this.found.errors.push({ from: node.from, to: node.to });
      return;
    }
    const text = () => this.#text.slice(node.from, node.to);
    switch (node.type.id) {
      case term.VectorSelector:
        this.#selector = { matchers: [], from: node.from, to: node.to };
        this.found.selectors.push(this.#selector);
        break;
      case term.Identifier:
        if (this.#selector && node.matchContext(["VectorSelector"])) this.#selector.name = text();
        break;
      case term.UnquotedLabelMatcher:
      case term.QuotedLabelMatcher:
        this.#matcher = { from: node.from, to: node.to };
        break;
      case term.LabelName:
        this.#label(text(), node);
        break;
      case term.QuotedLabelName:
        this.#label(unquote(text()), node);
        break;
      case term.MatchOp:
        if (this.#matcher) this.#matcher.op = text();
        break;
      case term.StringLiteral:
        if (this.#matcher) this.#matcher.value = unquote(text());
        else this.#calls.at(-1)?.strings.push(unquote(text()));
        break;
      case term.FunctionCall:
      case term.AggregateExpr:
        this.#calls.push({ name: "", strings: [] });
        break;
      case term.FunctionIdentifier:
      case term.AggregateOp:
        this.#name(text());
        break;
    }
  }

  leave(node: SyntaxNodeRef): void {
    const id = node.type.id;
    if (id === term.UnquotedLabelMatcher || id === term.QuotedLabelMatcher) this.#endMatcher();
    if (id === term.VectorSelector) this.#selector = undefined;
    if (id === term.FunctionCall || id === term.AggregateExpr) this.#endCall();
  }

  #label(label: string, node: SyntaxNodeRef): void {
    const inSelector = this.#selector && node.from >= this.#selector.from && node.to <= this.#selector.to;
    if (this.#matcher) this.#matcher.label = label;
    else if (inSelector && this.#selector) this.#selector.name = label;
    else this.found.grouping.push({ label, from: node.from, to: node.to });
  }

  #endMatcher(): void {
    const matcher = this.#matcher;
    this.#matcher = undefined;
    if (matcher?.label === undefined || matcher.op === undefined || matcher.value === undefined) return;
    if (matcher.label === "__name__") {
      if (this.#selector && matcher.op === "=") this.#selector.name = matcher.value;
      return;
    }
    this.#selector?.matchers.push(matcher as Matcher);
  }

  #name(name: string): void {
    const call = this.#calls.at(-1);
    if (call) call.name = name.toLowerCase();
  }

  #endCall(): void {
    const call = this.#calls.pop();
    const made = call?.strings[0];
    if (call && made !== undefined && LABEL_MAKERS.has(call.name)) this.found.made.push(made);
  }
}

/** What a PromQL string literal stands for. */
export function unquote(literal: string): string {
  const inner = literal.slice(1, -1);
  if (literal.startsWith("`")) return inner;
  const double = literal.startsWith("'") ? inner.replace(/\\'/g, "'").replace(/"/g, '\\"') : inner;
  try {
    return JSON.parse(`"${double}"`) as string;
  } catch {
    return inner;
  }
}
