import { nearMatch } from "../problems/near-match.ts";
import type { Described } from "./described.ts";
import { at, type Place, type ProblemCollector } from "./problems.ts";

const words = {
  volumes: "volume",
  services: "service",
  metrics: "metric",
  slos: "SLO",
  alerts: "alert",
  events: "event",
  dashboards: "dashboard",
  loadProfiles: "load profile",
  gates: "gate",
  environments: "environment",
  receivers: "receiver",
} as const;

/** Looks names up in one platform and reports those that nothing has. */
export class References {
  readonly #described: Described;
  readonly #problems: ProblemCollector;

  constructor(described: Described, problems: ProblemCollector) {
    this.#described = described;
    this.#problems = problems;
  }

  /** Whether an entry of that name was written and can be resolved; otherwise a Problem with the near match at `place`. */
  check(kind: keyof typeof words, name: string, place: Place): boolean {
    if (kind === "receivers") return this.#checkReceiver(name, place);
    const names = this.#described.names[kind];
    // Entries that cannot be read are one mistake, not one for each reference to them.
    if (this.#described.unread.has(kind)) return names.includes(name);
    return this.among(words[kind], name, names, place);
  }

  #checkReceiver(name: string, place: Place): boolean {
    const { routing, unread } = this.#described;
    const names = Object.keys(routing?.spec.receivers ?? {});
    const isUnread = routing
      ? this.#problems.isSetAside(at(routing.origin, "receivers"))
      : unread.has("routing");
    return isUnread ? names.includes(name) : this.among(words.receivers, name, names, place);
  }

  /** Checks each of a list of names, in its place in the list. */
  checkAll(kind: keyof typeof words, names: readonly string[], list: Place): void {
    for (const [i, name] of names.entries()) this.check(kind, name, { ...list, path: [...list.path, i] });
  }

  /** Whether `name` is among `names`; otherwise a Problem with the near match at `place`. */
  among(word: string, name: string, names: readonly string[], place: Place): boolean {
    if (names.includes(name)) return true;
    const has =
      names.length > 0
        ? `it has ${[...names]
            .sort()
            .slice(0, 8)
            .map((n) => `"${n}"`)
            .join(", ")}`
        : "it has none";
    const near = nearMatch(name, names);
    const rule = `reference/unknown-${word.toLowerCase().replaceAll(" ", "-")}`;
    this.#problems.add(rule, place, `no ${word} "${name}" in ${this.#described.name}; ${has}`, {
      fix: near === undefined ? `name one of them, or add "${name}"` : `did you mean "${near}"?`,
    });
    return false;
  }
}
