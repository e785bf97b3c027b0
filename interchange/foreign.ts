// SLOs as files of other tools state them, before any of it is catalog.
import type { Location, Problem, Severity } from "../problems/problem.ts";

/** PromQL, with `$window` where it looks back. */
export interface ForeignQuery {
  text: string;
  location: Location;
}

/** What a foreign SLO measures: a share of events, or a value compared with a number at every moment. */
export type ForeignSli =
  | { kind: "ratio"; counts: "bad" | "good"; part: ForeignQuery; total: ForeignQuery }
  | { kind: "threshold"; of: ForeignQuery; is: ">" | ">=" | "<" | "<="; value: number };

export interface ForeignSlo {
  name: string;
  service: string;
  title: string;
  description: string;
  /** A percentage, such as 99.9. */
  objective: number;
  /** As the catalog writes it. */
  period: string;
  sli: ForeignSli;
  /** Address of a page for the person who is woken. */
  runbook?: string;
  noTraffic?: string;
  minimumEvents?: number;
  /** Where it is, and where its objective is. */
  location: Location;
  objectiveAt: Location;
}

/** What files of another tool say. */
export interface Foreign {
  slos: ForeignSlo[];
  /** What they say of services, by name. */
  services: Record<string, { title: string; description?: string }>;
}

/** Collects what is wrong with the files, or cannot be carried over. */
export class Findings {
  readonly problems: Problem[] = [];

  add(
    rule: string,
    location: Location,
    { message, fix, severity = "error" }: { message: string; fix: string; severity?: Severity },
  ): void {
    this.problems.push({ rule, severity, message, location, fix });
  }

  /** Whether anything found so far forbids to go on. */
  hasErrors(): boolean {
    return this.problems.some(({ severity }) => severity === "error");
  }

  /** Something that is left out, and of which the SLO is the same without it. */
  leftOut(location: Location, what: string, fix: string): void {
    this.add("interchange/left-out", location, { severity: "warning", message: what, fix });
  }
}
