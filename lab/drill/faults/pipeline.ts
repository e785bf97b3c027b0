import type { Fault } from "../fault.ts";
import type { Field } from "../field.ts";
import { objectives, usual } from "./weathervane.ts";

const reject = { verdict: "reject", reason: "regression-risk", scores: {} };
const sameAgain = { outcome: "failed", reason: "tests-failed", fingerprint: "the same" };
let asked: readonly string[] = [];
const stateOf = async (field: Field, id: string | undefined) =>
  (await field.ask("GET", `/v1/runs/${id}`)).body.state;
const pipeline = (field: Field, script: unknown, runs = 1) =>
  field.start("pipeline", { runs, input: { script } });

async function decideAll(field: Field): Promise<void> {
  const { body } = await field.ask("GET", "/v1/approvals?state=pending&limit=100");
  for (const { id } of (body.items ?? []) as { id: string }[])
    await field.ask("POST", `/v1/approvals/${id}/decision`, { body: { decision: "approved" }, by: "second" });
}

/** What goes wrong in the pipeline's stages, gates and loops. */
export const pipelineFaults: readonly Fault[] = [
  {
    ...{ ...usual, name: "infinite-loop", title: "An agent fails in the same way again and again" },
    fires: [{ alert: "InfiniteLoopDetected", stays: "counts the last 15 minutes" }],
    mayFire: [...objectives, "ResolutionAttemptThree", "ResolutionAttemptsExceeded"],
    byItself: "stops the run and reports an incident; others go on",
    healthyAgain: "when the run has ended",
    async inject(field) {
      asked = await pipeline(field, { implement: { outputs: Array(6).fill(sameAgain) } });
    },
    heal: async () => undefined,
    isHealthy: async (field) => asked.length > 0 && (await stateOf(field, asked[0])) === "failed",
  },
  {
    ...{ ...usual, name: "quorum-lost", title: "A gate's reviewers do not answer", needsPerson: true },
    fires: [{ alert: "GateQuorumMissed", stays: "counts the last 10 minutes" }],
    mayFire: objectives,
    byItself: "decides nothing, and asks a person",
    healthyAgain: "when the person has approved and the run has succeeded",
    async inject(field) {
      const absent = { output: "no vote" };
      asked = await pipeline(field, { "gate-3-reviewer-1": absent, "gate-3-reviewer-2": absent });
    },
    heal: decideAll,
    async isHealthy(field) {
      // The next gate may ask as well.
      await decideAll(field);
      return field.succeeded(asked);
    },
  },
  {
    ...{ ...usual, name: "gate-rejections", title: "A gate rejects most of what it sees" },
    fires: [
      { alert: "GateRejectionsHigh", stays: "counts the last hour" },
      { alert: "BreakerTripped", stays: "the gates' breaker closes after 30 minutes within its bounds" },
    ],
    // They take all places while they are mended.
    mayFire: [...objectives, "ResolutionAttemptThree", "PendingTasksHigh"],
    byItself: "mends what was rejected, and asks for 20 % less while the gates' breaker is open",
    healthyAgain: "when all runs have succeeded",
    async inject(field) {
      const first = { outputs: [reject] };
      const script = { "gate-1-reviewer-1": first, "gate-1-reviewer-2": first, "gate-1-reviewer-3": first };
      asked = await pipeline(field, script, 10);
    },
    heal: async () => undefined,
    isHealthy: (field) => field.succeeded(asked),
  },
  {
    ...{ ...usual, name: "emergency-stop", title: "Breakers fall one after the other", needsPerson: true },
    fires: [{ alert: "EmergencyStopActive" }],
    mayFire: [],
    byItself: "pauses all runs before their next step and keeps their state",
    healthyAgain: "when a person has set the mode back to normal",
    inject: (field) => tell(field, 1),
    async heal(field) {
      await tell(field, 0);
      await field.ask("PUT", "/v1/mode", { body: { mode: "normal", because: "a drill" } });
    },
    async isHealthy(field) {
      const series = 'weathervane_mode{mode="emergency-stop"}';
      if ((await field.metric("autopilot", series)) === 0) return true;
      await field.ask("PUT", "/v1/mode", { body: { mode: "normal", because: "a drill" } });
      return false;
    },
  },
];

async function tell(field: Field, value: number): Promise<void> {
  const body = { signal: "cascading-failures", value, because: "a drill" };
  await field.ask("PUT", "/v1/signals", { body });
}
