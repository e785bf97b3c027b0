import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EventType } from "./domain/event.ts";
import { type ServingProcess, servingProcess } from "./service-of-test.ts";

// A whole service as Agent Hive: what leads to its modes and breakers, and who obeys.
const wait = { timeout: 60_000, interval: 100 };
let it: ServingProcess;
beforeAll(async () => {
  it = await servingProcess("agenthive");
  const steps = ["first", "second"].map((id, i, ids) => ({
    id,
    agent: "coder",
    ...(i > 0 && { needs: [ids[i - 1]] }),
    input: { script: { latencyMs: 2_000 } },
  }));
  await it.ask("POST", "/v1/workflows", { body: { name: "two-steps", steps } });
});
afterAll(() => it.close());

const setMode = (mode: string) => it.ask("PUT", "/v1/mode", { body: { mode, because: "a test" } });
const tell = (signal: string, value: number) =>
  it.ask("PUT", "/v1/signals", { body: { signal, value, because: "told by a test" } });
const startRun = async () =>
  (await it.ask("POST", "/v1/runs", { body: { workflow: "two-steps" } })).body.id as unknown as string;
const stateOfRun = async (id: string) => (await it.ask("GET", `/v1/runs/${id}`)).body.state;
const level = async () => (await it.ask("GET", "/v1/mode")).body.emergencyLevel;
const agents = async (name: string) =>
  (await it.ask("GET", `/api/sessions/${name}`)).body.agents as unknown as { state: string; pid: number }[];

/** Starts a session of so many agents and gives the ids of their processes. */
async function session(name: string, size: number): Promise<number[]> {
  const body = {
    name,
    agents: Array.from({ length: size }, () => ({ type: "coder", script: { stubborn: true } })),
  };
  expect((await it.ask("POST", "/api/sessions", { body })).status).toBe(201);
  const working = Array.from({ length: size }, () => "working");
  await expect.poll(async () => (await agents(name)).map(({ state }) => state), wait).toEqual(working);
  return (await agents(name)).map(({ pid }) => pid);
}
async function stopped(pids: readonly number[]): Promise<number> {
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")));
  return stats.filter((stat) => stat.includes(") T ")).length;
}
/** Rows and log lines of a kind, which must be the same. */
async function told(type: EventType) {
  const stored = async () => (await it.events(type)).map(({ id: _, at: __, ...event }) => event);
  const logged = () => it.logged(type).map(({ event }) => event);
  // A row may follow its log line.
  await expect.poll(async () => isDeepStrictEqual(await stored(), logged()), wait).toBe(true);
  return stored();
}

test("AH-6: at level two half of the agents work, and tasks have three steps at most", async () => {
  const pids = await session("half", 4);
  expect((await setMode("level-two")).body).toMatchObject({ emergencyLevel: 2 });
  await expect.poll(() => stopped(pids), wait).toBe(2);
  const step = (id: string) => ({ id, agent: "coder" });
  const four = { name: "four-steps", steps: ["a", "b", "c", "d"].map(step) };
  await it.ask("POST", "/v1/workflows", { body: four });
  expect((await it.ask("POST", "/v1/runs", { body: { workflow: "four-steps" } })).status).toBe(503);
  const run = await startRun();
  await expect.poll(() => stateOfRun(run), wait).toBe("succeeded");
  await setMode("level-zero");
  await expect.poll(() => stopped(pids), wait).toBe(0);
  // Nobody took the silence of those that were stopped for their end.
  expect(await it.events("agent.lost")).toEqual([]);
  expect((await agents("half")).map(({ pid }) => pid)).toEqual(pids);
});

test("AH-6: a rollback that failed, told by another system, pauses all work; a person lets it go on", async () => {
  const letGo = await it.holdWork();
  const run = await startRun();
  await expect.poll(() => stateOfRun(run), wait).toBe("running");
  const monitor = { signal: "rollback-failed", value: 1, because: "checkpoint 7 is torn" };
  expect((await it.ask("PUT", "/v1/signals", { body: monitor, roles: ["monitor"] })).status).toBe(200);
  await expect.poll(level, wait).toBe(4);
  const pids = (await agents("half")).map(({ pid }) => pid);
  await expect.poll(() => stopped(pids), wait).toBe(4);
  await expect.poll(it.isPaused, wait).toBe(true);
  await letGo();
  await expect.poll(() => stateOfRun(run), wait).toBe("paused");
  expect((await setMode("level-zero")).status).toBe(409);
  await tell("rollback-failed", 0);
  await expect.poll(async () => (await setMode("level-zero")).status, wait).toBe(200);
  await expect.poll(() => stateOfRun(run), wait).toBe("succeeded");
  await expect.poll(() => stopped(pids), wait).toBe(0);
});

test("AH-6: at level five runs and agents are ended, keys are locked to all but operators, and a person is requested", async () => {
  const letGo = await it.holdWork();
  const run = await startRun();
  await expect.poll(() => stateOfRun(run), wait).toBe("running");
  const pids = (await agents("half")).map(({ pid }) => pid);
  expect((await tell("security", 1)).status).toBe(200);
  await expect.poll(level, wait).toBe(5);
  await expect.poll(() => stateOfRun(run), wait).toBe("cancelled");
  await letGo();
  expect((await it.ask("GET", "/v1/runs", { roles: ["developer"] })).status).toBe(403);
  await expect
    .poll(async () => (await it.ask("GET", "/api/sessions/half")).body, wait)
    .toMatchObject({ state: "ended", ended: "emergency" });
  for (const pid of pids) await expect(readFile(`/proc/${pid}/stat`)).rejects.toThrow("ENOENT");
  expect((await it.events("agent.terminated")).map(({ outcome }) => outcome)).toEqual(
    pids.map(() => "killed"),
  );
  expect((await it.ask("POST", "/api/sessions", { body: { name: "no" } })).status).toBe(503);
  await tell("security", 0);
  await expect.poll(async () => (await setMode("level-zero")).status, wait).toBe(200);
  await expect
    .poll(async () => (await it.ask("GET", "/v1/runs", { roles: ["developer"] })).status, wait)
    .toBe(200);
});

test("AH-6: when a quarter of the runs failed lately, the level is two", async () => {
  const steps = [{ id: "only", agent: "coder", attempts: 1, input: { script: { failures: 1 } } }];
  await it.ask("POST", "/v1/workflows", { body: { name: "failing", steps } });
  // Two have succeeded before: one failure more than makes a quarter, and not yet a half.
  await it.ask("POST", "/v1/workflows/failing/run-and-wait", { body: { input: {} } });
  for (let more = 0; more < 1; more++)
    await it.ask("POST", "/v1/workflows/two-steps/run-and-wait", { body: { input: {} } });
  await expect.poll(level, wait).toBe(2);
  const { items } = (await it.ask("GET", "/v1/signals")).body as unknown as {
    items: { signal: string; value?: number }[];
  };
  expect(items.find(({ signal }) => signal === "failures")?.value).toBeCloseTo(0.25);
});

test("every transition is one row, one log line and one count; refused and told signals stand in the audit log", async () => {
  const changes = await told("emergency.changed");
  expect(changes.map((event) => ("to" in event ? `${event.from} ${event.to} ${event.because}` : ""))).toEqual(
    [
      "0 2 a test",
      "2 0 a test",
      "0 4 rollback-failed",
      "4 0 a test",
      "0 5 security",
      "5 0 a test",
      "0 2 failures",
    ],
  );
  expect(await told("person.requested")).toEqual([{ type: "person.requested", because: "security" }]);
  expect(await told("session.started")).toEqual([
    { type: "session.started", subject: "shop/half", agents: 4 },
  ]);
  expect(await told("session.ended")).toMatchObject([{ subject: "shop/half", reason: "emergency" }]);
  expect(await told("agent.spawned")).toHaveLength(4);
  const text = await it.metrics("session-manager");
  for (const [level, reason] of [
    ["4", "rollback-failed"],
    ["5", "security"],
    ["2", "failures"],
  ])
    expect(text).toContain(
      `agenthive_emergency_interventions_total{level="${level}",reason="${reason}"} 1\n`,
    );
  const spawned = await it.metrics("spawn-manager");
  expect(spawned).toContain('agenthive_spawns_total{agent_type="coder",outcome="success"} 4\n');
  expect(spawned).toContain('agenthive_terminations_total{outcome="killed"} 4\n');
  const { items } = (await it.ask("GET", "/v1/audit")).body as unknown as {
    items: { action: string; outcome: string }[];
  };
  expect(items.filter(({ action }) => action === "tellSignal").map(({ outcome }) => outcome)).toContain(
    "done",
  );
});
