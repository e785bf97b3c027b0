import { z } from "zod";
import type { AllowanceSpec } from "../catalog/allowance.ts";
import { collections, type PartSpec, type PlatformSpec, part, platform } from "../catalog/platform.ts";
import { type PromotionSpec, promotion } from "../catalog/promotion.ts";
import { type RoutingSpec, routing } from "../catalog/routing.ts";
import { nearMatch } from "../problems/near-match.ts";
import { showValue } from "../problems/show-value.ts";
import { explainIssues } from "../problems/zod-issues.ts";
import { repair } from "../problems/zod-repair.ts";
import { isSameData, keepEqual } from "./keep-equal.ts";
import type { Origin } from "./model.ts";
import { at, type ProblemCollector, pathLabel } from "./problems.ts";

type Kind = keyof typeof collections;
/** What a platform has one of, in whichever part. */
type Single = keyof typeof singles;
type SpecOf<K extends Kind> = z.output<(typeof collections)[K]["valueType"]>;

/** An entry of the catalog, and where it stands; what its schema refuses in it has a stand-in and is set aside. */
export interface DescribedEntry<S> {
  name: string;
  spec: S;
  origin: Origin;
}

/** One platform's entries, parts put together. */
export interface Described {
  name: string;
  head: Omit<PlatformSpec, "parts" | "name">;
  origin: Origin;
  entries: { [K in Kind]: DescribedEntry<SpecOf<K>>[] };
  /** Every name that was written, also of entries that are wrong: a reference to one of those is not a second mistake. */
  names: { [K in Kind]: string[] };
  routing?: { spec: RoutingSpec; origin: Origin };
  promotion?: { spec: PromotionSpec; origin: Origin };
  allowances: { spec: AllowanceSpec; origin: Origin }[];
  /** Kinds of which entries may have been written where they cannot be read: what seems to be missing may be among them. */
  unread: Set<Kind | Single>;
}

/** What was read of platforms before an edit, by platform. */
export class ReadBefore {
  readonly #platforms = new Map<string, PlatformBefore>();

  /** What was read the last time. */
  of(platform: string): PlatformBefore | undefined {
    return this.#platforms.get(platform);
  }

  /** Takes the place of what was read before. */
  remember(platform: string, read: PlatformBefore): void {
    this.#platforms.set(platform, read);
  }
}

interface PlatformBefore {
  described: Described;
  /** By kind and path: entries without a mistake, and what they were read from. */
  entries: ReadonlyMap<string, { value: unknown; entry: DescribedEntry<unknown> }>;
}

const kinds = Object.keys(collections) as Kind[];
const singles = { routing, promotion } as const;
const everything = [...kinds, ...(Object.keys(singles) as Single[])];
// Parts are read one by one; here their key is only known.
const head = platform.extend({ parts: z.unknown() });

/**
 * Checks a platform's raw value against the schemas, entry by entry, and puts its parts together. Whatever equals what was read `before` is the same
 * object again.
 */
export function readPlatform(
  name: string,
  value: object,
  { problems, before }: { problems: ProblemCollector; before?: ReadBefore | undefined },
): Described {
  const reader = new PlatformReader(name, problems, before?.of(name));
  const described = reader.read(value as Record<string, unknown>);
  if (!before) return described;
  const kept = keepEqual(before.of(name)?.described, described);
  before.remember(name, { described: kept, entries: reader.entries });
  return kept;
}

class PlatformReader {
  readonly #described: Described;
  readonly #problems: ProblemCollector;
  readonly #seen = new Map<string, Origin>();
  readonly #before: PlatformBefore | undefined;
  readonly entries = new Map<string, { value: unknown; entry: DescribedEntry<unknown> }>();

  constructor(name: string, problems: ProblemCollector, before?: PlatformBefore) {
    this.#problems = problems;
    this.#before = before;
    this.#described = {
      name,
      head: { title: name, description: name, team: name, contacts: [], repository: "" },
      origin: this.#origin([]),
      unread: new Set(),
      allowances: [],
      entries: Object.fromEntries(kinds.map((kind) => [kind, []])) as unknown as Described["entries"],
      names: Object.fromEntries(kinds.map((kind) => [kind, []])) as unknown as Described["names"],
    };
    this.#described.origin = { platform: name, path: [], label: `platform ${name}` };
  }

  read(value: Record<string, unknown>): Described {
    const { parts, ...others } = value;
    const { parts: _parts, name: _name, ...read } = this.#parse(head, value, []) ?? {};
    this.#described.head = { ...this.#described.head, ...read };
    if (parts === undefined && nearMatch("parts", Object.keys(others)) !== undefined) {
      this.#cannotRead(everything);
      return this.#described;
    }
    if (!Array.isArray(parts) || parts.length === 0) {
      this.#problems.add("schema/wrong-type", this.#place(["parts"]), "parts must be a list of parts", {
        fix: "write parts: [{ services, metrics }, …]",
      });
      this.#cannotRead(everything);
      return this.#described;
    }
    for (const [i, one] of parts.entries()) this.#readPart(one, ["parts", i]);
    for (const kind of kinds) {
      (this.#described.entries[kind] as DescribedEntry<unknown>[]).sort((a, b) => (a.name < b.name ? -1 : 1));
    }
    return this.#described;
  }

  #readPart(value: unknown, path: (string | number)[]): void {
    if (value === null || typeof value !== "object") {
      this.#parse(part, value, path);
      this.#cannotRead(everything);
      return;
    }
    const extra = Object.fromEntries(
      Object.entries(value).filter(([key]) => !(everything as string[]).includes(key)),
    );
    for (const [i, spec] of (this.#parse(part, extra, path)?.allow ?? []).entries())
      this.#described.allowances.push({ spec, origin: this.#origin([...path, "allow", i]) });
    this.#cannotRead(Object.keys(extra).map((key) => nearMatch(key, everything)));
    const given = value as { [K in keyof PartSpec]: unknown };
    for (const kind of kinds)
      if (given[kind] !== undefined) this.#readCollection(kind, given[kind], [...path, kind]);
    for (const single of Object.keys(singles) as Single[])
      if (given[single] !== undefined) this.#readSingle(single, given[single], [...path, single]);
  }

  #readCollection(kind: Kind, value: unknown, path: (string | number)[]): void {
    const { keyType, valueType } = collections[kind];
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      this.#parse(collections[kind], value, path);
      this.#cannotRead([kind]);
      return;
    }
    for (const [name, spec] of Object.entries(value)) {
      const here = [...path, name];
      const named = keyType.safeParse(name);
      if (!named.success) this.#wrongName(kind, here, named.error.issues[0]?.message ?? "is not a name");
      this.#described.names[kind].push(name);
      const entry = this.#readEntry(valueType as z.ZodType, spec, here);
      if (this.#isDuplicate(kind, name, here) || entry === undefined) continue;
      (this.#described.entries[kind] as DescribedEntry<unknown>[]).push(entry);
    }
  }

  #readEntry(
    schema: z.ZodType,
    value: unknown,
    path: (string | number)[],
  ): DescribedEntry<unknown> | undefined {
    const key = JSON.stringify(path);
    const before = this.#before?.entries.get(key);
    const isSame = before !== undefined && isSameData(before.value, value);
    const found = this.#problems.count;
    const spec = isSame ? before.entry.spec : this.#parseOrRepair(schema, value, path);
    if (spec === undefined) return undefined;
    const entry = isSame ? before.entry : { name: String(path.at(-1)), spec, origin: this.#origin(path) };
    if (this.#problems.count === found) this.entries.set(key, { value, entry });
    return entry;
  }

  #wrongName(kind: Kind, path: (string | number)[], rule: string): void {
    const place = { ...this.#place(path), key: true };
    const message = `${JSON.stringify(path.at(-1))} is no name of ${kind}: it ${rule}`;
    this.#problems.add("schema/wrong-name", place, message, { fix: "rename it; a title may hold any text" });
    this.#problems.setAside(place);
  }

  #isDuplicate(kind: string, name: string, path: (string | number)[]): boolean {
    const first = this.#seen.get(`${kind}.${name}`);
    this.#seen.set(`${kind}.${name}`, first ?? this.#origin(path));
    if (!first) return false;
    this.#problems.addDuplicate(
      kind === name ? `there are two ${kind}s` : `${kind} has ${showValue(name)} twice`,
      this.#place(path),
      at(first),
    );
    return true;
  }

  #readSingle(single: Single, value: unknown, path: (string | number)[]): void {
    const spec = this.#parseOrRepair(singles[single] as z.ZodType, value, path);
    if (this.#isDuplicate(single, single, path)) return;
    if (spec) Object.assign(this.#described, { [single]: { spec, origin: this.#origin(path) } });
    else this.#cannotRead([single]);
  }

  /** The parsed value, or nothing after reporting every way in which the schema refuses it. */
  #parse<S extends z.ZodType>(schema: S, value: unknown, path: (string | number)[]): z.output<S> | undefined {
    // zod would write code for each schema and have it compiled: a catalog is read once and does not earn that.
    const parsed = schema.safeParse(value, { jitless: true });
    if (parsed.success) return parsed.data;
    for (const issue of explainIssues(parsed.error.issues, value, schema)) {
      const place = { ...this.#place([...path, ...issue.path]), ...(issue.atKey && { key: true }) };
      this.#problems.add(issue.rule, place, issue.message, { fix: issue.fix });
    }
    return undefined;
  }

  /** As `parse`, but what is refused gets a stand-in, so that the rest of the value can be resolved and checked. */
  #parseOrRepair<S extends z.ZodType>(schema: S, value: unknown, path: (string | number)[]) {
    const parsed = this.#parse(schema, value, path);
    if (parsed !== undefined) return parsed;
    const repaired = repair(schema, value);
    for (const aside of repaired?.setAside ?? []) this.#problems.setAside(this.#place([...path, ...aside]));
    return repaired?.value;
  }

  #cannotRead(what: readonly (string | undefined)[]): void {
    for (const kind of what) if (kind !== undefined) this.#described.unread.add(kind as Kind | Single);
  }

  #origin(path: (string | number)[]): Origin {
    return { platform: this.#described?.name ?? "", path, label: pathLabel(path) };
  }

  #place(path: (string | number)[]) {
    return { platform: this.#described.name, path };
  }
}
