import { BrokenCircuitError } from "cockatiel";
import type { Clock } from "../clock.ts";
import type { EventOf, RecordEvent } from "../domain/event.ts";
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

/** A provider as calls reach it: through its breaker, then through its queue. */
export interface ProviderLine {
  name: string;
  model: string;
  call: CallModel;
  queue: RateLimitQueue;
  breaker: ProviderBreaker;
}

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

/**
 * Asks the providers in order, the back-up only when the one before could not answer. A request that a provider refuses is not tried
 * elsewhere. Each call that was made is recorded as `model.called`. Throws NoProvider, a ModelFailure `refused`, or the signal's reason.
 */
export function failOver(
  lines: readonly ProviderLine[],
  { record, clock }: { record: RecordEvent; clock: Clock },
): (request: ModelRequest, caller: ModelCaller) => Promise<ModelAnswer> {
  return async (request, caller) => {
    const failures: unknown[] = [];
    for (const line of lines) {
      const work = { request, caller, record, clock, askedAt: clock.now() };
      const insteadOf = failures.length > 0 ? reasonOf(failures.at(-1)) : undefined;
      try {
        return await line.breaker.execute(() =>
          line.queue.run(() => recorded(line, { ...work, ...(insteadOf && { insteadOf }) }), caller.signal),
        );
      } catch (error) {
        caller.signal.throwIfAborted();
        if (error instanceof ModelFailure && error.kind === "refused") throw error;
        failures.push(error);
      }
    }
    throw new NoProvider(failures);
  };
}

interface CallWork {
  request: ModelRequest;
  caller: ModelCaller;
  record: RecordEvent;
  clock: Clock;
  askedAt: number;
  insteadOf?: EventOf<"model.called">["insteadOf"];
}

/** Why a provider did not answer, as far as another one is called for it. */
function reasonOf(failure: unknown): NonNullable<EventOf<"model.called">["insteadOf"]> {
  if (failure instanceof BrokenCircuitError) return "breaker-open";
  return failure instanceof ModelFailure && failure.kind === "rate-limited" ? "rate-limit" : "error";
}

async function recorded(line: ProviderLine, work: CallWork): Promise<ModelAnswer> {
  const { request, caller, record, clock, askedAt, insteadOf } = work;
  const started = clock.now();
  const done = (error: string, answer?: ModelAnswer) =>
    record({
      type: "model.called",
      runId: caller.runId,
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
