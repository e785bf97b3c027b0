import type { Acceptance, Caller, RunRequest } from "../domain/run.ts";
import type { Store } from "../store/database.ts";
import type { EventWakeUps } from "./event-wakeups.ts";
import type { Agents, Approval, Ports } from "./ports.ts";
import { countsOf, storePorts } from "./store-ports.ts";

/** What the API asks of the engine. */
export interface EngineFace {
  accept(request: RunRequest, caller: Caller): Promise<Acceptance>;
  cancel(id: string): Promise<boolean>;
  decide(decision: {
    id: string;
    decision: "approved" | "rejected";
    by: string;
    comment?: string;
  }): Promise<Approval | undefined>;
  deleteWorkflow(workflow: { project: string; name: string }): Promise<boolean>;
  agents: Pick<Agents, "register" | "remove">;
  /** What stands in the way of serving; nothing: ready. */
  unready(): string | undefined;
}

export interface EnginePortsOptions {
  store: Store;
  engine: EngineFace;
  wakeUps: EventWakeUps;
  platform: string;
  modes: Ports["modes"];
  signals: Ports["signals"];
  breakers: () => Record<string, "closed" | "open" | "half-open">;
  metrics: Ports["metrics"];
  /** Where Agent Hive's face is shown. */
  hive?: NonNullable<Ports["hive"]>;
}

/** Everything that the routes need, from the store, the engine and what watches over them. */
export function enginePorts({ store, engine, wakeUps, ...others }: EnginePortsOptions): Ports {
  const ofStore = storePorts(store, wakeUps);
  const { platform, modes, signals, breakers, metrics, hive } = others;
  return {
    ...ofStore,
    workflows: {
      ...ofStore.workflows,
      remove: (project, name) => engine.deleteWorkflow({ project, name }),
    },
    runs: {
      ...ofStore.runs,
      accept: engine.accept,
      cancel: async (id) => void (await engine.cancel(id)),
    },
    approvals: {
      ...ofStore.approvals,
      decide: ({ comment, ...decision }) =>
        engine.decide(comment === undefined ? decision : { ...decision, comment }),
    },
    agents: { ...ofStore.agents, register: engine.agents.register, remove: engine.agents.remove },
    modes,
    signals,
    metrics,
    ...(hive && { hive }),
    status: {
      read: async (project) => ({
        platform,
        mode: (await modes.read()).mode,
        ...(await countsOf(store, project)),
        breakers: breakers(),
      }),
    },
    readiness: () => readiness(store, engine),
  };
}

async function readiness({ pool }: Store, engine: EngineFace): ReturnType<Ports["readiness"]> {
  const database = await pool.query("SELECT 1").then(
    () => [],
    () => [{ check: "database", why: "does not answer" }],
  );
  const why = engine.unready();
  return why === undefined ? database : [...database, { check: "engine", why }];
}
