// Argo Rollouts moves the shares and judges them (stacks/rollout.ts): here is watched what it comes to.
import { z } from "zod";
import { type Canary, type Done, type Step, StepFailedError, type Work } from "../step.ts";

/** The Rollouts of an environment, and how they are asked. */
export interface RolloutsPlace {
  namespace: string;
  /** Names of the services whose releases enter step by step. */
  services: readonly string[];
  /** Whole percents of the requests, ascending; the last is 100. */
  shares: readonly number[];
  /** What kubectl says on stdout. */
  kubectl: (args: readonly string[]) => Promise<string>;
  /** After so many seconds at one share nobody waits any longer. */
  timeoutSeconds: number;
  now: () => Date;
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

const LOOK = 3_000;

/** A step for each share, done once every service's Rollout is past it. One that was aborted fails; one that waits for a person is inconclusive. */
export function rolloutsCanary(place: RolloutsPlace): Canary {
  return { steps: place.shares.map((share) => shareStep(share, place)), back: backStep(place) };
}

function shareStep(share: number, place: RolloutsPlace): Step {
  return {
    name: `canary-${share}-percent`,
    changes: true,
    run: (work) => pastShare(share, { place, work }),
  };
}

async function pastShare(
  share: number,
  { place, work }: { place: RolloutsPlace; work: Work },
): Promise<Done> {
  const { services, now, sleep, timeoutSeconds } = place;
  const late = now().getTime() + timeoutSeconds * 1000;
  for (;;) {
    const states = await Promise.all(services.map((service) => stateAt(share, lookAt(service, place))));
    const waiting = states.filter((state) => state !== "past");
    if (waiting.length === 0) return { says: `${services.join(", ")} past ${share}%` };
    if (now().getTime() >= late)
      throw new StepFailedError(
        `after ${timeoutSeconds} s at ${share}%: ${waiting.join("; ")}`,
        "inconclusive",
      );
    await sleep(LOOK, work.signal);
  }
}

const rollout = z.object({
  spec: z.object({
    strategy: z.object({
      canary: z.object({ steps: z.array(z.looseObject({ setWeight: z.number().optional() })) }),
    }),
  }),
  status: z
    .object({
      phase: z.string().default(""),
      message: z.string().default(""),
      abort: z.boolean().default(false),
      currentStepIndex: z.number().default(0),
      workloadObservedGeneration: z.coerce.number().default(0),
      currentPodHash: z.string().default(""),
      stableRS: z.string().default(""),
    })
    .prefault({}),
});
const deployment = z.object({ metadata: z.object({ generation: z.number() }) });

interface Looked {
  service: string;
  rollout: z.output<typeof rollout>;
  /** Whether the controller has seen what is deployed now. */
  isSeen: boolean;
}

async function lookAt(service: string, { namespace, kubectl }: RolloutsPlace): Promise<Looked> {
  const get = async (kind: string) =>
    JSON.parse(await kubectl(["--namespace", namespace, "get", kind, service, "-o", "json"])) as unknown;
  const found = rollout.parse(await get("rollouts.argoproj.io"));
  const { generation } = deployment.parse(await get("deployments.apps")).metadata;
  return { service, rollout: found, isSeen: found.status.workloadObservedGeneration >= generation };
}

/** `past`, or what it waits for. Throws a StepFailedError where the release went back. */
async function stateAt(share: number, looked: Promise<Looked>): Promise<string> {
  const { service, rollout, isSeen } = await looked;
  const { phase, message, abort, currentStepIndex } = rollout.status;
  if (!isSeen) return `${service}: the controller has not seen it yet`;
  if (abort || phase === "Degraded") throw new StepFailedError(`canary of ${service}: ${message || phase}`);
  if (phase === "Healthy" || currentStepIndex >= endOf(share, rollout)) return "past";
  return `${service}: ${phase} ${message}`.trim();
}

/** The index of the first step that is no more of a share. */
function endOf(share: number, { spec }: z.output<typeof rollout>): number {
  const { steps } = spec.strategy.canary;
  const next = steps.findIndex(({ setWeight }) => setWeight !== undefined && setWeight > share);
  return next < 0 ? steps.length : next;
}

/** Sends all requests back to the release before, at once; the releases themselves are brought back afterwards. */
function backStep(place: RolloutsPlace): Step {
  const { services, namespace, kubectl } = place;
  return {
    name: "canary",
    changes: true,
    async run() {
      const aborted: string[] = [];
      for (const service of services) {
        const { rollout } = await lookAt(service, place);
        if (rollout.status.currentPodHash === rollout.status.stableRS) continue;
        const patch = JSON.stringify({ status: { abort: true } });
        const what = ["patch", "rollouts.argoproj.io", service, "--subresource=status", "--type=merge"];
        await kubectl(["--namespace", namespace, ...what, "--patch", patch]);
        aborted.push(service);
      }
      return { says: aborted.length > 0 ? `aborted: ${aborted.join(", ")}` : "nothing had any share" };
    },
  };
}
