// Milliseconds from the moment a flag is changed back until the last run that still started on the canary, and until the change is answered: two
// processes as built, which start runs all the time, all of them on the canary before. Prints JSON.
import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { runRequest } from "../../orchestrator/domain/run.ts";
import { step } from "../../orchestrator/domain/workflow.ts";
import { runAcceptance } from "../../orchestrator/engine/accept-runs.ts";
import { openStore } from "../../orchestrator/store/database.ts";
import { startEmbedded } from "../../orchestrator/store/embedded.ts";
import { storeFlag } from "../../orchestrator/store/flags.ts";
import { storeWorkflow } from "../../orchestrator/store/workflows.ts";

const name = "agent-instructions";
const rollbacks = Number(process.env.BENCH_ROLLBACKS ?? 20);
/** Runs that start between two changes. */
const between = 50;

const server = await startEmbedded();
const store = await openStore(server.url);
const { pool } = store;
const one = step.parse({ id: "a", agent: "scripted", input: { script: { latencyMs: 20 } } });
const definition = { name: "one", description: "", steps: [one] };
await storeWorkflow(pool, { project: "bench", createdBy: "bench", definition });

async function setTo(step: string): Promise<void> {
  const text = await readFile(`generated/flags/weathervane/${name}/${step}.json`, "utf8");
  await storeFlag(pool, { name, definition: JSON.parse(text).flags[name], by: "bench" });
}

async function startProcess(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["dist/orchestrator/main.js"], {
    env: { PATH: process.env.PATH, DATABASE_URL: server.url, ORCHESTRATOR_RUNS: "10" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((ready, failed) => {
    child.stdout.on("data", (chunk) => String(chunk).includes('"ready"') && ready());
    child.on("exit", () => failed(new Error("it ended before it was ready")));
  });
  return child;
}

let stopped = false;
async function keepBusy(): Promise<void> {
  const accept = runAcceptance(store, {
    ...{ queueLimit: 1_000, closed: () => undefined, observe: () => undefined },
    onQueued: () => undefined,
  });
  const caller = { subject: "bench", project: "bench", source: "api", requestId: "bench" } as const;
  while (!stopped) {
    const { rows } = await pool.query("SELECT count(*) AS n FROM runs WHERE state = 'queued'");
    const missing = Array.from({ length: Math.max(0, 40 - Number(rows[0].n)) });
    await Promise.all(missing.map(() => accept(runRequest.parse({ workflow: "one" }), caller)));
    await delay(5);
  }
}

const now = async () => (await pool.query("SELECT clock_timestamp()::text AS at")).rows[0].at as string;

/** Waits for so many runs that started on one side since then. */
async function started(variant: string, since: string): Promise<void> {
  const text = `SELECT count(*) AS n FROM runs WHERE started_at > $1 AND flags -> '${name}' ->> 'variant' = $2`;
  while (Number((await pool.query(text, [since, variant])).rows[0].n) < between) await delay(20);
}

/** Takes the canary back again and again; how long it took each time until no run started there, and until the change was answered. */
async function measure() {
  const lastMs: number[] = [];
  const answeredMs: number[] = [];
  let late = 0;
  for (let i = 0; i < rollbacks; i++) {
    await setTo("100-percent");
    await started("canary", await now());
    const changed = await now();
    await setTo("stable");
    const answered = await now();
    await started("stable", answered);
    const { rows } = await pool.query(
      `SELECT coalesce(max(extract(epoch FROM started_at - $1::timestamptz)) * 1000, 0)::float8 AS last,
         count(*) FILTER (WHERE started_at > $2) AS late, extract(epoch FROM $2::timestamptz - $1::timestamptz)::float8 * 1000 AS answered
       FROM runs WHERE started_at > $1 AND flags -> '${name}' ->> 'variant' = 'canary'`,
      [changed, answered],
    );
    lastMs.push(rows[0].last);
    answeredMs.push(rows[0].answered);
    late += Number(rows[0].late);
  }
  return { late, last: of(lastMs), answered: of(answeredMs) };
}

const of = (all: readonly number[]) => {
  const sorted = [...all].sort((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)], most: sorted.at(-1) };
};

const processes: ChildProcess[] = [];
try {
  await setTo("stable");
  processes.push(...(await Promise.all([startProcess(), startProcess()])));
  const feeding = keepBusy();
  const measured = await measure();
  stopped = true;
  await feeding;
  console.log(JSON.stringify({ rollbacks, ...measured }));
} finally {
  stopped = true;
  for (const child of processes) {
    const exited = new Promise((done) => child.once("exit", done));
    child.kill("SIGTERM");
    await exited;
  }
  await store.close();
  await server.stop();
}
