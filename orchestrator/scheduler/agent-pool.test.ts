import fc from "fast-check";
import { expect, test } from "vitest";
import { howMany } from "../../tests/how-many.ts";
import { type AgentPool, agentPool, type Place, type Wanted } from "./agent-pool.ts";
import type { Candidate } from "./place-steps.ts";

type Kept = Omit<Candidate, "idleSince">;
const step = (key: string, over: Partial<Wanted> = {}): Wanted => ({
  key,
  agentType: "coder",
  capabilities: [],
  ...over,
});
const ever = new AbortController().signal;

/** Agents in memory, shared by as many pools as want; each answer comes a moment later. */
function registered(agents: Kept[]) {
  const soon = () => new Promise((resolve) => setImmediate(resolve));
  const held = new Map<string, Kept>();
  const find = (id: string) => agents.find((agent) => agent.id === id);
  const registry = {
    agents: async () => soon().then(() => structuredClone(agents)),
    occupy: async (wanted: readonly { key: string; agent: string }[]) => {
      await soon();
      const taken = new Set<string>();
      for (const { key, agent: id } of wanted) {
        const agent = find(id);
        if (!agent || agent.load >= agent.capacity) continue;
        agent.load += 1;
        held.set(key, agent);
        taken.add(key);
      }
      return taken;
    },
    release: async (key: string) => {
      await soon();
      const agent = held.get(key);
      if (agent) agent.load -= 1;
    },
  };
  const errors: Error[] = [];
  let time = 0;
  const pool = () => agentPool(registry, { now: () => ++time, onError: (error) => void errors.push(error) });
  return { registry, pool, errors, agents };
}
const agent = (id: string, over: Partial<Kept> = {}): Kept => ({
  id,
  type: "coder",
  capabilities: [],
  capacity: 1,
  load: 0,
  state: "idle",
  ...over,
});

test("NX-5: a step gets an agent that fits, and the next one waits until it is free", async () => {
  const pool = registered([agent("a")]).pool();
  const first = await pool.place(step("one"), ever);
  expect(first.agent).toBe("a");
  const second = pool.place(step("two"), ever);
  await expect.poll(() => pool.waiting()).toEqual([{ key: "two", unmatched: false }]);
  first.release();
  expect((await second).agent).toBe("a");
});

test("NX-5: steps take turns among idle agents", async () => {
  const pool = registered([agent("a"), agent("b"), agent("c")]).pool();
  const turns: string[] = [];
  for (let i = 0; i < 6; i++) {
    const { agent, release } = await pool.place(step(`${i}`), ever);
    turns.push(agent);
    release();
  }
  expect(turns).toEqual(["a", "b", "c", "a", "b", "c"]);
});

test("a step that no agent could do is known as such, and is placed when one registers", async () => {
  const { pool: create, agents } = registered([agent("a")]);
  const pool = create();
  const placed = pool.place(step("one", { agentType: "tester" }), ever);
  await expect.poll(() => pool.waiting()).toEqual([{ key: "one", unmatched: true }]);
  agents.push(agent("b", { type: "tester" }));
  pool.wake();
  expect((await placed).agent).toBe("b");
});

test("WV-3: steps that are to be done apart get an agent each, also one after the other, and wait where there are too few", async () => {
  const pool = registered([agent("a", { capacity: 9 }), agent("b", { capacity: 9 })]).pool();
  const apart = new Set<string>();
  const [one, two] = await Promise.all(["one", "two"].map((key) => pool.place(step(key, { apart }), ever)));
  expect([one?.agent, two?.agent].sort()).toEqual(["a", "b"]);
  one?.release();
  const third = pool.place(step("three", { apart }), AbortSignal.timeout(50));
  await expect(third).rejects.toThrow("timeout");
  expect((await pool.place(step("another"), ever)).agent).toBe(one?.agent);
});

test("a step that is stopped no longer waits, and keeps no agent that it was about to get", async () => {
  const { pool: create, agents } = registered([agent("a")]);
  const pool = create();
  await expect(pool.place(step("one"), AbortSignal.abort("cancelled"))).rejects.toBe("cancelled");
  const stopped = new AbortController();
  const placed = pool.place(step("two"), stopped.signal);
  stopped.abort("cancelled");
  await expect(placed).rejects.toBe("cancelled");
  expect((await pool.place(step("three"), ever)).agent).toBe("a");
  expect(agents[0]?.load).toBe(1);
});

test("a place is given back once, however often it is released", async () => {
  const { pool: create, agents } = registered([agent("a", { capacity: 2 })]);
  const [pool, other] = [create(), create()];
  const kept = await other.place(step("kept"), ever);
  const place = await pool.place(step("one"), ever);
  place.release();
  place.release();
  await expect.poll(() => agents[0]?.load).toBe(1);
  kept.release();
});

test("a place that another process took first is looked for again at once", async () => {
  const { registry, pool: create } = registered([agent("a"), agent("b")]);
  const { occupy } = registry;
  const asked: string[] = [];
  registry.occupy = async (wanted) =>
    asked.push(...wanted.map(({ agent }) => agent)) > 1 ? occupy(wanted) : new Set();
  const place = await create().place(step("one"), ever);
  expect(asked).toEqual(["a", place.agent]);
});

test("a registry that cannot be read is told, and steps wait until it can", async () => {
  const { registry, pool: create, errors } = registered([agent("a")]);
  const { agents } = registry;
  registry.agents = () => Promise.reject(new Error("the database is away"));
  const pool = create();
  const placed = pool.place(step("one"), ever);
  await expect.poll(() => errors.map(({ message }) => message)).toEqual(["the database is away"]);
  registry.agents = agents;
  pool.wake();
  expect((await placed).agent).toBe("a");
});

test("whatever steps several processes place: no agent ever has more than it can do, and every step gets its turn", async () => {
  const works = fc.array(
    fc.record({ pool: fc.nat({ max: 2 }), turns: fc.nat({ max: 3 }), stop: fc.boolean() }),
    {
      maxLength: 30,
    },
  );
  const capacities = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 });
  const holds = fc.asyncProperty(works, capacities, async (all, sizes) => {
    const {
      pool: create,
      agents,
      errors,
    } = registered(sizes.map((capacity, i) => agent(`agent-${i}`, { capacity })));
    const pools = [create(), create(), create()];
    // As main does by the clock.
    const waking = setInterval(() => pools.forEach((pool) => void pool.wake()), 1);
    const done = await Promise.all(
      all.map(async ({ pool, turns, stop }, i) => {
        const stopping = new AbortController();
        const placing = (pools[pool] as AgentPool).place(step(`${i}`), stopping.signal);
        if (stop) setImmediate(() => stopping.abort("stopped"));
        const place = await placing.catch((): Place | undefined => undefined);
        for (const { load, capacity } of agents) expect(load).toBeLessThanOrEqual(capacity);
        for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
        place?.release();
        return place !== undefined || stop;
      }),
    );
    clearInterval(waking);
    expect(done.every(Boolean)).toBe(true);
    await expect.poll(() => agents.map(({ load }) => load)).toEqual(agents.map(() => 0));
    expect(errors).toEqual([]);
  });
  await fc.assert(holds, { numRuns: howMany(60, 1_000) });
});
