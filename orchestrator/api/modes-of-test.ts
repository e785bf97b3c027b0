import { join } from "node:path";
import { loadProject } from "../../model/project.ts";
import type { Mode } from "../../model/resilience.ts";
import { packageFile } from "../../package-root.ts";
import { wallClock } from "../clock.ts";
import type { RecordEvent } from "../domain/event.ts";
import type { Circuit } from "../resilience/circuit.ts";
import type { ModeState } from "../resilience/mode-state.ts";
import { guardedLimitsOf } from "../resilience/platform-limits.ts";
import { Resilience } from "../resilience/resilience.ts";
import { ownStates } from "../resilience/state-store.ts";
import { type Told, toldSignals } from "../resilience/told-signals.ts";
import { openSessions } from "../sessions/sessions.ts";
import type { Store } from "../store/database.ts";
import { hiveSessions } from "./hive-sessions.ts";
import { modePorts, signalPorts } from "./mode-ports.ts";

const works = { everyChangeReviewed: false, keysLocked: false, requestsPerson: false, agentsRatio: 1 };
const usual = { title: "", description: "", service: "test", ladder: "degradation", meets: [], entered: [] };
const shownBy = { of: { metric: "mode", where: {} }, value: 1 };

/** For tests: two modes of the test's own, and a signal that somebody may tell: which ones there are is the platform's business. */
export function modesOfTest(record: RecordEvent) {
  const modes = [
    {
      ...usual,
      shownBy,
      name: "normal",
      rank: 0,
      works: { ...works, newWork: "accepted", running: "goes-on" },
    },
    {
      ...usual,
      ...{ shownBy, name: "read-only", rank: 1, entered: [{ signal: "security", is: ">=", value: 1 }] },
      works: { ...works, newWork: "refused", running: "goes-on" },
    },
  ] as unknown as Mode[];
  const platform = { modes, breakers: [], limits: [] };
  const stores = { breakers: ownStates<Circuit>(), modes: ownStates<ModeState>() };
  const resilience = new Resilience({ platform, clock: wallClock, record, stores });
  const told = ownStates<Told>();
  const read = () => toldSignals(told);
  const sources = { platform, told: read, now: Date.now };
  const measured = async () =>
    Object.fromEntries(Object.entries(await read()).map(([signal, { value }]) => [signal, value]));
  return {
    resilience,
    record,
    ports: {
      modes: modePorts(resilience, { isRunning: () => false }),
      signals: signalPorts(sources, { measured, told }),
    },
    closed: () => (resilience.restrictions().accepts ? undefined : "the mode is read-only"),
  };
}

interface HiveOfTest {
  store: Store;
  folder: string;
  drills: boolean;
  resilience: Resilience;
  record: RecordEvent;
}

/** For tests: sessions of real agents with Agent Hive's limits. */
export async function hiveOfTest({ store, folder, drills, resilience, record }: HiveOfTest) {
  const { model } = await loadProject(packageFile("."), { platforms: ["agenthive"] });
  const platform = model.platforms.find(({ name }) => name === "agenthive");
  if (!platform) throw new Error("there is no Agent Hive");
  const errors: Error[] = [];
  const sessions = await openSessions({
    ...{ platform, resilience, record, clock: wallClock, db: store.pool, executorId: "test" },
    ...{
      folder: join(folder, "sessions"),
      program: packageFile("dist/orchestrator/sessions/scripted-agent.js"),
    },
    onError: (error) => errors.push(error),
  });
  // The sessions' process is to be seen as one that lives.
  await store.pool.query("INSERT INTO executors (id) VALUES ('test')");
  const stopping = new AbortController();
  const watching = sessions.watch(stopping.signal);
  const limits = guardedLimitsOf(platform);
  return {
    port: hiveSessions(store, { sessions, limits, drills, now: Date.now }),
    stop: async () => {
      stopping.abort();
      await watching;
    },
  };
}
