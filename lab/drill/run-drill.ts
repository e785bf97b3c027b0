import { setTimeout as delay } from "node:timers/promises";
import type { Platform } from "../../model/model.ts";
import { thisMachine } from "../load/machine.ts";
import { within } from "../processes.ts";
import type { Fault } from "./fault.ts";
import type { Field } from "./field.ts";
import { injectFault } from "./inject.ts";
import { planOf } from "./plan.ts";
import { expectedInProduction } from "./production.ts";
import { type DrillResult, figuresOf, type Injection } from "./result.ts";
import { keepTraffic } from "./traffic.ts";
import { watchAlerts } from "./watch.ts";

/** What is drilled. */
export interface DrillRequest {
  platform: Platform;
  faults: readonly Fault[];
  /** How often those are done whose alerts come and go. */
  times: number;
  /** Minutes of nothing but traffic before, in which no alert may fire. */
  quietMinutes: number;
}

/**
 * Does faults one after the other to a lab that is up and at work, ends each, and tells what came of it. Once `signal` aborts no further one is
 * begun; `onStep` is told of each.
 */
export async function runDrill(
  field: Field,
  { platform, faults, times, quietMinutes }: DrillRequest,
  { signal, onStep }: { signal: AbortSignal; onStep: (step: string) => void },
): Promise<DrillResult> {
  const started = new Date();
  const state = field.state();
  const watch = watchAlerts(state);
  const traffic = keepTraffic(field);
  const injections: Injection[] = [];
  const lasting: string[] = [];
  try {
    // A service that has just been started is told of as down until it was scraped once.
    await within(60_000, () => Date.now() > started.getTime() + 5_000 && watch.firing().size === 0);
    const since = Date.now();
    if (quietMinutes > 0) onStep(`${quietMinutes} quiet minutes`);
    await delay(quietMinutes * 60_000, undefined, { signal }).catch(() => undefined);
    const quiet = { minutes: (Date.now() - since) / 60_000, alerts: watch.begun(since) };
    for (const fault of planOf(faults, times)) {
      if (signal.aborted) break;
      onStep(fault.title);
      const done = await injectFault(fault, field, { watch, lasting });
      lasting.push(...fault.fires.flatMap(({ alert, stays }) => (stays === undefined ? [] : alert)));
      onStep(`${done.verdict}${done.why.length > 0 ? `: ${done.why.join("; ")}` : ""}`);
      injections.push(done);
    }
    return {
      ...{ version: 1, platform: state.platform, lab: state.name, startedAt: started.toISOString() },
      replicas: state.replicas,
      ...{ seconds: (Date.now() - started.getTime()) / 1_000, machine: thisMachine() },
      ...{ traffic: traffic.counts(), quiet, injections, figures: figuresOf(injections) },
      production: expectedInProduction(platform, namesOfAlerts(faults)),
    };
  } finally {
    await traffic.stop();
    await watch.stop();
  }
}

function namesOfAlerts(faults: readonly Fault[]): string[] {
  return faults.flatMap(({ fires }) => fires.map(({ alert }) => alert));
}
