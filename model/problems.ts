import { isWithin } from "../problems/is-within.ts";
import type { Location, Problem, Severity } from "../problems/problem.ts";
import type { Origin } from "./model.ts";

/** Where in a platform's raw value something stands; `key` means the property's name, `offset` a place in its string. */
export interface Place {
  platform: string;
  path: readonly (string | number)[];
  key?: boolean;
  offset?: number;
}

/** Finds a place of a platform's raw value in the source. */
export type Locate = (place: Place) => Location | undefined;

/** What was said to be wrong. */
export type Told = Parameters<ProblemCollector["add"]>;

/**
 * Collects what is wrong while the model is built, so that all of it is reported at once. What a schema has refused is set aside:
 * its Problem has been told, and what would be said of the value that stands in for it would be no mistake of anybody's.
 */
export class ProblemCollector {
  readonly problems: Problem[] = [];
  /** How often something was found wrong, also what was told already or is set aside. */
  count = 0;
  readonly #locate: Locate;
  readonly #setAside: Place[] = [];
  readonly #told = new Set<string>();
  #recorded: Told[] | undefined;

  constructor(locate: Locate) {
    this.#locate = locate;
  }

  add(
    rule: string,
    place: Place,
    message: string,
    more: { fix?: string | undefined; severity?: Severity } = {},
  ) {
    this.count += 1;
    this.#recorded?.push([rule, place, message, more]);
    if (this.isSetAside(place) || (!place.key && !this.isSound(place))) return;
    const location = this.#locate(place);
    // What several entries share (a runbook, a policy) is wrong once.
    const told = location?.exact && JSON.stringify([rule, message, location]);
    if (told && this.#told.has(told)) return;
    if (told) this.#told.add(told);
    this.problems.push({
      rule,
      severity: more.severity ?? "error",
      message,
      path: pathLabel(place.path),
      ...(location && { location }),
      ...(more.fix !== undefined && { fix: more.fix }),
    });
  }

  /** What `find` gives, and all that it adds: to be added again where the same would be found again. */
  recorded<V>(find: () => V): { value: V; told: readonly Told[] } {
    const told: Told[] = [];
    this.#recorded = told;
    try {
      return { value: find(), told };
    } finally {
      this.#recorded = undefined;
    }
  }

  /** Where something stands, for a sentence: file and line, or the path inside the catalog if it was read from no file. */
  where(place: Place): string {
    const location = this.#locate(place);
    return location ? `${location.file}:${location.line}` : pathLabel(place.path);
  }

  /** Reports that `place` has a name which `other` has already. */
  addDuplicate(message: string, place: Place, other: Place): void {
    const [here, there] = [this.where({ ...place, key: true }), this.where({ ...other, key: true })];
    const fix =
      here === there
        ? `what is at ${here} is put in twice: take it out of one of the parts`
        : `rename the one at ${there} or the one at ${here}`;
    this.add("reference/duplicate-name", { ...place, key: true }, message, { fix });
  }

  /** From now on nothing is said of what is at `place` or further in; with `key`, nothing of that name. */
  setAside(place: Place): void {
    this.#setAside.push(place);
  }

  /** Whether nothing at all is set aside. */
  get isWhole(): boolean {
    return this.#setAside.length === 0;
  }

  /** Whether the value at `place` is not the one that was written. */
  isSetAside(place: Place): boolean {
    return this.#setAside.some(
      (aside) =>
        aside.platform === place.platform &&
        (aside.key
          ? place.key === true && samePath(aside.path, place.path)
          : isWithin(place.path, aside.path)),
    );
  }

  /** Whether the value at `place` is the one that was written, with all that is in it. */
  isSound(place: Place): boolean {
    const inside = (aside: Place) =>
      !aside.key && aside.platform === place.platform && isWithin(aside.path, place.path);
    return !this.isSetAside(place) && !(place.path.length > 0 && this.#setAside.some(inside));
  }
}

function samePath(one: Place["path"], other: Place["path"]): boolean {
  return one.length === other.length && isWithin(one, other);
}

/** A member of an entry, however deep. */
export function at(origin: Origin, ...path: (string | number)[]): Place {
  return { platform: origin.platform, path: [...origin.path, ...path] };
}

/** "slos.availability.sli.bad" for ["parts", 2, "slos", "availability", "sli", "bad"]. */
export function pathLabel(path: readonly (string | number)[]): string {
  const shown = path[0] === "parts" && path.length > 2 ? path.slice(2) : path;
  return shown.map((key, i) => (typeof key === "number" ? `[${key}]` : i === 0 ? key : `.${key}`)).join("");
}
