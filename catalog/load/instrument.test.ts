import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applyEdits, offsetBeforeEdits } from "./edits.ts";
import { instrument } from "./instrument.ts";
import { installRecorders, linkOf } from "./links.ts";
import { prepareParser } from "./parser.ts";
import { lineStarts } from "./text-lines.ts";

const behaviour = fileURLToPath(new URL("./fixtures/behaviour.ts", import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "fairlead-instrument-"));
  await prepareParser();
  installRecorders();
});
afterAll(() => rm(folder, { recursive: true }));

async function run(source: string, name: string): Promise<{ default: unknown }> {
  const { code } = await transform(source, { loader: "ts", format: "esm", target: "node20" });
  const file = path.join(folder, `${name}.mjs`);
  await writeFile(file, code);
  return import(pathToFileURL(file).href);
}

function instrumented(source: string, file = "a.ts"): string {
  const edits = instrument("/project", file, source);
  if (!edits) throw new Error("does not parse");
  return applyEdits(source, edits);
}

test("an instrumented module does what it did, in the same order", async () => {
  const source = await readFile(behaviour, "utf8");
  const plain = await run(source, "plain");
  const watched = await run(instrumented(source), "watched");
  expect((plain.default as { log: unknown[] }).log.length).toBeGreaterThan(15);
  const shown = (value: unknown) => inspect(value, { depth: 9, showHidden: true, getters: true });
  expect(shown(watched.default)).toBe(shown(plain.default));
});

test("lines stay where they are, and every offset finds its way back", async () => {
  const source = await readFile(behaviour, "utf8");
  const edits = instrument("/project", "a.ts", source) ?? [];
  const text = applyEdits(source, edits);
  expect(lineStarts(text).length).toBe(lineStarts(source).length);
  let next = 0;
  for (const [offset, character] of [...source].entries()) {
    next = text.indexOf(character, next);
    if (offset % 97 === 0) expect(source[offsetBeforeEdits(edits, next)]).toBe(character);
    next += 1;
  }
});

test("every object and array literal is linked to where it is written", async () => {
  const source = "const inner = { a: [1] };\nexport default { inner, ...{ b: {} } };";
  const { default: value } = await run(instrumented(source), "linked");
  const { inner, b } = value as { inner: { a: number[] }; b: object };
  expect([value, inner, inner.a, b].map((v) => linkOf(v as object)?.literal)).toEqual([
    { file: "a.ts", start: source.indexOf("{ inner") },
    { file: "a.ts", start: source.indexOf("{ a") },
    { file: "a.ts", start: source.indexOf("[1]") },
    { file: "a.ts", start: source.indexOf("{} }") },
  ]);
});

test("a constant that a function returns a thousand times keeps few call sites", async () => {
  const calls = Array.from({ length: 1000 }, () => "f()").join(", ");
  const { default: value } = await run(
    instrumented(`const c = {}; const f = () => c; export default [${calls}];`),
    "often",
  );
  expect(linkOf((value as object[])[0] as object)?.calls?.length).toBe(8);
});

describe("what may not be wrapped is left alone", () => {
  test.each([
    ["patterns", "[a, { b }] = c; ({ a } = d); for ([a] of e) f;"],
    ["callees and members", "a({}.b); "],
    ["types", "type T = [1, { a: 2 }]; declare const x: { y: [] }; interface I { z: [] }"],
    ["enum members", "enum E { A = [1].length }"],
  ])("%s", (_, source) => {
    const edited = instrumented(source);
    const wrapped = [...edited.matchAll(/__fairlead_\w\("a\.ts",(\d+)/g)].map((m) =>
      source.slice(Number(m[1])).slice(0, 2),
    );
    expect(wrapped.every((start) => start === "{}")).toBe(true);
  });

  test("the options of a dynamic import, which esbuild must be able to read", () => {
    const source = 'await import("./a.json", { with: { type: "json" } });';
    expect(instrumented(source)).toBe(source);
  });
});

test("a file that does not parse is left to esbuild to report", () => {
  expect(instrument("/project", "a.ts", "const = {;")).toBeUndefined();
});

test("what a module asks about itself is answered for the source, not for the bundle", () => {
  expect(
    instrumented(
      "import.meta.url + import.meta.dirname + import.meta.filename + import.meta.resolve",
      "b/c.ts",
    ),
  ).toBe('"file:///project/b/c.ts" + "/project/b" + "/project/b/c.ts" + import.meta.resolve');
});
