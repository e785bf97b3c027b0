// While a catalog is watched, files are kept from before by what they were made of: nothing that they are made of may be forgotten.
import fc from "fast-check";
import { expect, test } from "vitest";
import { keepEqual } from "../model/keep-equal.ts";
import { artifactOf, keepNothing } from "../model/kept.ts";
import type { Model } from "../model/model.ts";
import { generateAll } from "../output/generators.ts";
import { howMany } from "./how-many.ts";
import { modelOf } from "./model-of.ts";
import { policies, shop } from "./shop.ts";

const model = modelOf([shop], policies);

type Path = (string | number)[];

/** Places of all texts that may be any text. */
function texts(value: unknown, path: Path = [], seen = new Set<unknown>()): Path[] {
  if (typeof value === "string") return /\s/.test(value) ? [path] : [];
  if (typeof value === "number") return Number.isInteger(value) && value > 0 ? [path] : [];
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  return Object.entries(value).flatMap(([key, part]) =>
    key === "examples" || key === "queries" ? [] : texts(part, [...path, key], seen),
  );
}

/** A model of its own that differs in one text or number. */
function edited(path: Path): Model {
  const copy = structuredClone(model);
  let parent = copy as unknown as Record<string, unknown>;
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string, unknown>;
  const last = String(path.at(-1));
  parent[last] = typeof parent[last] === "number" ? parent[last] + 1 : `${parent[last]} edited`;
  return copy;
}

const generated = async (of: Model) =>
  Object.fromEntries((await generateAll(of)).map(({ path, content }) => [path, content]));

test("after any edit the files that are kept are those that would be made anew", async () => {
  const places = texts(model);
  expect(places.length).toBeGreaterThan(400);
  let different = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...places), async (place) => {
      const before = await generated(model);
      const fresh = await generated(edited(place)).catch((error: Error) => error.message);
      const kept = await generated(keepEqual(model, edited(place))).catch((error: Error) => error.message);
      expect(kept).toEqual(fresh);
      if (JSON.stringify(fresh) !== JSON.stringify(before)) different += 1;
    }),
    { numRuns: howMany(12, 2000) },
  );
  expect(different).toBeGreaterThan(0);
});

test("where nothing is kept, files are the same, however often they are read, and made only when they are", async () => {
  const kept = await generated(model);
  keepNothing();
  let made = 0;
  const file = artifactOf({ path: "a", origin: { platform: "shop", path: [], label: "a" } }, () => {
    made += 1;
    return "text";
  });
  expect(made).toBe(0);
  expect([file.content, file.content, made]).toEqual(["text", "text", 2]);
  const files = await generateAll(model);
  const read = (which: typeof files) => which.map(({ path, content }) => [path, content]);
  for (const order of [files, [...files].reverse(), files.filter(({ path }) => path.endsWith(".md"))]) {
    expect(read(order)).toEqual(order.map(({ path }) => [path, kept[path]]));
  }
  expect(files.filter((one) => Object.getOwnPropertyDescriptor(one, "content")?.get)).not.toHaveLength(0);
});
