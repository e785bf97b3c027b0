import { expect, test } from "vitest";
import { manySignals } from "../alerts/fixtures/many-signals.ts";
import { policy } from "../catalog/policy.ts";
import { isWithin } from "../problems/is-within.ts";
import { repair } from "../problems/zod-repair.ts";
import { howMany } from "../tests/how-many.ts";
import { policies, shop } from "../tests/shop.ts";
import { buildModel } from "./build.ts";

type Path = (string | number)[];

function* placesIn(value: unknown, path: Path = []): Generator<[path: Path, value: unknown]> {
  if (path.length > 0) yield [path, value];
  if (value === null || typeof value !== "object") return;
  for (const [key, inner] of Object.entries(value)) {
    yield* placesIn(inner, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

/** A copy in which something else stands at a path, or its key is another. */
function withOther(
  value: unknown,
  [key, ...rest]: Path,
  other: { value: unknown } | { key: string },
): unknown {
  const name = String(key);
  const entries = Object.entries(value as object).map(([one, inner]): [string, unknown] => {
    if (one !== name) return [one, inner];
    if (rest.length > 0) return [one, withOther(inner, rest, other)];
    return "key" in other ? [other.key, inner] : [one, other.value];
  });
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

function problemsOf(platform: object, name: string, described: Record<string, unknown> = policies) {
  const files = Object.entries(described).map(([file, value]) => {
    const read = repair(policy, value);
    return {
      ...{ platform: name, name: file, file },
      ...(read && { policy: read.value, setAside: read.setAside }),
      place: (path: readonly (string | number)[]) => ({ platform: name, path: ["policies", file, ...path] }),
    };
  });
  return buildModel({
    platforms: [{ name, value: platform }],
    policies: files,
    requirements: [],
    locate: ({ path }) => ({ file: JSON.stringify(path), line: 1, column: 1, exact: true }),
  }).problems.map((problem) => ({ ...problem, at: JSON.parse(problem.location?.file ?? "[]") as Path }));
}

// One place of each form: entries of one kind are alike, and so are the elements of a list.
function formOf(platform: object, path: Path): string {
  const [parts, part, collection, name, ...inside] = path;
  const entry = valueAt(platform, path.slice(0, 4)) as { when?: Kind; sli?: Kind; type?: string } | undefined;
  const kind = entry?.when?.kind ?? entry?.sli?.kind ?? entry?.type ?? (name === undefined ? "" : "entry");
  const form = inside.map((key) => (typeof key === "number" ? "#" : key)).join(".");
  // Runbooks are alike everywhere.
  return form.startsWith("runbook") ? form : [parts, part, collection, kind, form].join(" ");
}
type Kind = { kind: string };
const valueAt = (root: unknown, path: Path) =>
  path.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | undefined)?.[key], root);

const places = [shop, manySignals].flatMap((platform) =>
  [...placesIn(platform)].map(([path, was]) => ({ platform, path, was })),
);
const all = [...new Map(places.map((place) => [formOf(place.platform, place.path), place])).values()];
const isObject = (value: unknown) => value !== null && typeof value === "object" && !Array.isArray(value);

/** What is said of a platform with one mistake at `path`, beside that mistake; nothing if the schema sees none. */
function echoes(changed: unknown, name: string, path: Path): string[] {
  const problems = problemsOf(changed as object, name);
  const isAbout = (p: { rule: string; at: Path }) =>
    p.rule.startsWith("schema/") && (isWithin(p.at, path) || isWithin(path, p.at));
  // Some values are right in some places: then what they mean may be wrong in any way.
  if (!problems.some((p) => p.rule.startsWith("schema/"))) return [];
  const others = problems.filter((p) => !isAbout(p));
  return others.map((p) => `${path.join(".")}: ${p.rule} at ${p.path}: ${p.message}`);
}

const WRONG = [7, null, "\u0007", [], {}, { "no such": {} }].map((value, nth) => ({ value, nth }));

test.each(WRONG)(
  "a wrong value, $value, is told where it stands, whatever it stands for, and nothing follows from it",
  ({ value, nth }) => {
    // Each place gets two of the six, in the long run all of them.
    const given = all.filter((_, place) => (place + nth) % howMany(3, 1) === 0);
    // What is missing from an object that was emptied is missed elsewhere, and rightly so.
    const tried = given.filter(({ was }) => !(isObject(was) && isObject(value)));
    expect(
      tried.flatMap(({ platform, path }) =>
        echoes(withOther(platform, path, { value }), platform.name, path),
      ),
    ).toEqual([]);
  },
);

test("a misspelt key is told where it stands, and nothing follows from it", () => {
  const tried = all.filter(({ path }) => typeof path.at(-1) === "string");
  const found = tried.flatMap(({ platform, path }) => {
    const key = `${path.at(-1)}s`;
    const changed = withOther(platform, path, { key });
    // Names may be any: then it is no misspelt key but an entry that others look for.
    const isKey = problemsOf(changed as object, platform.name).some((p) => p.rule === "schema/unknown-key");
    return isKey ? echoes(changed, platform.name, [...path.slice(0, -1), key]) : [];
  });
  expect(found).toEqual([]);
});

test.each([[7], [null], ["~"], [[]], [{}]])(
  "nothing follows from a wrong value, %j, in a policy",
  (value) => {
    const found = Object.entries(policies).flatMap(([name, right]) =>
      [...placesIn(right)].flatMap(([path, was]) => {
        const changed = withOther(right, path, { value });
        if (policy.safeParse(changed).success || (isObject(was) && isObject(value))) return [];
        const problems = problemsOf(shop, shop.name, { ...policies, [name]: changed });
        return problems.map((p) => `${path.join(".")}: ${p.rule} at ${p.path}: ${p.message}`);
      }),
    );
    expect(found).toEqual([]);
  },
);
