import type { Clock } from "../clock.ts";
import { Postponed } from "../domain/agent.ts";
import type { ModelAnswer, ModelCaller, ModelRequest } from "./model.ts";

/** Where all processes write down what they use, so that limits hold for the platform and not for one process. */
export interface TokenLedger {
  /**
   * Sets tokens aside for a call, in one transaction: `reserved` with the entry to settle, `run-spent` when the run would pass its
   * limit, `hour-spent` with the milliseconds after which enough will have passed out of the last 60 minutes.
   */
  reserve(wanted: {
    runId: string;
    tokens: number;
    perRun: number;
    perHour: number;
  }): Promise<
    | { kind: "reserved"; entry: string }
    | { kind: "run-spent"; used: number }
    | { kind: "hour-spent"; forMs: number }
  >;
  /** Puts what was really used in place of what was set aside; 0 for a call that failed. */
  settle(entry: string, tokens: number): Promise<void>;
}

/** A run has used the tokens that it may use (WV-14): it must be stopped. */
export class TokensSpent extends Error {
  override readonly name = "TokensSpent";
  readonly permanent = true;
  readonly runId: string;
  constructor(runId: string, { used, limit }: { used: number; limit: number }) {
    super(`run ${runId} has used ${used} of ${limit} tokens, and its next call needs more than are left`);
    this.runId = runId;
  }
}

/**
 * Keeps calls within the tokens that a run and an hour may use (WV-14): a call that an hour has no tokens left for is postponed until
 * it has, one that its run has none left for throws TokensSpent. Input is reckoned as a token for every `charactersPerToken`.
 */
export function withinBudget(
  call: (request: ModelRequest, caller: ModelCaller) => Promise<ModelAnswer>,
  options: { ledger: TokenLedger; clock: Clock; limits: { perRun: number; perHour: number } },
): (request: ModelRequest, caller: ModelCaller) => Promise<ModelAnswer> {
  const { ledger } = options;
  return async (request, caller) => {
    const entry = await reserved(estimate(request), caller, options);
    let used = 0;
    try {
      const answer = await call(request, caller);
      used = answer.inputTokens + answer.outputTokens;
      return answer;
    } finally {
      await ledger.settle(entry, used);
    }
  };
}

async function reserved(
  tokens: number,
  { runId }: ModelCaller,
  {
    ledger,
    clock,
    limits,
  }: { ledger: TokenLedger; clock: Clock; limits: { perRun: number; perHour: number } },
): Promise<string> {
  const answer = await ledger.reserve({ runId, tokens, ...limits });
  switch (answer.kind) {
    case "reserved":
      return answer.entry;
    case "run-spent":
      throw new TokensSpent(runId, { used: answer.used, limit: limits.perRun });
    case "hour-spent":
      throw new Postponed("the tokens of this hour are used", (signal) =>
        clock.sleep(Math.max(answer.forMs, 1), signal),
      );
  }
}

// English prose has about four characters a token, program text about three; too low an estimate is settled, too high a one waits.
const charactersPerToken = 3.5;

function estimate({ system, prompt, maxOutputTokens }: ModelRequest): number {
  return Math.ceil((system.length + prompt.length) / charactersPerToken) + maxOutputTokens;
}
