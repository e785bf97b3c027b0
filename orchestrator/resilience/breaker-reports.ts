import type { Clock } from "../clock.ts";
import type { DomainEvent } from "../domain/event.ts";
import type { Outcome } from "./counted.ts";
import type { LiveBreaker } from "./live-breaker.ts";

/** Which events tell a breaker how something ended; breakers of calls are told by those who make the calls. */
const reports: Readonly<Record<string, (event: DomainEvent) => Outcome | undefined>> = {
  "task-failures": (event) => (event.type === "run.finished" ? ofWork(event.outcome) : undefined),
  "quality-gate"(event) {
    if (event.type !== "gate.decided" || event.outcome === "undecided") return undefined;
    return event.outcome === "approved" ? "success" : "failure";
  },
};

/** What was cancelled says nothing. */
function ofWork(outcome: string): Outcome | undefined {
  if (outcome === "succeeded") return "success";
  return outcome === "failed" ? "failure" : undefined;
}

/** Thousands of runs may end in a second: what comes up within this time is told to a breaker in one go. */
const TOGETHER_MS = 100;

/** Tells breakers what events say; each event is to be given by the one process that recorded it. */
export function breakerReports(
  breakers: ReadonlyMap<string, Pick<LiveBreaker, "reportAll">>,
  { clock, onError }: { clock: Clock; onError: (error: Error) => void },
): (event: DomainEvent) => void {
  const told = Object.entries(reports).flatMap(([name, outcomeOf]) => {
    const breaker = breakers.get(name);
    return breaker ? [{ outcomeOf, tell: together(breaker, clock) }] : [];
  });
  return (event) => {
    for (const { outcomeOf, tell } of told) {
      const outcome = outcomeOf(event);
      if (outcome) tell(outcome).catch(onError);
    }
  };
}

function together(breaker: Pick<LiveBreaker, "reportAll">, clock: Clock) {
  let waiting: Outcome[] = [];
  return async (outcome: Outcome): Promise<void> => {
    waiting.push(outcome);
    if (waiting.length > 1) return;
    await clock.sleep(TOGETHER_MS);
    const outcomes = waiting;
    waiting = [];
    await breaker.reportAll(outcomes);
  };
}
