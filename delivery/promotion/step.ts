import { ProblemsError } from "../../problems/problem.ts";
import type { ReadLedger } from "../ledger/ledger.ts";
import type { Release } from "../release/release.ts";
import type { Held } from "./lease.ts";

/** What a step has come to: words for people, and facts for later steps and for those who look into it. */
export interface Done {
  says?: string;
  /** By name, in small letters: digests, addresses. */
  facts?: Record<string, string>;
}

/** What is brought into an environment; without a release: that nothing runs there. */
export interface Target {
  platform: string;
  environment: string;
  /** The release and its digest. */
  release?: { digest: string; content: Release };
}

/** What a step works with. */
export interface Work {
  target: Target;
  held: Held;
  /** Facts of the steps before, by step. */
  facts: ReadonlyMap<string, Record<string, string>>;
  /** The ledger as it was when the step began. */
  read: ReadLedger;
  /** Whether a lock file that was edited is written anew: the way back is also the way out of that. */
  writesAnew: boolean;
  /** Ends the step early: it was interrupted, or somebody else holds the promotion. */
  signal: AbortSignal;
  say: (line: string) => void;
  /** Passed on the way, by name; a test ends the process there. */
  at: (moment: string) => Promise<void>;
}

/**
 * A part of a promotion. Doing it again does no harm, whoever does it and however far it had come: that is what lets a promotion go on after its
 * process was killed.
 */
export interface Step {
  /** In small letters and dashes; the ledger has it. */
  name: string;
  /** Throws a StepFailedError where the release is at fault, a ProblemsError where something else is. */
  run(work: Work): Promise<Done>;
  /** Whether it changes anything outside of the ledger, so that a way back has to undo it. */
  changes: boolean;
  /** Whether it is done again by who takes over, though it was done; by the names of steps that were done. */
  again?(done: ReadonlySet<string>): boolean;
}

/** A release that does not do: it goes back, and nothing enters by itself until somebody has looked. */
export class StepFailedError extends Error {
  override readonly name = "StepFailedError";
  /** Whether it failed, or whether nobody can tell. */
  readonly verdict: "failed" | "inconclusive";

  constructor(why: string, verdict: "failed" | "inconclusive" = "failed") {
    super(why);
    this.verdict = verdict;
  }
}

/** What keeps a step from beginning at all: nothing of it was done, by anybody, and nothing has to be undone. */
export class NothingDoneError extends ProblemsError {}

/** How releases come into an environment, and go back. */
export interface Deployer {
  /** Done in this order for the release that comes, and again for the one that was there before, to go back. The first writes the lock file. */
  steps: readonly Step[];
  /** Text of the environment's lock file as it stands; absent where there is none. */
  lockFile(): Promise<string | undefined>;
}

/** How a release that was brought in gets its share of the traffic, step by step. */
export interface Canary {
  /** One for each share. Each goes on once the share is judged well, and throws a StepFailedError otherwise. */
  steps: readonly Step[];
  /** Takes all of the traffic back at once; asks nobody. */
  back: Step;
  /** Whether that is also how a release goes back which has all of the traffic since long: a flag does it, before anything is deployed. */
  isInstant?: true;
}
