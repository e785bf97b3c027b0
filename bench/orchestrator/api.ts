// Coordination operations a second: the mix of Nexus' load profile (6 heartbeats, 3 tasks, 1 list), each with its token checked, its limits
// counted and its rows written, from a process of its own to one process of the service, as it is started, with PostgreSQL beside it. Prints JSON.
import { fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { wallClock } from "../../orchestrator/clock.ts";
import { scriptedWorker } from "../../orchestrator/engine/scripted-worker.ts";
import { orderRuns } from "../../orchestrator/scheduler/order-runs.ts";
import { openLocalIssuer } from "../../orchestrator/security/local-issuer.ts";
import { startService } from "../../orchestrator/service.ts";
import { registerAgent } from "../../orchestrator/store/agents.ts";
import { openStore } from "../../orchestrator/store/database.ts";
import { startEmbedded } from "../../orchestrator/store/embedded.ts";
import { packageFile } from "../../package-root.ts";
import { type CpuSeconds, cpuOfEach, cpuSeconds } from "./cpu-seconds.ts";

const operations = Number(process.env.BENCH_OPERATIONS ?? 10_000);
const warmUp = 2_000;
const perSecond = Number(process.env.BENCH_RATE ?? 1_000);
const names = { issuer: "urn:bench", audience: "orchestrator", clock: wallClock };

/** The parts of the server's process, and how to end them. */
async function start() {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-bench-api-"));
  const database = await startEmbedded();
  const store = await openStore(database.url);
  const issuer = await openLocalIssuer(folder, names);
  const service = await startService({
    ...{ store, connections: 10, version: "0.0.0", secrets: [] },
    worker: scriptedWorker({ clock: wallClock }),
    engine: { order: orderRuns, limit: () => 10, queueLimit: 1_000 },
    settings: {
      ...{ host: "127.0.0.1", port: 0, metricsPort: 0, drills: false, logLevel: "warn" },
      ...{ platform: "nexus", project: packageFile(".") },
      tokens: { issuer: names.issuer, audience: names.audience, keysFolder: issuer.publicFolder },
      ...{ evidenceFolder: join(folder, "evidence"), sessionsFolder: join(folder, "sessions") },
    },
  });
  const end = async () => {
    await service.stop(1_000);
    await store.close();
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { url: service.url, store, issuer, end };
}

/** The server's process: says where it is, serves until it is told to end, and says what that cost. */
async function serve(): Promise<void> {
  const { url, store, issuer, end } = await start();
  await registerAgent(store.pool, {
    registration: { id: "load-test", type: "code-reviewer", capabilities: [], capacity: 1 },
    by: "bench",
  });
  const token = await issuer.issue({ subject: "bench", project: "lab", roles: ["developer", "agent"] });
  const before = await cpuSeconds(store);
  process.send?.({ url, token });
  process.once("message", async () => {
    const cpuMs = cpuOfEach(2 * operations + warmUp, before, await cpuSeconds(store));
    process.send?.({ cpuMs, memoryMiB: Math.round(process.memoryUsage().rss / 2 ** 20) });
    await end();
    process.disconnect();
  });
}

const task = JSON.stringify({ kind: "echo", priority: "normal", payload: "load test" });
const heartbeat = { method: "PUT", path: "/v1/agents/load-test/heartbeat", expect: 204, body: "" };
const submit = { method: "POST", path: "/v1/tasks", expect: 202, body: task };
const list = { method: "GET", path: "/v1/agents?limit=20", expect: 200, body: "" };
const mix = [heartbeat, submit, heartbeat, heartbeat, submit, heartbeat, list, heartbeat, submit, heartbeat];

const agent = new Agent({ keepAlive: true, maxSockets: 100 });

/** Sends one operation; seconds until its answer was there, negative when it was the wrong one. */
function send(url: string, { token, index }: { token: string; index: number }): Promise<number> {
  const { method, path, expect, body } = mix[index % mix.length] ?? list;
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body === "" ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
  };
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { method, headers, agent }, (answer) => {
      answer.resume();
      answer.once("end", () => {
        const seconds = (performance.now() - started) / 1_000;
        resolve(answer.statusCode === expect ? seconds : -seconds);
      });
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

/** Operations at an even pace, whether or not the ones before have been answered; or as fast as 50 clients can. */
async function load(
  count: number,
  one: (index: number) => Promise<number>,
  pace?: number,
): Promise<number[]> {
  const started = performance.now();
  const all: Promise<number>[] = [];
  if (pace === undefined) {
    let index = 0;
    const client = async () => {
      while (index < count) {
        const answered = one(index++);
        all.push(answered);
        await answered;
      }
    };
    await Promise.all(Array.from({ length: 50 }, client));
    return Promise.all(all);
  }
  while (all.length < count) {
    const due = Math.min(count, Math.floor(((performance.now() - started) / 1_000) * pace));
    while (all.length < due) all.push(one(all.length));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return Promise.all(all);
}

function figures(seconds: number[], elapsed: number) {
  const sorted = seconds.map(Math.abs).sort((a, b) => a - b);
  const at = (share: number) => Number(((sorted[Math.floor(share * sorted.length)] ?? 0) * 1_000).toFixed(1));
  return {
    perSecond: Math.round(seconds.length / elapsed),
    wrong: seconds.filter((one) => one < 0).length,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
  };
}

async function measure(): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), ["serve"]);
  const said = <T>() =>
    new Promise<T>((resolve) => child.once("message", (message) => resolve(message as T)));
  const { url, token } = await said<{ url: string; token: string }>();
  const one = (index: number) => send(url, { token, index });
  await load(warmUp, one);
  let started = performance.now();
  const paced = figures(await load(operations, one, perSecond), (performance.now() - started) / 1_000);
  started = performance.now();
  const fastest = figures(await load(operations, one), (performance.now() - started) / 1_000);
  const ended = said<{ cpuMs: CpuSeconds; memoryMiB: number }>();
  child.send("end");
  process.stdout.write(`${JSON.stringify({ paced, fastest, ...(await ended) })}\n`);
  agent.destroy();
}

await (process.argv[2] === "serve" ? serve() : measure());
