import { isBrokenCircuitError } from "cockatiel";
import type { Clock } from "../clock.ts";
import type { RecordEvent } from "../domain/event.ts";
import type { Outcome } from "../resilience/counted.ts";
import type { LiveBreaker } from "../resilience/live-breaker.ts";
import { outage } from "../resilience/outage.ts";
import { type RecoveryLimits, recordRemedy, remedyFor } from "../resilience/recovery.ts";
import { ToolFailure, type Tools } from "./tools.ts";

/** Seconds before each restart: at once, and then as any outage is asked after. Our reading, as far as the catalog says nothing. */
const restartWaits = [0, 1, 2, 4, 8, 16, 30];

/** What a failed call says of the server: a tool that fails, or refuses what it is asked, says nothing against it. */
export function outcomeOfToolCall(error: unknown): Outcome | undefined {
  if (!(error instanceof ToolFailure)) return undefined;
  if (error.kind === "tool_error" || error.kind === "refused") return "success";
  return error.kind === "timeout" ? "timeout" : "failure";
}

interface GuardOptions {
  breaker: LiveBreaker | undefined;
  limits: RecoveryLimits;
  record: RecordEvent;
  clock: Clock;
}

/** Tools whose server is kept going. */
export interface GuardedTools extends Tools {
  /** The server is gone, as whoever sees its connection knows. */
  lost(): void;
}

/**
 * Tools of a server that is started anew when it was lost or when its breaker opens, as often as the catalog says before people are told
 * (WV-15). Tasks wait meanwhile. A time-out that does not open the breaker is the attempt's failure.
 */
export function guardedTools(tools: Tools, options: GuardOptions): GuardedTools {
  const { breaker } = options;
  const guard = restarts(tools, options);
  const call: Tools["call"] = async (tool, about) => {
    if (guard.isOn()) throw guard.postponed();
    const work = () => tools.call(tool, about);
    try {
      const answer = await (breaker ? breaker.execute(work) : work());
      guard.served();
      return answer;
    } catch (error) {
      about.signal.throwIfAborted();
      const isLost = error instanceof ToolFailure && error.kind === "connection";
      const isTooLate =
        error instanceof ToolFailure && error.kind === "timeout" && breaker?.isOpen() === true;
      if (!isLost && !isTooLate && !isBrokenCircuitError(error)) throw error;
      guard.begin();
      throw guard.postponed();
    }
  };
  return {
    ...{ call, list: tools.list, lost: guard.begin },
    async close() {
      await guard.stop();
      await tools.close();
    },
  };
}

/** Restarts of the server, counted since a task was last served. */
function restarts(tools: Tools, { breaker, limits, record, clock }: GuardOptions) {
  let count = 0;
  let told = false;
  const restart = async (signal: AbortSignal) => {
    const remedy = remedyFor({ kind: "mcp-server", restarts: count }, limits);
    count += 1;
    if (remedy.do !== "restart" && !told) {
      told = true;
      recordRemedy(record, remedy);
    }
    await tools.close();
    await admitted(() => tools.list(), { breaker, clock, signal });
    if (!told) record({ type: "failure.handled", resolution: "self-healed" });
  };
  const away = outage({ clock, probe: restart, waitSeconds: restartWaits });
  return {
    isOn: away.isOn,
    begin: () => void away.begin(),
    postponed: () => away.postponed("the tools' server is being restarted"),
    served() {
      count = 0;
      told = false;
      away.served();
    },
    stop: away.stop,
  };
}

/** Makes the call as soon as the breaker lets it through. */
async function admitted(
  call: () => Promise<unknown>,
  { breaker, clock, signal }: Pick<GuardOptions, "breaker" | "clock"> & { signal: AbortSignal },
): Promise<unknown> {
  if (!breaker) return call();
  for (;;) {
    const admission = await breaker.admit();
    if (admission.admitted) {
      const outcome = await call().then(
        () => "success" as const,
        () => "failure" as const,
      );
      await breaker.report(outcome, admission.trial);
      if (outcome === "success") return;
      throw new Error("the tools' server does not answer");
    }
    await clock.sleep(Math.max(admission.retryAfterSeconds * 1_000, 100), signal);
  }
}
