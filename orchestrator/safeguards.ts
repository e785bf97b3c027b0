// Joins what keeps the service going while something is wrong: signals lead to modes, and everything that works obeys them.
import type { Logger } from "pino";
import type { Platform } from "../model/model.ts";
import { packageFile } from "../package-root.ts";
import { hiveSessions } from "./api/hive-sessions.ts";
import { modePorts, signalPorts } from "./api/mode-ports.ts";
import type { Ports } from "./api/ports.ts";
import type { Clock } from "./clock.ts";
import type { DomainEvent } from "./domain/event.ts";
import type { Engine, EngineOptions } from "./engine/engine.ts";
import { acceptWithin } from "./resilience/accept-within.ts";
import { breakerReports } from "./resilience/breaker-reports.ts";
import { type DatabasePulse, databaseBreakers } from "./resilience/database-pulse.ts";
import { type EvidenceFolder, tellOfFullDisk } from "./resilience/evidence-folder.ts";
import { guardedLimitsOf } from "./resilience/platform-limits.ts";
import type { Resilience } from "./resilience/resilience.ts";
import { roundOf } from "./resilience/round.ts";
import { sharedStates } from "./resilience/shared-states.ts";
import { measureSignals, type SignalSources } from "./resilience/signals.ts";
import { type Told, toldSignals } from "./resilience/told-signals.ts";
import { keyOf } from "./sessions/session-records.ts";
import { openSessions, type Sessions } from "./sessions/sessions.ts";
import { taskWorkflow } from "./sessions/task-workflow.ts";
import type { ServingSettings } from "./settings.ts";
import type { Store } from "./store/database.ts";
import { builtIn, storeWorkflow } from "./store/workflows.ts";
import type { Work } from "./work/start-work.ts";

/** What the safeguards look at. */
export interface Guarded {
  settings: ServingSettings;
  clock: Clock;
  store: Store;
  platform: Platform;
  log: Logger;
  resilience: Resilience;
  evidence: EvidenceFolder;
  pulse: DatabasePulse;
  /** What is done by models; nothing where there are none. */
  work: Pick<Work, "mayStart" | "providersDown"> | undefined;
  /** Runs its sessions, once they are open; platforms whose modes know no sessions have none. */
  sessions: Sessions | undefined;
}

/** What the safeguards do for those who serve. */
export interface Safeguards extends Pick<Ports, "modes" | "signals" | "hive"> {
  accept: Engine["accept"];
  /** Ends the sessions with all their processes, and stops looking. */
  stop(): Promise<void>;
}

type RunOfSession = { project: string; labels: Record<string, string> };

/** The running session that a run belongs to. */
function sessionOf({ sessions }: Guarded, { project, labels }: RunOfSession): string | undefined {
  const key = labels.session === undefined ? undefined : keyOf({ project, name: labels.session });
  return key !== undefined && sessions?.isRunning(key) ? key : undefined;
}

/** How the engine obeys: what it asks before it accepts runs, starts them and begins their steps. */
export function engineWithin(
  guarded: Guarded,
  { limit }: Pick<EngineOptions, "limit">,
): Pick<EngineOptions, "closed" | "limit" | "reviews"> {
  const { resilience, work } = guarded;
  return {
    closed() {
      const open = databaseBreakers.find((name) => resilience.breakers.get(name)?.isOpen());
      if (open !== undefined) return `the breaker "${open}" is open`;
      return resilience.restrictions().accepts ? undefined : "the mode that is on takes no new work";
    },
    limit() {
      const { starts, agentsRatio } = resilience.restrictions();
      return starts && work?.mayStart() !== false ? Math.ceil(limit() * agentsRatio) : 0;
    },
    reviews: (run) => resilience.restrictions(sessionOf(guarded, run)).everyChangeReviewed,
  };
}

/** What follows from an event that this process recorded: breakers count it. */
export function followEvents(
  { resilience, platform, log, clock }: Guarded,
  record: (event: DomainEvent) => void,
) {
  const onError = (error: Error) => log.warn({ err: error }, "a breaker could not be told");
  const report = breakerReports(resilience.breakers, { clock, onError });
  return (event: DomainEvent): void => {
    report(event);
    tellOfFullDisk(event, { platform, record });
  };
}

/** Starts measuring, obeying, and the sessions; ends first what a predecessor left of them on this machine. */
export async function startSafeguards(guarded: Guarded, engine: Engine): Promise<Safeguards> {
  const { store, platform, log, resilience, evidence, pulse, work, clock } = guarded;
  const onError = (error: Error) => log.warn({ err: error }, "a round of the safeguards was not whole");
  guarded.sessions = await sessionsOf(guarded, engine);
  const { sessions } = guarded;
  const told = sharedStates<Told>(store.pool, "signal");
  const signals: SignalSources = {
    ...{ platform, resilience, db: store.pool, now: clock.now, told: () => toldSignals(told) },
    sessions: () => sessions?.worst ?? { resources: 0, fatigue: 0 },
    providersDown: work?.providersDown,
  };
  const obey = (restrictions: Parameters<Sessions["obey"]>[0]) => sessions?.obey(restrictions);
  const round = roundOf({ resilience, signals, runs: engine, sessions: obey, onError });
  const stopped = new AbortController();
  const { signal } = stopped;
  const watches = [evidence, pulse, ...(sessions ? [sessions] : [])];
  const loops = [resilience.watch(signal, round), ...watches.map((one) => one.watch(signal))];
  return {
    accept: acceptWithin(engine.accept, {
      ...{ resilience, db: store.pool },
      sessionOf: (run) => sessionOf(guarded, run),
    }),
    modes: modePorts(resilience, { isRunning: (key) => sessions?.isRunning(key) ?? false }),
    signals: signalPorts(signals, { measured: () => measureSignals(signals), told }),
    ...hiveOf(guarded),
    async stop() {
      stopped.abort();
      await Promise.all(loops);
    },
  };
}

async function sessionsOf(
  { settings, store, platform, log, resilience, clock }: Guarded,
  { executorId, record }: Engine,
): Promise<Sessions | undefined> {
  if (!platform.modes.some(({ ladder }) => ladder === "session")) return undefined;
  await storeWorkflow(store.pool, { project: builtIn, definition: taskWorkflow, createdBy: "orchestrator" });
  return openSessions({
    ...{ platform, resilience, clock, record, db: store.pool, executorId },
    folder: settings.sessionsFolder,
    program: packageFile("dist/orchestrator/sessions/scripted-agent.js"),
    onError: (error) => log.warn({ err: error }, "of a session"),
  });
}

function hiveOf({ settings, store, platform, sessions, clock }: Guarded): Pick<Ports, "hive"> {
  if (!sessions) return {};
  const limits = guardedLimitsOf(platform);
  return { hive: hiveSessions(store, { sessions, limits, drills: settings.drills, now: clock.now }) };
}
