// A query as a tree of what Prometheus would do, for those who ask what it means and not only what it reads.
import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";
import { type Matcher, type Span, unquote, withPlainDurations } from "./inspect.ts";

export interface Selector extends Span {
  kind: "selector";
  /** Absent where no single metric is named. */
  name?: string;
  matchers: Matcher[];
}

/** `of[range]`: a selector's samples, or with a step the results of an expression at many moments. */
export interface Range extends Span {
  kind: "range" | "subquery";
  of: Expr;
  /** Absent where Grafana fills it in. */
  seconds?: number;
}

export interface Call extends Span {
  kind: "call";
  name: string;
  args: Expr[];
}

export interface Aggregate extends Span {
  kind: "aggregate";
  name: string;
  args: Expr[];
  /** Labels that stay, or that are dropped; neither where everything becomes one. */
  by?: string[];
  without?: string[];
}

export interface Binary extends Span {
  kind: "binary";
  op: string;
  isBool: boolean;
  left: Expr;
  right: Expr;
}

/** One part of a query, with its place in it. */
export type Expr =
  | Selector
  | Range
  | Call
  | Aggregate
  | Binary
  | (Span & { kind: "number"; value: number })
  | (Span & { kind: "string"; value: string })
  | (Span & { kind: "changed"; how: "offset" | "at" | "sign"; of: Expr });

/** The tree of a query; nothing where it does not parse. */
export function parsePromql(query: string): Expr | undefined {
  const text = withPlainDurations(query);
  const root = parser.parse(text).topNode.firstChild;
  return root ? new TreeReader(query, text).read(root) : undefined;
}

/** What stands directly inside an expression. */
export function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "call":
    case "aggregate":
      return expr.args;
    case "binary":
      return [expr.left, expr.right];
    case "range":
    case "subquery":
    case "changed":
      return [expr.of];
    default:
      return [];
  }
}

/** An expression and all that is in it, outermost first. */
export function everyPart(expr: Expr): Expr[] {
  return [expr, ...partsOf(expr).flatMap(everyPart)];
}

class TreeReader {
  readonly #written: string;
  readonly #text: string;

  constructor(written: string, text: string) {
    this.#written = written;
    this.#text = text;
  }

  read(node: SyntaxNode): Expr | undefined {
    const span = { from: node.from, to: node.to };
    const inner = () => this.#all(children(node))[0];
    switch (node.name) {
      case "ParenExpr":
        return inner();
      case "VectorSelector":
        return { ...span, kind: "selector", ...this.#selector(node) };
      case "MatrixSelector":
      case "SubqueryExpr": {
        const of = inner();
        const kind = node.name === "MatrixSelector" ? "range" : "subquery";
        return of && { ...span, kind, of, ...this.#duration(node) };
      }
      case "OffsetExpr":
      case "StepInvariantExpr":
      case "UnaryExpr": {
        const of = inner();
        const how = ({ OffsetExpr: "offset", StepInvariantExpr: "at" } as const)[node.name as "OffsetExpr"];
        return of && { ...span, kind: "changed", how: how ?? "sign", of };
      }
      case "FunctionCall":
        return { ...span, kind: "call", ...this.#call(node) };
      case "AggregateExpr":
        return { ...span, kind: "aggregate", ...this.#call(node), ...this.#grouping(node) };
      case "BinaryExpr":
        return this.#binary(node);
      case "NumberDurationLiteral":
        return { ...span, kind: "number", value: numberOf(this.#of(node)) };
      case "StringLiteral":
        return { ...span, kind: "string", value: unquote(this.#of(node)) };
      default:
        return undefined;
    }
  }

  #all(nodes: readonly SyntaxNode[]): Expr[] {
    return nodes.flatMap((node) => this.read(node) ?? []);
  }

  #of({ from, to }: Span): string {
    return this.#text.slice(from, to);
  }

  #selector(node: SyntaxNode): Pick<Selector, "name" | "matchers"> {
    const named = node.getChild("Identifier");
    const matchers = children(node.getChild("LabelMatchers")).flatMap((one): Matcher[] => {
      const label = one.getChild("LabelName") ?? one.getChild("QuotedLabelName");
      const [op, value] = [one.getChild("MatchOp"), one.getChild("StringLiteral")];
      if (!label || !op || !value) return [];
      const name = label.name === "LabelName" ? this.#of(label) : unquote(this.#of(label));
      return [{ from: one.from, to: one.to, label: name, op: this.#of(op), value: unquote(this.#of(value)) }];
    });
    const byLabel = matchers.find((m) => m.label === "__name__" && m.op === "=")?.value;
    const name = named ? this.#of(named) : byLabel;
    return { ...(name !== undefined && { name }), matchers: matchers.filter((m) => m.label !== "__name__") };
  }

  #duration(node: SyntaxNode): { seconds?: number } {
    const literal = node.getChild("DurationExpr");
    const isVariable = literal && this.#written[literal.from] === "$";
    return literal && !isVariable ? { seconds: numberOf(this.#of(literal)) } : {};
  }

  #call(node: SyntaxNode): Pick<Call, "name" | "args"> {
    const name = node.getChild("FunctionIdentifier") ?? node.getChild("AggregateOp") ?? node;
    return {
      name: this.#of(name).toLowerCase(),
      args: this.#all(children(node.getChild("FunctionCallBody"))),
    };
  }

  #grouping(node: SyntaxNode): Pick<Aggregate, "by" | "without"> {
    const modifier = node.getChild("AggregateModifier");
    if (!modifier) return {};
    const labels = children(modifier.getChild("GroupingLabels")).map((label) => this.#of(label));
    return modifier.getChild("By") ? { by: labels } : { without: labels };
  }

  #binary(node: SyntaxNode): Expr | undefined {
    const nodes = children(node);
    const [left, right] = this.#all(nodes);
    const op = nodes.slice(1).find((one) => one.name !== "ParenExpr");
    if (!left || !right || !op) return undefined;
    const isBool = node.getChild("BoolModifier") !== null;
    return {
      kind: "binary",
      from: node.from,
      to: node.to,
      op: this.#of(op).toLowerCase(),
      isBool,
      left,
      right,
    };
  }
}

function children(node: SyntaxNode | null): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node?.firstChild ?? null; child; child = child.nextSibling) found.push(child);
  return found;
}

const UNITS: Record<string, number> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

/** A number, or the seconds of a duration. */
function numberOf(text: string): number {
  const parts = [...text.matchAll(/(\d+)(ms|[smhdwy])/g)];
  if (parts.length > 0 && parts.map((part) => part[0]).join("") === text)
    return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ""] ?? 0), 0);
  return /^[+-]?inf$/i.test(text) ? Number(text.startsWith("-") ? -Infinity : Infinity) : Number(text);
}
