import diff from "microdiff";
import type { Entry } from "../model/model.ts";
import { type Sentence, say } from "./change.ts";

// Prose and tests: that they were rewritten is worth a word, the words themselves are in Git's own diff.
const WRITTEN_ANEW = new Set(["runbook", "examples"]);
const LONGEST = 200;

/** One member of an entry that is not what it was. */
export interface Leftover {
  /** "resources.requests.cpu". */
  path: string;
  says: Sentence;
}

/**
 * Every difference between two states of an entry, member by member, except members named in `without`, of which a comparison says
 * more than "was, is". This is what makes a comparison complete: what nobody thought of is still said.
 */
export function leftovers(before: object, after: object, without: readonly string[] = []): Leftover[] {
  const [was, is] = [before, after].map((entry) => plain(entry, ["origin", ...without]));
  const found = diff(was as Record<string, unknown>, is as Record<string, unknown>).map((one): Leftover => {
    const path = one.path.join(".");
    if (WRITTEN_ANEW.has(String(one.path[0]))) {
      return { path: String(one.path[0]), says: [`its ${one.path[0]} was written anew`] };
    }
    if (one.type === "CREATE") return { path, says: say`${path} is now ${shown(one.value)}` };
    if (one.type === "REMOVE") return { path, says: say`${path} is no longer ${shown(one.oldValue)}` };
    return { path, says: say`${path} was ${shown(one.oldValue)}, is ${shown(one.value)}` };
  });
  return [...new Map(found.map((one) => [one.path, one])).values()];
}

/** An entry's content as text, for telling whether another is the same under a new name. */
export function contentOf(entry: object, without: readonly string[]): string {
  return JSON.stringify(plain(entry, ["origin", "name", ...without]));
}

function plain(entry: object, without: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(entry)
      .filter(([key, value]) => !without.includes(key) && value !== undefined)
      .map(([key, value]) => [key, comparable(value)]),
  );
}

// Other entries are compared by name, selected series by their PromQL, lists of names and numbers as a whole: positions in them mean
// nothing to a reader.
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) {
    const isFlat = value.every((one) => typeof one !== "object");
    return isFlat ? value.join(", ") : value.map(comparable);
  }
  if (typeof value !== "object" || value === null) return value;
  if ("promql" in value && "metric" in value) return value.promql;
  return isEntry(value) ? value.name : plain(value, []);
}

function isEntry(value: object): value is Entry {
  return "name" in value && "origin" in value && typeof value.origin === "object";
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (text === "") return "(nothing)";
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
