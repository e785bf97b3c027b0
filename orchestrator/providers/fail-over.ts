import { isBrokenCircuitError } from "cockatiel";
import type { Clock } from "../clock.ts";
import type { EventOf, RecordEvent } from "../domain/event.ts";
import { type RecoveryLimits, recordRemedy, remedyFor } from "../resilience/recovery.ts";
import type { CallModel } from "./chat-completions.ts";
import { type ModelAnswer, type ModelCaller, ModelFailure, type ModelRequest } from "./model.ts";
import type { RateLimitQueue } from "./rate-limit-queue.ts";

/** The breaker before a provider (WV-11): lets a call through, or says at once that it is open. */
export interface ProviderBreaker {
  /** Makes the call and counts how it went; throws a BreakerOpen without calling. */
  execute<Result>(call: () => Promise<Result>): Promise<Result>;
  /** Whether a call would be let through now. */
  isOpen(): boolean;
}

/** A provider as calls reach it: through its queue, at its pace, then through its breaker. */
export interface ProviderLine {
  name: string;
  model: string;
  call: CallModel;
  queue: RateLimitQueue;
  /** Resolves when the next call may be made, for as long as calls are slowed down. */
  pace: (signal: AbortSignal) => Promise<void>;
  breaker: ProviderBreaker;
}

/** For whom a model is called; a probe is nobody's. */
export type Caller = Pick<ModelCaller, "signal"> & Partial<ModelCaller>;

/** No provider could answer: the task must wait until one can (WV-15: fail over, then pause). */
export class NoProvider extends Error {
  override readonly name = "NoProvider";
  /** What each of them said, in order. */
  readonly failures: readonly unknown[];
  constructor(failures: readonly unknown[]) {
    const said = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)));
    super(`no model provider could answer: ${said.join("; ")}`);
    this.failures = failures;
  }
}

interface FailOverOptions {
  record: RecordEvent;
  clock: Clock;
  limits: RecoveryLimits;
}

/**
 * Asks the providers in order, the back-up only when the one before could not answer. A request that a provider refuses is not tried
 * elsewhere. Each call that was made is recorded as `model.called`, and a failure that the back-up made good as handled (WV-15). Throws
 * NoProvider, a Postponed, a ModelFailure `refused`, or the signal's reason.
 */
export function failOver(
  lines: readonly ProviderLine[],
  options: FailOverOptions,
): (request: ModelRequest, caller: Caller) => Promise<ModelAnswer> {
  const { record, clock, limits } = options;
  return async (request, caller) => {
    const failures: unknown[] = [];
    for (const line of lines) {
      const work = { request, caller, record, clock, askedAt: clock.now() };
      const insteadOf = failures.length > 0 ? reasonOf(failures.at(-1)) : undefined;
      try {
        const answer = await asked(line, { ...work, ...(insteadOf && { insteadOf }) });
        // An open breaker alone is no new failure.
        if (failures.some((failure) => failure instanceof ModelFailure))
          recordRemedy(record, remedyFor({ kind: "model-api", hasBackUp: true }, limits), caller.runId);
        return answer;
      } catch (error) {
        caller.signal.throwIfAborted();
        if (!isProvidersFault(error)) throw error;
        failures.push(error);
      }
    }
    throw new NoProvider(failures);
  };
}

function isProvidersFault(error: unknown): boolean {
  return error instanceof ModelFailure ? error.kind !== "refused" : isBrokenCircuitError(error);
}

/** Why a provider did not answer, as far as another one is called for it: a rate limit is waited for. */
function reasonOf(failure: unknown): NonNullable<EventOf<"model.called">["insteadOf"]> {
  return isBrokenCircuitError(failure) ? "breaker-open" : "error";
}

interface Work extends Pick<FailOverOptions, "record" | "clock"> {
  request: ModelRequest;
  caller: Caller;
  askedAt: number;
  insteadOf?: EventOf<"model.called">["insteadOf"];
}

// A rate limit is waited for outside of the breaker: who limits the rate is there.
function asked(line: ProviderLine, work: Work): Promise<ModelAnswer> {
  const { signal } = work.caller;
  return line.queue.run(async () => {
    if (!line.breaker.isOpen()) await line.pace(signal);
    return line.breaker.execute(() => recorded(line, work));
  }, signal);
}

async function recorded(line: ProviderLine, work: Work): Promise<ModelAnswer> {
  const { request, caller, record, clock, askedAt, insteadOf } = work;
  const started = clock.now();
  const done = (error: string, answer?: ModelAnswer) =>
    record({
      type: "model.called",
      ...(caller.runId !== undefined && { runId: caller.runId }),
      provider: line.name,
      model: line.model,
      ...(caller.stage !== undefined && { stage: caller.stage }),
      ...(caller.agentType !== undefined && { agentType: caller.agentType }),
      ...(insteadOf && { insteadOf }),
      waitedSeconds: (started - askedAt) / 1000,
      inputTokens: answer?.inputTokens ?? 0,
      outputTokens: answer?.outputTokens ?? 0,
      costUsd: answer?.costUsd ?? 0,
      seconds: (clock.now() - started) / 1000,
      error,
    });
  try {
    const answer = await line.call(request, caller.signal);
    done("", answer);
    return answer;
  } catch (error) {
    done(errorType(error));
    throw error;
  }
}

/** OpenTelemetry's `error.type`: the status, `timeout`, or `_OTHER`. */
function errorType(error: unknown): string {
  if (!(error instanceof ModelFailure)) return "_OTHER";
  if (error.kind === "timeout") return "timeout";
  return error.status === undefined ? "_OTHER" : String(error.status);
}
