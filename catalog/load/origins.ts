import type { CallExpression, Node } from "oxc-parser";
import { type Binding, findBinding } from "./binding.ts";
import { findExport } from "./exports.ts";
import type { Origin } from "./links.ts";
import type { SourceNode, Sources } from "./source-tree.ts";
import { keyOf, unwrap, writtenAt } from "./static-value.ts";

type Key = string | number;
type Parameter = Binding & { kind: "parameter" };

/** What expressions are followed with. */
export interface Surroundings {
  sources: Sources;
  /** The calls that the object at hand and those around it passed through, innermost first. */
  calls: readonly Origin[];
}

/** How the search came to where it is: the calls that the value still passes through, and how many steps it took. */
interface Way {
  calls: readonly Origin[];
  depth: number;
}

// Beyond these a catalog is computed in a way that no reader would follow either.
const DEEPEST = 24;
const MOST_STEPS = 5000;

/**
 * The expressions that a value may come from: through constants, imports, members, conditions, arguments of the
 * calls it passed through (innermost first) and elements of mapped lists. An expression that leads nowhere further is
 * its own origin. Whoever asks compares the origins with the value at hand.
 */
export function originsOf(expression: SourceNode, { sources, calls }: Surroundings): SourceNode[] {
  return new OriginSearch(sources).follow(expression, { calls, depth: 0 });
}

class OriginSearch {
  readonly #sources: Sources;
  #steps = 0;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  follow(expression: SourceNode, way: Way): SourceNode[] {
    const here = { file: expression.file, node: unwrap(expression.node) };
    if (way.depth > DEEPEST || ++this.#steps > MOST_STEPS) return [here];
    const next = this.#step(here, { ...way, depth: way.depth + 1 });
    return next.length > 0 ? next : [here];
  }

  #step({ file, node }: SourceNode, way: Way): SourceNode[] {
    const all = (...nodes: Node[]) => nodes.flatMap((n) => this.follow({ file, node: n }, way));
    switch (node.type) {
      case "Identifier":
        return this.#name({ file, node }, node.name, way);
      case "MemberExpression":
        return this.#member({ file, node }, way);
      case "ConditionalExpression":
        return all(node.consequent, node.alternate);
      case "LogicalExpression":
        return all(node.left, node.right);
      case "AwaitExpression":
        return all(node.argument);
      case "CallExpression":
        return isObjectFreeze(node) && node.arguments[0] ? all(node.arguments[0]) : [];
      default:
        return [];
    }
  }

  /** What `name` stands for where `place` is. */
  #name(place: SourceNode, name: string, way: Way): SourceNode[] {
    const { file } = place;
    const tree = this.#sources.tree(file);
    const binding = tree && findBinding(tree, place.node.start, name);
    switch (binding?.kind) {
      case "value":
        return this.#keys(this.follow({ file, node: binding.node }, way), binding.keys, way);
      case "elementOf":
        return this.#elements({ file, node: binding.node }, binding.keys, way);
      case "import":
        return this.#imported(file, binding, way);
      case "parameter":
        return this.#mapped(file, binding, way) ?? this.#argument(file, binding, way);
      default:
        return [];
    }
  }

  #member({ file, node }: SourceNode, way: Way): SourceNode[] {
    if (node.type !== "MemberExpression") return [];
    const key = keyOf({ key: node.property, computed: node.computed });
    if (key === undefined) return [];
    const object = unwrap(node.object);
    const tree = this.#sources.tree(file);
    const binding =
      tree && object.type === "Identifier" ? findBinding(tree, object.start, object.name) : undefined;
    if (binding?.kind === "import" && binding.name === "*") {
      return this.#imported(file, { source: binding.source, name: key }, way);
    }
    return this.#keys(this.follow({ file, node: object }, way), [key], way);
  }

  /** What stands at `keys` inside literals; nothing when any of them is not there to be read. */
  #keys(from: SourceNode[], keys: readonly Key[], way: Way): SourceNode[] {
    let found = from;
    for (const key of keys) {
      found = found.flatMap(({ file, node }) => {
        const member = writtenAt(node, key);
        return member ? this.follow({ file, node: member }, way) : [];
      });
    }
    return found;
  }

  #elements(list: SourceNode, keys: readonly Key[], way: Way): SourceNode[] {
    return this.follow(list, way).flatMap(({ file, node }) => {
      const elements: readonly (Node | null)[] = node.type === "ArrayExpression" ? node.elements : [];
      return elements
        .filter((element) => element !== null && element.type !== "SpreadElement")
        .flatMap((element) => this.#keys(this.follow({ file, node: element as Node }, way), keys, way));
    });
  }

  // `list.map((x) => …)`: the value may come from any element of the list.
  #mapped(file: string, parameter: Parameter, way: Way): SourceNode[] | undefined {
    const around = this.#sources.tree(file)?.around(parameter.of.start) ?? [];
    const takesIt = (n: Node) =>
      n.type === "CallExpression" && n.arguments.some((a) => unwrap(a) === parameter.of);
    const call = around.findLast(takesIt);
    if (call?.type !== "CallExpression") return undefined;
    const callee = unwrap(call.callee);
    if (callee.type !== "MemberExpression" || parameter.index !== 0) return undefined;
    return this.#elements({ file, node: callee.object }, parameter.keys, way);
  }

  #argument(file: string, parameter: Parameter, way: Way): SourceNode[] {
    for (const [i, site] of way.calls.entries()) {
      const call = this.#sources.tree(site.file)?.callAt(site.start);
      if (!call || !this.#mayCall(site.file, call, { file, node: parameter.of })) continue;
      const argument = call.arguments[parameter.index];
      if (argument?.type === "SpreadElement") return [];
      const outer = { calls: way.calls.slice(i + 1), depth: way.depth };
      const given = argument ? this.follow({ file: site.file, node: argument }, outer) : [];
      const found = this.#keys(given, parameter.keys, outer);
      if (found.length > 0) return found;
      return parameter.default ? this.follow({ file, node: parameter.default }, way) : [];
    }
    return [];
  }

  // A callee that cannot be followed (a method, a parameter) may be any function, but not one of another package's.
  #mayCall(file: string, call: CallExpression, fn: SourceNode): boolean {
    const callees = this.follow({ file, node: call.callee }, { calls: [], depth: 0 });
    if (callees.some((callee) => this.#isForeign(callee))) return false;
    const functions = callees.filter(({ node }) => "params" in node);
    return (
      functions.length === 0 || functions.some((f) => f.file === fn.file && f.node.start === fn.node.start)
    );
  }

  #isForeign({ file, node }: SourceNode): boolean {
    const tree = this.#sources.tree(file);
    return (
      node.type === "Identifier" && !!tree && findBinding(tree, node.start, node.name)?.kind === "import"
    );
  }

  #imported(file: string, wanted: { source: string; name: string }, way: Way): SourceNode[] {
    const target = this.#sources.imported(file, wanted.source);
    if (target === undefined || way.depth > DEEPEST) return [];
    const next = { calls: way.calls, depth: way.depth + 1 };
    return findExport(this.#sources, target, wanted.name).flatMap((found) => {
      if ("from" in found) return this.#imported(target, { source: found.from, name: found.name }, next);
      const place = { file: target, node: found.node };
      return found.name === undefined ? this.follow(place, next) : this.#name(place, found.name, next);
    });
  }
}

function isObjectFreeze(call: CallExpression): boolean {
  const callee = unwrap(call.callee);
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return false;
  return (
    callee.object.type === "Identifier" &&
    callee.object.name === "Object" &&
    callee.property.name === "freeze"
  );
}
