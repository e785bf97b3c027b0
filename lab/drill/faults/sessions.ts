import type { Fault } from "../fault.ts";
import type { Field } from "../field.ts";

const usual = {
  platform: "agenthive",
  replicas: 1,
  mayFire: [],
  needsPerson: false,
} satisfies Partial<Fault>;

const prefix = "drill-";

async function startSession(field: Field, behaviour: Record<string, unknown>): Promise<void> {
  // A session's name is not taken again.
  const name = `${prefix}${Date.now()}`;
  const agents = [{ type: "coder", script: { behaviour } }];
  const { status } = await field.ask("POST", "/api/sessions", { body: { name, agents } });
  if (status !== 201) throw new Error(`a session was answered with ${status}`);
}

/** Sessions of drills that run, whoever started them. */
async function running(field: Field): Promise<string[]> {
  const { status, body } = await field.ask("GET", "/api/sessions");
  if (status !== 200) throw new Error(`the list of sessions was answered with ${status}`);
  return (body.items as { name: string }[]).map(({ name }) => name).filter((name) => name.startsWith(prefix));
}

async function endSessions(field: Field): Promise<void> {
  for (const session of await running(field)) {
    const { status } = await field.ask("DELETE", `/api/sessions/${session}`);
    // 404: it has ended already.
    if (status !== 202 && status !== 404) throw new Error(`the end of a session was answered with ${status}`);
  }
}

const hasEnded = async (field: Field) => (await running(field)).length === 0;

const replaced = async (field: Field) =>
  (await field.metric(
    "spawn-manager",
    'agenthive_agent_restarts_total{agent_type="coder",reason="unresponsive"}',
  )) ?? 0;
let replacedBefore = 0;

async function calm(field: Field): Promise<void> {
  await field.ask("PUT", "/v1/mode", { body: { mode: "level-zero", because: "a drill" } });
}

/** What agents do wrong in Agent Hive's sessions. */
export const sessionFaults: readonly Fault[] = [
  {
    ...{ ...usual, name: "stuck-agent", title: "An agent of a session hangs" },
    fires: [],
    mayFire: ["AgentsRestartOften"],
    byItself: "ends an agent that gives no sign of life for 5 s, and starts another one in its place",
    healthyAgain: "when it was replaced, and the session has ended as it was asked to",
    async inject(field) {
      replacedBefore = await replaced(field);
      await startSession(field, { does: "hang", afterMs: 500 });
    },
    // Whoever comes after it does the same: the session is the cause.
    heal: endSessions,
    isHealthy: async (field) => (await replaced(field)) > replacedBefore && (await hasEnded(field)),
  },
  {
    ...{ ...usual, name: "memory-leak", title: "An agent takes ever more memory", needsPerson: true },
    fires: [{ alert: "EmergencyLevelThree" }],
    mayFire: [
      ...["SessionResourceHigh", "SessionResourceExhausted", "GuardianActionFailed", "CleanUpsFrequent"],
      ...["AgentsRestartOften", "AgentTerminationStuck"],
    ],
    byItself: "slows the session down, cleans up, stops the agent that passed its GiB, and takes no new task",
    healthyAgain: "when a person has set the level back to zero",
    inject: (field) =>
      startSession(field, {
        does: "leak-memory",
        bytesPerSecond: 400 * 2 ** 20,
        // A tenth more than a session may have (AH-2).
        atMostBytes: Math.ceil(1.1 * 2 ** 30),
      }),
    async heal(field) {
      await endSessions(field);
      await calm(field);
    },
    async isHealthy(field) {
      const { body } = await field.ask("GET", "/v1/mode");
      if (body.emergencyLevel === 0 && (await hasEnded(field))) return true;
      await calm(field);
      return false;
    },
  },
];
