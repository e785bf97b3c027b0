import type { PlatformInput } from "fairlead";
import { expect, test } from "vitest";
import { modelOf, resolvePlatforms } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { compareModels } from "./compare.ts";

type Json = Record<string, unknown>;

test("whatever is changed in a catalog, something is said of it", () => {
  const leaves = leavesOf(shop.parts).filter(([path]) => !path.includes("meets"));
  const silent: string[] = [];
  let compared = 0;
  const before = modelOf([shop], policies);
  for (const [path, value] of leaves) {
    const copy = structuredClone(shop) as unknown as { parts: unknown[] };
    const parent = path
      .slice(0, -1)
      .reduce<Json>((at, key) => at[key] as Json, copy.parts as unknown as Json);
    parent[path.at(-1) ?? ""] = changed(value);
    const { model, problems } = resolvePlatforms([copy as unknown as PlatformInput], policies);
    if (problems.some((p) => p.severity === "error")) continue;
    compared += 1;
    if (compareModels(before, model).length === 0) silent.push(path.join("."));
  }
  expect(compared).toBeGreaterThan(100);
  expect(silent).toEqual([]);
});

function leavesOf(value: unknown, path: string[] = []): [string[], unknown][] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, one]) => leavesOf(one, [...path, key]));
}

// Text with a number in it ("10m", "99.9%", "512Mi") stays of its kind when the number changes.
function changed(value: unknown): unknown {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1;
  const text = String(value);
  return /\d/.test(text) ? text.replace(/\d/, (digit) => String((Number(digit) % 8) + 1)) : `${text}x`;
}
