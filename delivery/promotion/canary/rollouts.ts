// Argo Rollouts moves the shares and judges them (stacks/rollout.ts): here is watched what it comes to.
import { ProblemsError } from "../../../problems/problem.ts";
import { type Canary, type Done, type Step, StepFailedError, type Work } from "../step.ts";
import { asksFor, type Cluster, type Looked, lookAt } from "./rollout.ts";
import { rolloutsBack } from "./rollouts-back.ts";

/** The Rollouts of an environment, and how they are asked. */
export interface RolloutsPlace extends Cluster {
  /** Names of the services whose releases enter step by step. */
  services: readonly string[];
  /** Whole percents of the requests, ascending; the last is 100. */
  shares: readonly number[];
  /** After so many seconds at one share nobody waits any longer. */
  timeoutSeconds: number;
  now: () => Date;
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

const LOOK = 3_000;

/**
 * A step for each share, done once every service's Rollout is past it. One that was aborted fails; one that waits for a person, or whose analysis had
 * nothing to ask, is inconclusive. The way back asks the cluster alone, also for a release that has all requests since long.
 */
export function rolloutsCanary(place: RolloutsPlace): Canary {
  const steps = place.shares.map((share): Step => {
    const run = (work: Work) => pastShare(share, { place, work });
    return { name: `canary-${share}-percent`, changes: true, run };
  });
  return { steps, back: rolloutsBack(place), isInstant: true };
}

interface Watching {
  place: RolloutsPlace;
  work: Work;
}

async function pastShare(share: number, { place, work }: Watching): Promise<Done> {
  const { services, now, sleep, timeoutSeconds } = place;
  const late = now().getTime() + timeoutSeconds * 1000;
  const watched = services.map((service) => watchedAt(share, { service, place, work }));
  for (;;) {
    const states = await Promise.all(watched.map((look) => look()));
    const waiting = states.filter(({ isPast }) => !isPast).map(({ says }) => says);
    if (waiting.length === 0) return { says: states.map(({ says }) => says).join("; ") };
    if (now().getTime() >= late)
      throw new StepFailedError(
        `after ${timeoutSeconds} s at ${share}%: ${waiting.join("; ")}`,
        "inconclusive",
      );
    await sleep(LOOK, work.signal);
  }
}

interface State {
  isPast: boolean;
  /** In words, and the controller's. */
  says: string;
}

/** Looks at one service, time after time. Throws a StepFailedError where its release went back. */
function watchedAt(share: number, { service, place, work }: Watching & { service: string }) {
  const image = work.target.release?.content.images[service];
  let analysis: string | undefined;
  let hasAnswered = false;
  return async (): Promise<State> => {
    try {
      const looked = await lookAt(service, place);
      hasAnswered = true;
      const { status } = looked.rollout;
      analysis = status.canary.currentStepAnalysisRunStatus?.name ?? analysis;
      const state = stateAt(share, { looked, image });
      const judged = analysis === undefined ? "" : `, judged by ${analysis}`;
      return state.isPast ? { ...state, says: `${state.says}${judged}` } : state;
    } catch (error) {
      // A cluster that did answer will do so again; one that never did is the wrong one.
      if (!(error instanceof ProblemsError) || !hasAnswered) throw error;
      const [problem] = error.problems;
      return { isPast: false, says: `${service}: the cluster does not answer (${problem?.message})` };
    }
  };
}

function stateAt(share: number, { looked, image }: { looked: Looked; image: string | undefined }): State {
  const { service, rollout, isSeen } = looked;
  const { phase, message, currentStepIndex } = rollout.status;
  const waits = (says: string) => ({ isPast: false, says: `${service}: ${says}`.trim() });
  if (image !== undefined && !asksFor(image, looked)) return waits("not deployed yet");
  if (!isSeen) return waits("the controller has not seen it yet");
  expectNotBack(looked);
  const end = endOf(share, looked);
  if (phase === "Healthy") return { isPast: true, says: `${service} past ${share}%: Healthy` };
  if (end !== undefined && currentStepIndex >= end)
    return { isPast: true, says: `${service} past ${share}%: ${phase} at step ${currentStepIndex}` };
  return waits(`${phase} ${message}`);
}

/** Throws a StepFailedError where the controller has sent it back: nobody can tell where its analysis could not ask. */
function expectNotBack({ service, rollout }: Looked): void {
  const { phase, message, abort, canary } = rollout.status;
  if (!abort && phase !== "Degraded") return;
  const { name, status } = canary.currentStepAnalysisRunStatus ?? {};
  const by = name === undefined ? "" : ` (${name}: ${status})`;
  const verdict = status === "Error" ? "inconclusive" : "failed";
  throw new StepFailedError(`canary of ${service}: ${message || phase}${by}`, verdict);
}

/** The index of the first step of a greater share; absent for the last, which ends once it is the stable release. */
function endOf(share: number, { rollout }: Looked): number | undefined {
  const next = rollout.spec.strategy.canary.steps.findIndex(
    ({ setWeight }) => setWeight !== undefined && setWeight > share,
  );
  return next < 0 ? undefined : next;
}
