import { type Comment, parseSync } from "oxc-parser";

/** A function of a source file, by the name it is declared or bound to. */
export interface MeasuredFunction {
  name: string;
  /** From its first line to its last. */
  lines: number;
  parameters: number;
  /** Whether it is one expression: what it returns, such as a table of entries, and nothing that happens before. */
  isExpression: boolean;
}

/** What of a source file has a limit. */
export interface MeasuredSource {
  lines: number;
  functions: MeasuredFunction[];
  /** Names of the functions that it exports without a docstring. */
  undocumented: string[];
}

type Node = { type: string; start: number; end: number } & Record<string, unknown>;

const functionTypes = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);

/**
 * Measures a TypeScript source. Functions that are only handed to another call have no name and count as lines of the function
 * around them; how many parameters they take is that call's choice.
 */
export function measured(file: string, source: string): MeasuredSource {
  const { program, comments, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const lineOf = (offset: number) => source.slice(0, offset).split("\n").length;
  const functions = namedFunctions(program).map(({ name, node }) => ({
    name,
    lines: lineOf(node.end) - lineOf(node.start) + 1,
    parameters: (node.params as unknown[]).length,
    isExpression: isExpression(node.body as Node),
  }));
  const body = program.body as unknown as Node[];
  const undocumented = body
    .filter(({ type, declaration }) => type.startsWith("Export") && declaresFunction(declaration))
    .filter((node, i, all) => !isDocumented(node, { source, comments, before: all[i - 1] }))
    .map((node) => nameOf(node.declaration as Node));
  return { lines: source.trimEnd().split("\n").length, functions, undocumented: [...new Set(undocumented)] };
}

function namedFunctions(root: unknown, name?: string): { name: string; node: Node }[] {
  if (Array.isArray(root)) return root.flatMap((item) => namedFunctions(item));
  if (!isNode(root)) return [];
  const own = name ?? nameOf(root);
  const isFunction = functionTypes.has(root.type) && own !== "";
  const found = isFunction ? [{ name: own, node: root }] : [];
  // Of `const f = …`, `{ f: … }` and a method, the function is the value.
  const bound = root.init ?? root.value;
  const inner = Object.entries(root).flatMap(([key, child]) =>
    child === bound && (key === "init" || key === "value")
      ? namedFunctions(child, nameOf(root))
      : namedFunctions(child),
  );
  return [...found, ...inner];
}

function isExpression(body: Node): boolean {
  if (body.type !== "BlockStatement") return true;
  const [first, ...more] = body.body as Node[];
  return first?.type === "ReturnStatement" && more.length === 0;
}

function nameOf(node: Node): string {
  const first = (node.declarations as Node[] | undefined)?.[0];
  const named = first ? first.id : (node.id ?? node.key);
  return isNode(named) && typeof named.name === "string" ? named.name : "";
}

function declaresFunction(declaration: unknown): declaration is Node {
  if (!isNode(declaration)) return false;
  const first = (declaration.declarations as Node[] | undefined)?.[0];
  return functionTypes.has(declaration.type) || (isNode(first?.init) && functionTypes.has(first.init.type));
}

interface Surroundings {
  source: string;
  comments: readonly Comment[];
  before: Node | undefined;
}

function isDocumented(node: Node, { source, comments, before }: Surroundings): boolean {
  const isOverload =
    before !== undefined &&
    isNode(before.declaration) &&
    before.declaration.type === "TSDeclareFunction" &&
    nameOf(before.declaration) === nameOf(node.declaration as Node);
  return (
    isOverload ||
    comments.some(
      ({ type, value, end }) =>
        type === "Block" &&
        value.startsWith("*") &&
        end <= node.start &&
        source.slice(end, node.start).trim() === "",
    )
  );
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}
