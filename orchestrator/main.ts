#!/usr/bin/env node
import { wallClock } from "./clock.ts";
import { type EngineOptions, startEngine } from "./engine/engine.ts";
import { residentsOf } from "./engine/residents.ts";
import { scriptedWorker } from "./engine/scripted-worker.ts";
import { workLog } from "./engine/work-log.ts";
import { usualRuns } from "./resilience/platform-limits.ts";
import { orderRuns } from "./scheduler/order-runs.ts";
import { type Service, type ServiceOptions, startService } from "./service.ts";
import { readSettings, type Settings } from "./settings.ts";
import { openStore, type Store } from "./store/database.ts";
import { startEmbedded } from "./store/embedded.ts";
import { readModels } from "./work/models-file.ts";

/** Of the API, as its OpenAPI document says it. */
const version = "1.0.0";

/** One JSON line on standard output for whatever runs the process. */
function say(message: string, more: Record<string, unknown> = {}): void {
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), message, ...more })}\n`);
}

/** Starts one process of the orchestrator; gives how to stop it. */
async function start(settings: Settings): Promise<() => Promise<void>> {
  const onError = (error: Error) => say("error", { error: error.message });
  const server =
    settings.databaseUrl === undefined
      ? await startEmbedded({ ...(settings.stateFolder !== undefined && { folder: settings.stateFolder }) })
      : undefined;
  const { connections, serving, agentTypes, leaseSeconds, runs = usualRuns.runs, queue } = settings;
  const url = settings.databaseUrl ?? server?.url ?? "";
  const store = await openStore(url, { connections, onConnectionError: onError });
  const engine = engineOptions(settings, onError);
  const worker = scriptedWorker({ clock: wallClock, ...(settings.workLog && { log: workLog(store) }) });
  const models =
    serving?.modelsFile === undefined ? undefined : await readModels(serving.modelsFile, process.env);
  const secrets = [url, ...(models?.secrets ?? [])];
  const running: Pick<Service, "engine" | "stop"> & Partial<Service> = serving
    ? await startService({
        ...{ settings: serving, store, worker, engine, connections, version, secrets },
        agents: { leaseSeconds, ...(agentTypes && { types: agentTypes }) },
        ...(models && { models }),
      })
    : await startWorking(store, {
        ...{ ...engine, worker, clock: wallClock },
        ...{ limit: () => runs, queueLimit: queue ?? usualRuns.queuedRuns },
        agents: { residents: residentsOf(agentTypes ?? [], runs), leaseSeconds },
      });
  const { executorId } = running.engine;
  const seconds = Number(process.uptime().toFixed(3));
  say("ready", { executor: executorId, seconds, url: running.url, metrics: running.metricsUrl });
  return async () => {
    await running.stop(settings.drainSeconds * 1_000);
    await store.close();
    await server?.stop();
  };
}

/** A process that only works: others serve. */
async function startWorking(store: Store, options: EngineOptions) {
  const engine = await startEngine(store, options);
  return { engine, stop: (drainMs: number) => engine.drain(drainMs) };
}

function engineOptions(settings: Settings, onError: (error: Error) => void): ServiceOptions["engine"] {
  const { runs, queue, connections, pollMs, runsOfProcess, keep } = settings;
  return {
    ...{ order: orderRuns, connections, pollMs, atOnce: runsOfProcess, keep, onError },
    ...(runs !== undefined && { limit: () => runs }),
    ...(queue !== undefined && { queueLimit: queue }),
    retryDelayMs: (failed) => settings.retryMs * 2 ** (failed - 1),
    onShutOut() {
      say("given up by others");
      process.exit(1);
    },
  };
}

async function main(): Promise<void> {
  const started = start(readSettings(process.env));
  let stopping = false;
  const onSignal = async (signal: NodeJS.Signals) => {
    // Asked twice, whoever asks does not want to wait.
    if (stopping) process.exit(1);
    stopping = true;
    say("stopping", { signal });
    const stop = await started;
    await stop();
    process.exit(0);
  };
  const fail = (error: Error) => {
    say("cannot go on", { error: error.message });
    process.exit(1);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => onSignal(signal).catch(fail));
  await started.catch(fail);
}

await main();
