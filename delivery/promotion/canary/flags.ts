// A release whose behaviour enters by flags: the shares are definitions of them (flags/), the judge is delivery/canary.
import { type CanaryPlan, judgeCanary, type Observation } from "../../canary/judge.ts";
import { type Canary, type Done, type Step, StepFailedError, type Work } from "../step.ts";

/** Flags that go together, and how they are set and seen. */
export interface FlagsPlace {
  flags: readonly FlagShares[];
  store: FlagStore;
  /** What was seen of both sides at a share since a time. Where it throws anything, that cannot be told. */
  observe: (seen: { share: number; since: Date; at: Date }) => Promise<readonly Observation[]>;
  plan: CanaryPlan;
  /** How long a share is watched before it is judged; while samples are missing it goes on, up to the time limit. */
  observeSeconds: number;
  timeoutSeconds: number;
  now: () => Date;
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** A flag, and what it is defined as at each share of the plan, and on the way back. */
export interface FlagShares {
  name: string;
  shares: readonly object[];
  stable: object;
}

/** Where flags are kept, each with a version that every change raises. */
export interface FlagStore {
  /** The version now; 0 where there is no such flag. */
  version(name: string, signal: AbortSignal): Promise<number>;
  /** Changes the flag only if it is still at that version; says whether. */
  set(name: string, change: { definition: object; version: number; signal: AbortSignal }): Promise<boolean>;
}

const LOOK = 1_000;

/** A step for each share of the plan; the way back is the flags' own stable definitions. */
export function flagsCanary(place: FlagsPlace): Canary {
  const { plan, flags } = place;
  const steps = plan.steps.map((share, i): Step => {
    const name = `canary-${String(Number((share * 100).toPrecision(6))).replace(".", "-")}-percent`;
    return { name, changes: true, run: (work) => judged(share, { index: i, place, work }) };
  });
  const back: Step = {
    name: "canary",
    changes: true,
    async run(work) {
      for (const { name, stable } of flags) await change(name, stable, { place, work });
      return { says: flags.map(({ name }) => `${name} stable`).join(", ") };
    },
  };
  return { steps, back, isInstant: true };
}

interface Judging {
  place: FlagsPlace;
  work: Work;
}

async function judged(share: number, { index, place, work }: Judging & { index: number }): Promise<Done> {
  const { flags, plan, now, sleep, observeSeconds, timeoutSeconds } = place;
  for (const { name, shares } of flags) await change(name, shares[index] ?? {}, { place, work });
  await work.at("share");
  const since = now();
  const late = since.getTime() + Math.max(observeSeconds, timeoutSeconds) * 1000;
  await sleep(observeSeconds * 1000, work.signal);
  for (;;) {
    const at = now();
    const { decision, because } = await decisionAt({ share, since, at }, place);
    const words = `at ${share * 100}%: ${because}`;
    if (decision === "roll back") throw new StepFailedError(`canary ${words}`);
    if (decision === "continue")
      return { says: words, facts: { share: String(share), alpha: String(plan.alpha) } };
    if (at.getTime() >= late) throw new StepFailedError(`canary ${words}`, "inconclusive");
    await sleep(LOOK, work.signal);
  }
}

/** What cannot be seen is no reason to go on, and none to go back. */
async function decisionAt(seen: { share: number; since: Date; at: Date }, { observe, plan }: FlagsPlace) {
  const observed = await observe(seen).catch((error: Error) => ({ because: error.message }));
  if ("because" in observed)
    return { decision: "hold" as const, because: `nothing can be seen (${observed.because})` };
  return judgeCanary(observed, plan);
}

/** How often somebody else may change a flag in between. */
const TRIES = 10;

/**
 * Sets a flag under the promotion's token: its version is read first, then the ledger is asked whose the promotion is. Who slept in between finds
 * another version, and then somebody else in the ledger.
 */
async function change(name: string, definition: object, { place, work }: Judging): Promise<void> {
  const { held, signal } = work;
  for (let tries = 0; tries < TRIES; tries++) {
    const version = await place.store.version(name, signal);
    await held.add({ kind: "renewed", promotion: held.id, token: held.token });
    await work.at("fenced");
    if (await place.store.set(name, { definition, version, signal })) return;
  }
  throw new StepFailedError(`flag ${name} was changed by others ${TRIES} times in between`, "inconclusive");
}
