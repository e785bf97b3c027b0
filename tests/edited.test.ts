// While a catalog is watched, only what an edit changed is read, resolved and generated anew. Whatever the edits, files and problems are those of a catalog
// that is read for the first time.
import type { PlatformInput } from "fairlead";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ReadBefore } from "../model/described.ts";
import { keepEqual } from "../model/keep-equal.ts";
import type { Model } from "../model/model.ts";
import { generateAll } from "../output/generators.ts";
import { formatPlainly } from "./format-plainly.ts";
import { howMany } from "./how-many.ts";
import { type Policies, resolvePlatforms } from "./model-of.ts";
import { policies, shop } from "./shop.ts";

process.env.FAIRLEAD_BENCH_SERVICES = "3";
const { default: fleet } = await import("../bench/fleet/catalog/platforms/fleet/index.ts");

type Raw = Record<string, unknown>;
type Edit = { kind: keyof typeof edits; at: number; other: number };

interface Place {
  parent: Raw;
  key: string;
}

/** Every member of a raw value, however deep, parents first. */
function placesIn(parent: Raw): Place[] {
  return Object.entries(parent).flatMap(([key, value]) => [
    { parent, key },
    ...(typeof value === "object" && value !== null ? placesIn(value as Raw) : []),
  ]);
}

const pick = <T>(from: readonly T[], i: number) => from[i % from.length] as T;
const isLeaf = ({ parent, key }: Place) => typeof parent[key] !== "object";

/** Ways to edit a platform in place. Some make it wrong. */
const edits = {
  /** Another text or number. */
  leaf(raw: Raw, at: number) {
    const { parent, key } = pick(placesIn(raw).filter(isLeaf), at);
    const value = parent[key];
    parent[key] =
      typeof value === "number" ? value + 1 : `${value}${/\s/.test(String(value)) ? " more" : ""}`;
  },
  /** What stands elsewhere under the same key: another service, metric, objective, alert, receiver. */
  borrow(raw: Raw, at: number, other: number) {
    const places = placesIn(raw);
    const { parent, key } = pick(places.filter(isLeaf), at);
    const from = pick(
      places.filter((place) => place.key === key && isLeaf(place)),
      other,
    );
    parent[key] = from.parent[from.key];
  },
  /** An entry, or any other member, is gone. */
  remove(raw: Raw, at: number) {
    const { parent, key } = pick(placesIn(raw.parts as Raw), at);
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  },
  /** Another entry like one that is there. */
  copy(raw: Raw, at: number) {
    const entries = (raw.parts as Raw[]).flatMap((part) => Object.values(part) as Raw[]);
    const parent = pick(entries, at);
    const [key = "", value] = pick(Object.entries(parent), at);
    parent[`${key}-copy`] = structuredClone(value);
  },
  /** The same in another order. */
  reverse(raw: Raw, at: number) {
    const { parent, key } = pick(
      placesIn(raw).filter((place) => !isLeaf(place)),
      at,
    );
    const value = parent[key] as Raw;
    if (Array.isArray(value)) value.reverse();
    else parent[key] = Object.fromEntries(Object.entries(value).reverse());
  },
};

const edit = fc.record<Edit>({
  kind: fc.constantFrom("leaf", "leaf", "borrow", "borrow", "remove", "copy", "reverse"),
  at: fc.nat(),
  other: fc.nat(),
});

// A second entry like the first of all is right in any platform.
const COPY: Edit = { kind: "copy", at: 0, other: 0 };

/** Rounds of watching. */
class Watching {
  readonly #read = new ReadBefore();
  readonly #policies: Policies;
  #known: Model | undefined;

  constructor(policies: Policies) {
    this.#policies = policies;
  }

  async round(raw: Raw) {
    const { model, problems } = resolvePlatforms([raw as unknown as PlatformInput], this.#policies, {
      before: this.#read,
    });
    if (problems.some(({ severity }) => severity === "error")) return { problems: formatPlainly(problems) };
    this.#known = keepEqual(this.#known, model);
    const files = (await generateAll(this.#known)).map(({ path, content }) => [path, content]);
    return { problems: formatPlainly(problems), files };
  }
}

test.each([
  ["one of everything", shop, policies],
  ["a fleet", fleet, {}],
])("of %s, after any edits files and problems are those of a first reading", async (_, platform, beside) => {
  const first = structuredClone(platform) as unknown as Raw;
  const seen = { changed: 0, wrong: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 2, maxLength: 4 }), async (sequence) => {
      const watching = new Watching(beside);
      let right = first;
      let before = JSON.stringify((await watching.round(structuredClone(first))).files);
      for (const { kind, at, other } of sequence) {
        const raw = structuredClone(right);
        edits[kind](raw, at, other);
        const fresh = await new Watching(beside).round(structuredClone(raw));
        expect(await watching.round(structuredClone(raw))).toEqual(fresh);
        if (!fresh.files) {
          seen.wrong += 1;
          continue;
        }
        right = raw;
        const after = JSON.stringify(fresh.files);
        if (after !== before) seen.changed += 1;
        before = after;
      }
    }),
    // What it takes to find a smaller sequence is more than a test may take.
    { numRuns: howMany(4, 300), examples: [[[COPY, COPY]]], endOnFailure: true },
  );
  // Otherwise the property said nothing.
  expect(seen.changed).toBeGreaterThan(0);
});

/** An entry of a platform, or the first of its kind. */
function entryOf(raw: Raw, kind: string, name?: string): Raw {
  const part = (raw.parts as Raw[]).find((one) => one[kind] !== undefined);
  const entries = part?.[kind] as Record<string, Raw>;
  return entries[name ?? Object.keys(entries)[0] ?? ""] as Raw;
}

const chosen: Record<string, (raw: Raw) => void> = {
  "the team, which every alert names": (raw) => {
    raw.team = "others";
  },
  "a service, of which metrics, SLOs and alerts depend": (raw) => {
    delete entryOf(raw, "services", "api").metrics;
  },
  "the title of an SLO, which lists show": (raw) => {
    entryOf(raw, "slos").title = "Another title";
  },
  "an alert that a panel names": (raw) => {
    const [row] = entryOf(raw, "dashboards").rows as { panels: Raw[] }[];
    for (const panel of row?.panels ?? []) panel.alerts = ["nothing"];
  },
};

test.each(Object.entries(chosen))(
  "an edit of %s reaches all that depends on it, and again",
  async (_, change) => {
    const watching = new Watching(policies);
    await watching.round(structuredClone(shop) as unknown as Raw);
    const raw = structuredClone(shop) as unknown as Raw;
    change(raw);
    const fresh = await new Watching(policies).round(structuredClone(raw));
    expect(await watching.round(structuredClone(raw))).toEqual(fresh);
    expect(await watching.round(structuredClone(raw))).toEqual(fresh);
  },
);
