import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { listEvents } from "../store/events.ts";
import { insertLoss, lossesOfRuns } from "../store/losses.ts";
import { storeSteps } from "../store/temporary-store.ts";
import { engineOfTests } from "./engine-of-test.ts";

// A lease that a test can wait for; heartbeats and leases are the database's time, not the clock's.
const leaseSeconds = 3;
const tried = engineOfTests({ agents: { residents: [], leaseSeconds }, queueLimit: 1_000 });

/** A busy machine takes its time. */
const patient = { timeout: 60_000 };

/** An agent that registers by itself; its last sign of life is yet to come, so that none is late on a busy machine. */
async function agent(id: string, more: { type?: string; capabilities?: string[]; capacity?: number } = {}) {
  const { type = "scripted", capabilities = [], capacity = 1 } = more;
  await tried.engine.agents.register({ id, type, capabilities, capacity }, "ann");
  await lastSign(id, "now() + interval '1 hour'");
}
const lastSign = (id: string, at: string) =>
  tried.store.pool.query(`UPDATE agents SET heartbeat_at = ${at} WHERE id = $1`, [id]);
/** It says nothing more after now. */
const silence = (id: string) => lastSign(id, "now()");
const agentsNow = async () => {
  const { rows } = await tried.store.pool.query("SELECT id, state, load FROM agents ORDER BY id");
  return Object.fromEntries(rows.map(({ id, state, load }) => [id, `${state} ${load}`]));
};
const agentOf = async (id: string) => (await tried.until(id)).steps[0]?.agent;

test("NX-5: a step waits until an agent registers that fits it, and is done in its name", async () => {
  await storeSteps(tried.store, "once", { a: {} });
  const run = await tried.accept("once");
  await delay(100);
  expect(tried.worked).toEqual([]);
  await agent("other", { type: "researcher" });
  await agent("first");
  expect(await agentOf(run.id)).toBe("first");
  await expect.poll(agentsNow, patient).toEqual({ first: "idle 0", other: "idle 0" });
});

test("a step that no agent takes within its time fails, and says what it waited for", async () => {
  await storeSteps(tried.store, "nobody", { a: { attempts: 1, agent: "nobody" } });
  const run = await tried.until((await tried.accept("nobody")).id);
  expect(run.error).toBe('a: no agent of type "nobody" was free for it within 60 s');
});

test("AH-9, NX-5: when an agent is lost its step is another's, under a new key; and it is no attempt", async () => {
  await storeSteps(tried.store, "long", { a: { attempts: 1, timeoutSeconds: 3_600 } });
  const run = await tried.accept("long", {
    input: { script: { a: { latencyMs: 400_000, output: "done" } } },
  });
  await expect.poll(() => tried.worked, patient).toEqual([`${run.id}/a/1`]);
  await silence("first");
  await agent("second");
  await expect.poll(() => tried.worked, patient).toContain(`${run.id}/a/1+`);
  const ended = await tried.until(run.id);
  expect(ended).toMatchObject({
    state: "succeeded",
    steps: [{ attempt: 1, agent: "second", output: "done" }],
  });
  expect(await agentsNow()).toMatchObject({ first: "lost 0" });
  await agent("third");
  const told = async () =>
    (await listEvents(tried.store.pool, { after: 0, limit: 1_000 })).flatMap((event) =>
      event.type === "agent.lost" || event.type === "agent.replaced" ? `${event.type} ${event.agentId}` : [],
    );
  await expect.poll(told, patient).toEqual(["agent.lost first", "agent.replaced first"]);
  const replaced = () => tried.observed.filter(({ type }) => type === "agent.replaced");
  expect(replaced()).toMatchObject([{ agentId: "first", agentType: "scripted", reason: "unresponsive" }]);
});

test("a step with which three agents were lost fails instead of taking a fourth along", async () => {
  await storeSteps(tried.store, "deadly", { a: { attempts: 1, timeoutSeconds: 3_600 } });
  for (const id of ["second", "third"]) await tried.engine.agents.remove(id);
  for (const id of ["k1", "k2", "k3", "k4"]) await agent(id, { type: "scripted" });
  const run = await tried.accept("deadly", { input: { script: { a: { latencyMs: 3_000_000 } } } });
  for (let lost = 0; lost < 3; lost++) {
    await expect.poll(() => tried.worked.length, patient).toBe(lost + 1);
    const held = Object.entries(await agentsNow()).find(([, now]) => now === "busy 1")?.[0] ?? "";
    await tried.engine.agents.remove(held);
  }
  const ended = await tried.until(run.id);
  expect(ended.error).toMatch(/^a: 3 agents were lost with it: k/);
  for (const id of ["k1", "k2", "k3", "k4"]) await tried.engine.agents.remove(id);
});

test("losses are counted over all processes: who takes a run over goes on from those that are stored", async () => {
  await storeSteps(tried.store, "taken-over", { a: { attempts: 1, timeoutSeconds: 3_600 } });
  await agent("m3", { type: "scripted" });
  tried.limit = 0;
  const run = await tried.accept("taken-over", { input: { script: { a: { latencyMs: 3_000_000 } } } });
  const task = `${run.id}/a/1`;
  for (const lost of ["m1", "m2"]) await insertLoss(tried.store.pool, { runId: run.id, task, agent: lost });
  tried.limit = 10;
  await expect.poll(() => tried.worked, patient).toEqual([`${task}++`]);
  await tried.engine.agents.remove("m3");
  expect((await tried.until(run.id)).error).toBe("a: 3 agents were lost with it: m1, m2, m3");
  const stored = await lossesOfRuns(tried.store.pool, [run.id]);
  expect(stored.map((loss) => loss.agent)).toEqual(["m1", "m2", "m3"]);
});

test("NX-4, NX-5: 1,000 queued tasks are done by 500 agents, each within its capacity and type, and all of them have worked", async () => {
  const types = ["architect", "developer", "reviewer", "tester", "security", "data", "operations", "docs"];
  await tried.store.pool.query(
    `INSERT INTO agents (id, type, capabilities, capacity, registered_by, heartbeat_at)
     SELECT 'many-' || n, ($1::text[])[n % 8 + 1], '{}', 1, 'ann', now() + interval '1 hour' FROM generate_series(1, 500) AS n`,
    [types],
  );
  // A task may wait long for its agent.
  const steps = types.map((id) => [id, { agent: id, timeoutSeconds: 86_400 }]);
  await storeSteps(tried.store, "many", Object.fromEntries(steps));
  tried.limit = 125;
  const script = Object.fromEntries(types.map((id) => [id, { latencyMs: 2_000 }]));
  // 125 runs of 8 steps that need nothing of each other: 1,000 tasks.
  const runs: string[] = [];
  for (let i = 0; i < 125; i++) runs.push((await tried.accept("many", { input: { script } })).id);
  const ended = await Promise.all(runs.map((id) => tried.until(id)));
  tried.limit = 10;
  const done = ended.flatMap((run) => run.steps);
  expect(done).toHaveLength(1_000);
  expect(new Set(done.map(({ state }) => state))).toEqual(new Set(["succeeded"]));
  const typeOf = (id = "") => types[Number(id.split("-")[1]) % 8];
  for (const { id, agent: by } of done) expect(typeOf(by)).toBe(id);
  const of = new Map<string | undefined, number[]>();
  for (const { agent: by, startedAt = "" } of done)
    of.set(by, [...(of.get(by) ?? []), Date.parse(startedAt)]);
  expect(of.size).toBe(500);
  // 2 s of the clock: an agent begins its next task no earlier than the one before can have ended.
  for (const starts of of.values())
    for (const [i, start] of starts.sort((a, b) => a - b).entries())
      if (i > 0) expect(start - (starts[i - 1] ?? 0)).toBeGreaterThanOrEqual(2_000 / 50 - 2);
  await expect.poll(async () => new Set(Object.values(await agentsNow())), patient).not.toContain("busy 1");
});
