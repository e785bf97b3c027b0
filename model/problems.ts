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

/** Collects what is wrong while the model is built, so that all of it is reported at once. */
export class ProblemCollector {
  readonly problems: Problem[] = [];
  readonly #locate: Locate;

  constructor(locate: Locate) {
    this.#locate = locate;
  }

  add(
    rule: string,
    place: Place,
    message: string,
    more: { fix?: string | undefined; severity?: Severity } = {},
  ) {
    const location = this.#locate(place);
    this.problems.push({
      rule,
      severity: more.severity ?? "error",
      message,
      path: pathLabel(place.path),
      ...(location && { location }),
      ...(more.fix !== undefined && { fix: more.fix }),
    });
  }
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
