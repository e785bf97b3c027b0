#!/usr/bin/env node
import { wallClock } from "./clock.ts";
import { startEngine } from "./engine/engine.ts";
import { scriptedWorker } from "./engine/scripted-worker.ts";
import { workLog } from "./engine/work-log.ts";
import { orderRuns } from "./scheduler/order-runs.ts";
import { readSettings, type Settings } from "./settings.ts";
import { openStore } from "./store/database.ts";
import { startEmbedded } from "./store/embedded.ts";

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
  const store = await openStore(settings.databaseUrl ?? server?.url ?? "", {
    connections: settings.connections,
    onConnectionError: onError,
  });
  const engine = await startEngine(store, {
    worker: scriptedWorker({ clock: wallClock, ...(settings.workLog && { log: workLog(store) }) }),
    order: orderRuns,
    clock: wallClock,
    limit: () => settings.runs,
    queueLimit: settings.queue,
    retryDelayMs: (failed) => settings.retryMs * 2 ** (failed - 1),
    connections: settings.connections,
    pollMs: settings.pollMs,
    atOnce: settings.runsOfProcess,
    onError,
    onShutOut() {
      say("given up by others");
      process.exit(1);
    },
  });
  say("ready", { executor: engine.executorId, seconds: Number(process.uptime().toFixed(3)) });
  return async () => {
    await engine.drain(settings.drainSeconds * 1_000);
    await store.close();
    await server?.stop();
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
