import { type Problem, ProblemsError } from "../../problems/problem.ts";
import type { EntryOf } from "../ledger/entry.ts";
import type { Ledger, ReadLedger } from "../ledger/ledger.ts";
import type { Holding } from "./lease.ts";
import type { Pending } from "./requirement.ts";
import type { Canary, Deployer, Step } from "./step.ts";

/** An environment, and all that a promotion needs there. Who puts it together decides what is asked; the engine asks nobody else. */
export interface Site extends Holding {
  ledger: Ledger;
  platform: string;
  environment: string;
  deployer: Deployer;
  /** How the release gets its traffic; absent where it gets all at once. */
  canary?: Canary | undefined;
  /** What is done once it has all of it, in this order: checks, watching, an attestation. */
  afterwards: readonly Step[];
  /** Whether a release may enter, judged by a ledger as it was read. */
  mayEnter(asked: Asked, read: ReadLedger): Promise<Answer>;
  /** Waits; rejects when `signal` says so. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Ends early what is under way here: the promotion stays, and can be gone on with or taken back. */
  signal: AbortSignal;
  /** Gets each line of progress; it may hold what others wrote. */
  say(line: string): void;
  /** Told of each moment before it goes on; a test ends the process there. */
  at?: ((moment: string) => Promise<void>) | undefined;
}

/** What is asked to enter. */
export interface Asked {
  /** Digest of the release. */
  release: string;
  rollback: boolean;
  /** Why it is to go back. */
  because?: string;
}

/** Whether it may enter. */
export interface Answer {
  may: boolean;
  way: EntryOf<"begun">["way"];
  /** What was asked, and what answered it; of one that may not enter, what is missing and the way out. */
  because: string[];
  /** Whether waiting can help, what it waits for, and what the command's exit code says. */
  pending?: Pending;
}

/** A release that may not enter: the ledger says so as well. */
export class RefusedError extends ProblemsError {
  readonly pending: Pending;

  constructor(problems: readonly Problem[], pending: Pending) {
    super(problems);
    this.pending = pending;
  }
}

/** How a promotion ended. */
export interface Outcome {
  promotion: string;
  platform: string;
  environment: string;
  release: string;
  outcome: EntryOf<"ended">["outcome"];
  /** The release that runs there now. */
  runs?: string;
  /** In words, of one that did not end well. */
  because?: string;
  /** Whether nobody can tell if the release is at fault. */
  inconclusive: boolean;
  /** Whether nothing enters by itself any more. */
  held: boolean;
  seconds: number;
}
