// Durable two-step workflows a second: DBOS by itself, and the whole engine (acceptance, queue, admission, places of agents, events, run and
// step rows), turn by turn on one PostgreSQL. Prints JSON.

import { DBOS } from "@dbos-inc/dbos-sdk";
import { wallClock } from "../../orchestrator/clock.ts";
import { runRequest } from "../../orchestrator/domain/run.ts";
import { step } from "../../orchestrator/domain/workflow.ts";
import { startEngine } from "../../orchestrator/engine/engine.ts";
import { scriptedWorker } from "../../orchestrator/engine/scripted-worker.ts";
import { orderRuns } from "../../orchestrator/scheduler/order-runs.ts";
import { openPool, openStore, type Store } from "../../orchestrator/store/database.ts";
import { startEmbedded } from "../../orchestrator/store/embedded.ts";
import { storeWorkflow } from "../../orchestrator/store/workflows.ts";
import { type CpuSeconds, cpuOfEach, cpuSeconds } from "./cpu-seconds.ts";

const runs = Number(process.env.BENCH_RUNS ?? 1_000);
const turns = Number(process.env.BENCH_TURNS ?? 3);
const concurrent = 50;

/** Does `count` things, so many at a time. */
async function times(count: number, what: () => Promise<unknown>): Promise<void> {
  let left = count;
  await Promise.all(
    Array.from({ length: concurrent }, async () => {
      while (left-- > 0) await what();
    }),
  );
}

interface Measured {
  perSecond: number;
  /** CPU milliseconds of each. */
  cpu: CpuSeconds;
}

async function measured(store: Store, what: () => Promise<void>): Promise<Measured> {
  const before = await cpuSeconds(store);
  const started = performance.now();
  await what();
  const perSecond = runs / ((performance.now() - started) / 1_000);
  return { perSecond, cpu: cpuOfEach(runs, before, await cpuSeconds(store)) };
}

async function bare(store: Store): Promise<Measured> {
  const workflow = DBOS.registerWorkflow(
    async () => {
      await DBOS.runStep(async () => ({ output: "a" }), { name: "a" });
      await DBOS.runStep(async () => ({ output: "b" }), { name: "b" });
    },
    { name: "bare" },
  );
  const quiet = { info: () => undefined, debug: () => undefined, warn: console.warn, error: console.error };
  const pool = openPool(store.url, { max: 10, onError: console.error });
  DBOS.setConfig({ name: "bare", systemDatabaseUrl: store.url, systemDatabasePool: pool, logger: quiet });
  await DBOS.launch();
  const one = async () => (await DBOS.startWorkflow(workflow)()).getResult();
  await times(100, one);
  const rate = await measured(store, () => times(runs, one));
  await DBOS.shutdown({ deregister: true });
  await pool.end();
  return rate;
}

async function whole(store: Store): Promise<Measured> {
  let finished: () => void = () => undefined;
  let open = 0;
  const engine = await startEngine(store, {
    worker: scriptedWorker({ clock: wallClock }),
    order: orderRuns,
    clock: wallClock,
    limit: () => concurrent,
    queueLimit: 100_000,
    agents: { residents: [{ type: "any", capabilities: [], capacity: concurrent }] },
    observe(event) {
      if (event.type === "run.finished" && --open === 0) finished();
    },
    onError: (error) => console.warn(error.message),
  });
  const caller = { subject: "bench", project: "bench", source: "api", requestId: "bench" } as const;
  const all = async (count: number) => {
    open = count;
    const done = new Promise<void>((resolve) => {
      finished = resolve;
    });
    await times(count, () => engine.accept(runRequest.parse({ workflow: "two" }), caller));
    await done;
  };
  await all(100);
  const rate = await measured(store, () => all(runs));
  await engine.drain(1_000);
  return rate;
}

const server = await startEmbedded();
const store = await openStore(server.url);
await storeWorkflow(store.pool, {
  project: "bench",
  createdBy: "bench",
  definition: {
    name: "two",
    description: "",
    steps: [step.parse({ id: "a", agent: "any" }), step.parse({ id: "b", agent: "any", needs: ["a"] })],
  },
});
const rates = { bare: [] as Measured[], whole: [] as Measured[] };
for (let turn = 0; turn < turns; turn++) {
  rates.bare.push(await bare(store));
  rates.whole.push(await whole(store));
}
await store.close();
await server.stop();
const median = (all: Measured[]) => all.sort((a, b) => a.perSecond - b.perSecond)[Math.floor(all.length / 2)];
console.log(JSON.stringify({ bare: median(rates.bare), whole: median(rates.whole), all: rates }));
