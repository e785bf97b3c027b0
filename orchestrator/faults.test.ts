// What befalls a machine, tried on processes that serve: each ends in a clear error or in recovery, and nothing accepted is lost.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { rootFolder } from "../tests/structure/source-files.ts";
import { type OrchestratorProcess, startProcess } from "./engine/process-of-test.ts";
import { openLocalIssuer } from "./security/local-issuer.ts";
import { openStore, type Store } from "./store/database.ts";
import { type EmbeddedServer, startEmbedded } from "./store/embedded.ts";
import { storeSteps } from "./store/temporary-store.ts";

const HOUR = 3_600_000;
let keysFolder: string;
let token: string;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-faults-"));
  // Good also for a clock that is hours behind or ahead.
  const clock = { now: () => Date.now() - 6 * HOUR, sleep: async () => undefined };
  const issuer = await openLocalIssuer(folder, {
    ...{ issuer: "urn:fairlead:local", audience: "orchestrator", clock },
  });
  keysFolder = issuer.publicFolder;
  token = await issuer.issue({ subject: "ada", project: "shop", roles: ["developer"], seconds: 12 * 3_600 });
  return () => rm(folder, { recursive: true });
});

/** A database of the test's own, in a folder, with a workflow of one step. */
async function database(folder: string): Promise<{ server: EmbeddedServer; store: Store }> {
  const server = await startEmbedded({ folder: join(folder, "postgres") });
  const store = await openStore(server.url);
  await storeSteps(store, "one", { a: { input: { script: { latencyMs: 20 } } } });
  return { server, store };
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-faults-"));
  // Where this runs as root, PostgreSQL does not.
  await chmod(folder, 0o755);
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

interface Serving extends OrchestratorProcess {
  url: string;
}

async function serve(databaseUrl: string, more: Record<string, string> = {}): Promise<Serving> {
  const started = startProcess({
    ...{ DATABASE_URL: databaseUrl, ORCHESTRATOR_KEYS: keysFolder, ORCHESTRATOR_PROJECT: rootFolder },
    ...{ ORCHESTRATOR_PORT: "0", ORCHESTRATOR_LOG_LEVEL: "silent", ORCHESTRATOR_QUEUE: "10000", ...more },
  });
  onTestFinished(() => started.kill("SIGKILL"));
  await started.ready;
  const ready = started.lines.find((line) => line.includes('"ready"')) ?? "{}";
  return { ...started, url: (JSON.parse(ready) as { url: string }).url };
}

/** Asks for a run under a key; what was answered. */
async function ask(url: string, key: string, input: unknown = {}) {
  const answer = await fetch(`${url}/v1/runs`, {
    method: "POST",
    headers: {
      ...{ authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": key },
    },
    body: JSON.stringify({ workflow: "one", input }),
    signal: AbortSignal.timeout(60_000),
  });
  const body = (await answer.json()) as { id: string; detail?: string };
  return { status: answer.status, retryAfter: answer.headers.get("retry-after"), ...body };
}

/** Every run that was accepted has ended well, its step done once, and there is none beside them. */
async function expectAllDone(store: Store, accepted: readonly string[]): Promise<void> {
  const open = "SELECT count(*) AS open FROM runs WHERE state NOT IN ('succeeded', 'failed', 'cancelled')";
  await expect
    .poll(async () => (await store.pool.query(open)).rows[0].open, { timeout: 120_000, interval: 200 })
    .toBe(0);
  const { rows } = await store.pool.query(
    "SELECT runs.id, runs.state, attempt FROM runs JOIN steps ON steps.run_id = runs.id",
  );
  expect(rows.map(({ id }) => id).sort()).toEqual([...new Set(accepted)].sort());
  expect(rows.filter(({ state, attempt }) => state !== "succeeded" || attempt !== 1)).toEqual([]);
}

test("PostgreSQL stopped and started under load: 503 and when to try again, then all goes on", async () => {
  const folder = await temporaryFolder();
  const { server, store } = await database(folder);
  const { url } = await serve(server.url);
  const accepted: string[] = [];
  const refusals: string[] = [];
  let isOver = false;
  const client = async (_: unknown, name: number) => {
    for (let n = 0; !isOver || n < 20; n++) {
      let answer = await ask(url, `${name}-${n}`);
      for (; answer.status === 503; answer = await ask(url, `${name}-${n}`)) {
        refusals.push(`${answer.detail}: ${answer.retryAfter}`);
        await delay(100);
      }
      expect(answer.status).toBe(202);
      accepted.push(answer.id);
    }
  };
  const clients = Promise.all(Array.from({ length: 4 }, client));
  await expect.poll(() => accepted.length, { timeout: 30_000 }).toBeGreaterThan(20);
  await server.stop();
  await expect.poll(() => refusals.length, { timeout: 30_000 }).toBeGreaterThan(3);
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const again = await startEmbedded({
    folder: join(folder, "postgres"),
    port: Number(new URL(server.url).port),
  });
  const before = accepted.length;
  await expect.poll(() => accepted.length, { timeout: 60_000 }).toBeGreaterThan(before + 20);
  isOver = true;
  await clients;
  expect(new Set(refusals)).toEqual(new Set(["the database does not answer: 2"]));
  await expectAllDone(store, accepted);
  await store.close();
  await again.stop();
});

// A disk that is full for one folder only takes a file system of its own.
test.skipIf(process.getuid?.() !== 0)(
  "a full disk is told, and what was accepted is done when there is room",
  async () => {
    const folder = await temporaryFolder();
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=110m,mode=0755", "tmpfs", folder]);
    onTestFinished(() => void execFileSync("umount", ["--lazy", folder]));
    const { server, store } = await database(folder);
    const { url } = await serve(server.url);
    const accepted: string[] = [];
    let answer = await ask(url, "0");
    for (let n = 1; answer.status === 202; n++) {
      accepted.push(answer.id);
      // Nothing that PostgreSQL could compress.
      answer = await ask(url, `${n}`, { text: randomBytes(300_000).toString("base64") });
    }
    expect(answer).toMatchObject({ status: 503, detail: "the database's disk is full", retryAfter: "2" });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    execFileSync("mount", ["-o", "remount,size=400m", folder]);
    await expect
      .poll(
        async () => {
          answer = await ask(url, "afterwards");
          return answer.status;
        },
        { timeout: 60_000 },
      )
      .toBe(202);
    await expectAllDone(store, [...accepted, answer.id]);
    await store.close();
    await server.stop();
  },
);

test("a clock that jumps by hours, ahead and back, neither stops a process nor loses or repeats a run", async () => {
  const { server, store } = await database(await temporaryFolder());
  const jumping = (ms: number) => ({
    NODE_OPTIONS: `--import=${pathToFileURL(join(rootFolder, "orchestrator/jumping-clock.mjs")).href}`,
    CLOCK_JUMP_MS: String(ms),
  });
  const [ahead, behind] = [
    await serve(server.url, jumping(2 * HOUR)),
    await serve(server.url, jumping(-2 * HOUR)),
  ];
  const accepted: string[] = [];
  for (let n = 0; n < 60; n++) {
    if (n === 20) for (const { pid } of [ahead, behind]) process.kill(pid, "SIGUSR2");
    const answer = await ask(n % 2 === 0 ? ahead.url : behind.url, `${n}`);
    expect(answer.status).toBe(202);
    accepted.push(answer.id);
  }
  const { rows } = await store.pool.query("SELECT count(*) AS executors FROM executors");
  expect(rows[0].executors).toBe(2);
  await expectAllDone(store, accepted);
  expect([...ahead.lines, ...behind.lines].filter((line) => line.includes("given up"))).toEqual([]);
  for (const [one, jump] of [
    [ahead, 2 * HOUR],
    [behind, -2 * HOUR],
  ] as const) {
    one.kill("SIGTERM");
    expect(await one.exited).toBe(0);
    // Otherwise nothing jumped, and nothing was shown.
    const stopping = one.lines.find((line) => line.includes('"stopping"')) ?? "{}";
    const { at } = JSON.parse(stopping) as { at: string };
    expect(Math.abs(Date.parse(at) - Date.now() - jump)).toBeLessThan(HOUR);
  }
  await store.close();
  await server.stop();
});
