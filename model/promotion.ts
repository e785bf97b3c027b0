// How releases move from environment to environment, as the catalog describes it.
import type { Origin } from "./model.ts";

/** Where a platform's ledger is kept. */
export type LedgerPlace =
  /** A folder of one machine, from the project root. */
  | { kind: "folder"; folder: string }
  /** A ref of a Git remote, pushed by compare-and-set: many machines. */
  | { kind: "git"; remote: string; ref: string }
  /** A table of a PostgreSQL database, whose address stands in an environment variable: many machines. */
  | { kind: "postgres"; variable: string };

/** How the releases of one platform are promoted. */
export interface Promotion {
  ledger: LedgerPlace;
  /** Services whose image is the catalog's affair: no release brings one. */
  thirdParty: string[];
  /** Requirement ids that it meets. */
  meets: string[];
  origin: Origin;
  /** Services whose images change in one release or not at all, by the name of the set. */
  together: Record<string, string[]>;
  /** In the order in which releases pass through them. */
  stops: Stop[];
}

/** An environment on the way of a release. */
export interface Stop {
  environment: string;
  /** The environment that a release comes from; the first has none. */
  after?: string;
  /** How long a release must have run, verified and without interruption, in the environment before. */
  soakSeconds: number;
  /** Gates, by name, whose newest decision on the release for this environment must let it in. */
  gates: string[];
  /** What makes a release verified once it runs here. */
  verification: Check[];
  /** People that must agree: so many of a role, no one of them the requester. */
  approvals: { role: string; count: number }[];
  /** What must have happened before. */
  prerequisites: Prerequisite[];
  freezes: Freeze[];
  /** How the release is brought in. */
  deploy: DeployBy;
  /** The way of a release that mends production: what is asked of it instead. Absent: there is none. */
  hotfix?: { soakSeconds: number; approvals: { role: string; count: number }[] };
  /** Who may let a release in against what is asked, for how long at most. Absent: nobody. */
  override?: { role: string; longestSeconds: number };
  /** What takes a release back by itself, beside a canary that failed: names of alerts that fire, or of SLOs whose budget burns. */
  rollBackOn: { alerts: string[]; watchSeconds: number };
}

/** A check that a program makes: exit code 0 passes. */
export interface Check {
  name: string;
  /** The program and its arguments; no shell. */
  command: string[];
  timeoutSeconds: number;
}

/** `smoke-tests`: the checks of the environment before passed for this release. `previous-rollout-complete`: nothing is under way here, and the last one ended. */
export type Prerequisite = "smoke-tests" | "previous-rollout-complete";

export type DeployBy =
  /** The lock file is written; whoever reads it deploys. */
  | { kind: "lock-file" }
  /** The lock file is committed on a branch of the project's remote, for Argo CD or Flux; with it the manifests that follow from it. */
  | { kind: "git"; remote: string; branch: string; manifests: boolean }
  /** The lock file is written, and the stacks are planned and applied. */
  | { kind: "terraform" };

/** A span in which nothing is promoted; RFC 5545. */
export interface Freeze {
  name: string;
  reason: string;
  /** Local date and time in `timeZone`, DTSTART: `2026-12-20T00:00:00`. */
  begins: string;
  /** Name in the tz database. */
  timeZone: string;
  /** DURATION: `P14D`, `PT8H`. */
  lasts: string;
  /** RRULE, without its name: `FREQ=YEARLY`. Absent: once. */
  repeats?: string;
  /** EXDATE: beginnings that are left out, as `begins` is written. */
  except?: string[];
}
