import type { Origin } from "../model/model.ts";
import type { Told } from "../model/told.ts";

/** Addresses by environment, in the order of a release's way. */
export type Links = Record<string, string>;

/** What there is to say of an entry: facts, tables and queries, in the order in which they are read. */
export interface Explanation {
  id: string;
  kind:
    | "slo"
    | "alert"
    | "gate"
    | "metric"
    | "service"
    | "panel"
    | "breaker"
    | "mode"
    | "limit"
    | "flag"
    | "environment";
  title: string;
  /** In words, a paragraph. */
  meaning: string;
  facts: Record<string, string>;
  tables: { title: string; rows: string[][] }[];
  /** Queries as they can be run, with Prometheus' page for each environment. */
  queries: { title: string; promql: string; links: Links }[];
  /** Who is told, by what they are told of. */
  told: { of: string; who: Told[] }[];
  /** Pages about it: its runbook, its dashboard. */
  pages: { title: string; links: Links }[];
  /** Other entries that depend on this one, "kind name". */
  usedBy: string[];
  /** Where it is described. */
  defined: Origin;
}

/** What the explanation of one kind adds to what all have. */
export type Explained = Omit<Explanation, "id" | "kind" | "defined">;
