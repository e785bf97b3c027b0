import { setTimeout as delay } from "node:timers/promises";
import type { Platform } from "../../model/model.ts";
import { thisMachine } from "../load/machine.ts";
import { within } from "../processes.ts";
import type { Fault } from "./fault.ts";
import type { Field } from "./field.ts";
import { injectFault } from "./inject.ts";
import { planOf } from "./plan.ts";
import { expectedInProduction } from "./production.ts";
import { type DrillResult, figuresOf, type Injection, judge } from "./result.ts";
import { keepTraffic, type Traffic } from "./traffic.ts";
import { type Watch, watchAlerts } from "./watch.ts";

const settleMs = { atLeast: 5_000, atMost: 60_000 };

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
 * Does faults one after the other to a lab that is up and at work, ends each, and tells what came of it. Once `signal` aborts the fault that is
 * being done is ended, and no further one is begun; `onStep` is told of each.
 */
export async function runDrill(
  field: Field,
  { platform, faults, times, quietMinutes }: DrillRequest,
  { signal, onStep }: { signal: AbortSignal; onStep: (step: string) => void },
): Promise<DrillResult> {
  const started = new Date();
  const state = field.state();
  await field.reset();
  const watch = watchAlerts(state);
  const traffic = keepTraffic(field);
  try {
    const quiet = await quietTime(quietMinutes, { watch, traffic, signal, onStep });
    const injections = await injectAll(planOf(faults, times), field, { watch, signal, onStep });
    const figures = figuresOf(injections);
    return {
      ...{ version: 1, platform: state.platform, lab: state.name, startedAt: started.toISOString() },
      replicas: state.replicas,
      ...{ seconds: (Date.now() - started.getTime()) / 1_000, machine: thisMachine() },
      ...{ traffic: traffic.counts(), quiet, injections, figures },
      production: expectedInProduction(platform, namesOfAlerts(faults)),
      judged: judge({ injections, figures, quiet }),
    };
  } finally {
    await traffic.stop();
    await watch.stop();
  }
}

interface Around {
  watch: Watch;
  signal: AbortSignal;
  onStep: (step: string) => void;
}

/** Minutes of nothing but traffic, and what fired in them. */
async function quietTime(
  minutes: number,
  { watch, traffic, signal, onStep }: Around & { traffic: Traffic },
): Promise<DrillResult["quiet"]> {
  // A service that has just been started is told of as down until it was scraped once. What fires after that is not quiet.
  await delay(settleMs.atLeast, undefined, { signal }).catch(() => undefined);
  await within(settleMs.atMost, () => watch.firing()?.length === 0, { signal });
  const since = Date.now();
  const before = traffic.counts();
  if (minutes > 0) onStep(`${minutes} quiet minutes`);
  await delay(minutes * 60_000, undefined, { signal }).catch(() => undefined);
  const after = traffic.counts();
  return {
    minutes: minutes > 0 ? (Date.now() - since) / 60_000 : 0,
    alerts: watch.fired(since),
    looks: watch.looks(since),
    traffic: { asked: after.asked - before.asked, accepted: after.accepted - before.accepted },
  };
}

async function injectAll(
  plan: readonly Fault[],
  field: Field,
  { watch, signal, onStep }: Around,
): Promise<Injection[]> {
  const injections: Injection[] = [];
  // Those outlast their faults, and are back after a scrape that was missed.
  const lasting: string[] = [];
  let last: Fault | undefined;
  let since = Date.now();
  for (const fault of plan) {
    if (signal.aborted) break;
    onStep(fault.title);
    // What a fault may bring about may also come a little later, once the next one is being done.
    const allowed = [...lasting, ...(last?.mayFire ?? []), ...(last ? namesOfAlerts([last]) : [])];
    const done = await injectFault(fault, field, { watch, signal, since, allowed });
    onStep(`${done.verdict}${done.why.length > 0 ? `: ${done.why.join("; ")}` : ""}`);
    injections.push(done);
    if (done.verdict === "left out") continue;
    lasting.push(...fault.fires.flatMap(({ alert, stays }) => (stays === undefined ? [] : alert)));
    last = fault;
    since = Date.now();
  }
  return injections;
}

function namesOfAlerts(faults: readonly Fault[]): string[] {
  return faults.flatMap(({ fires }) => fires.map(({ alert }) => alert));
}
