/** Where an expression stands: the file as written in its bundle (relative to the project root) and the offset. */
export interface Origin {
  file: string;
  start: number;
}

/** What is known about a value of the catalog. */
export interface Link {
  /** The object or array literal that made it; absent when only calls returned it. */
  literal?: Origin;
  /** What its `...` elements were given, in order of writing. */
  spreads?: readonly unknown[];
  /** How many elements each spread gave, where that was known; arrays only. */
  spreadSizes?: readonly (number | undefined)[];
  /** The calls that returned it, innermost first. */
  calls?: Origin[];
}

type Spread = (source: unknown) => unknown;

// A constant returned by a helper thousands of times would otherwise collect thousands of call sites.
const MOST_CALLS = 8;

// Kept on globalThis: bundled catalogs are modules of their own, and a second copy of this one must share the map.
const KEY = Symbol.for("fairlead.links");
const store = globalThis as typeof globalThis & { [KEY]?: WeakMap<object, Link> };
store[KEY] ??= new WeakMap();
const links: WeakMap<object, Link> = store[KEY];

/** What the instrumented catalog noted about an object, if anything. */
export function linkOf(value: object): Link | undefined {
  return links.get(value);
}

/** The names by which instrumented code calls the recorders. */
export const recorders = { literal: "__fairlead_o", spread: "__fairlead_s", call: "__fairlead_c" } as const;

/** Puts the recorders where instrumented code finds them. Each returns exactly the value it was given. */
export function installRecorders(): void {
  define(recorders.literal, recordLiteral);
  define(recorders.spread, recordSpreads);
  define(recorders.call, recordCall);
}

function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: false });
}

function recordLiteral(file: string, start: number, value: object): object {
  links.set(value, { literal: { file, start } });
  return value;
}

// `build` is an arrow function around the literal, so that `this` and `arguments` mean what they meant.
function recordSpreads(file: string, start: number, build: (spread: Spread) => object): object {
  const spreads: unknown[] = [];
  const spreadSizes: (number | undefined)[] = [];
  const value = build((source) => {
    spreads.push(source);
    spreadSizes.push(sizeOf(source));
    return source;
  });
  links.set(value, { literal: { file, start }, spreads, spreadSizes });
  return value;
}

// Never iterates: that would use up a generator.
function sizeOf(source: unknown): number | undefined {
  if (Array.isArray(source)) return source.length;
  if (typeof source === "string") return [...source].length;
  return source instanceof Map || source instanceof Set ? source.size : undefined;
}

function recordCall(file: string, start: number, value: unknown): unknown {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return value;
  const link = links.get(value);
  if (!link) links.set(value, { calls: [{ file, start }] });
  else if (!link.calls) link.calls = [{ file, start }];
  else if (link.calls.length < MOST_CALLS && !link.calls.some((c) => c.start === start && c.file === file)) {
    link.calls.push({ file, start });
  }
  return value;
}
