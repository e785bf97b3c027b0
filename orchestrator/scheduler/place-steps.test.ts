import fc from "fast-check";
import { expect, test } from "vitest";
import { agentTypes as hiveTypes } from "../../catalog/platforms/agenthive/label-values.ts";
import { agents as commandCenterTypes } from "../../catalog/platforms/commandcenter/label-values.ts";
import { agentTypes } from "../../catalog/platforms/nexus/label-values.ts";
import { howMany } from "../../tests/how-many.ts";
import { type Candidate, placeSteps, type ReadyStep } from "./place-steps.ts";

const agent = (id: string, over: Partial<Candidate> = {}): Candidate => ({
  id,
  type: "developer",
  capabilities: [],
  capacity: 1,
  load: 0,
  state: "idle",
  idleSince: 0,
  ...over,
});
const step = (key: string, over: Partial<ReadyStep> = {}): ReadyStep => ({
  key,
  agentType: "developer",
  capabilities: [],
  ...over,
});

test.each([
  ["the eight types of Nexus", agentTypes],
  ["the types of Agent Hive", hiveTypes],
  ["the agents of CommandCenter", commandCenterTypes],
])("NX-5: each step goes to an agent of its type: %s", (_, types) => {
  const agents = types.map((type) => agent(`agent-${type}`, { type }));
  const steps = types.map((agentType) => step(`key-${agentType}`, { agentType }));
  expect(placeSteps(steps, agents).placed).toEqual(
    types.map((type) => ({ key: `key-${type}`, agent: `agent-${type}` })),
  );
});

test("NX-5: an agent must have all the capabilities that the step asks for", () => {
  const agents = [agent("plain"), agent("half", { capabilities: ["rust"] })];
  const rust = step("rust", { capabilities: ["rust"] });
  const both = step("both", { capabilities: ["rust", "sql"] });
  expect(placeSteps([both, rust], agents)).toEqual({
    placed: [{ key: "rust", agent: "half" }],
    waiting: [],
    unmatched: ["both"],
  });
});

test("NX-5: the least loaded gets the step, then the one that has been idle longest", () => {
  const agents = [
    agent("half-full", { capacity: 4, load: 2 }),
    agent("a-quarter", { capacity: 4, load: 1, idleSince: 9 }),
    agent("full", { load: 1 }),
  ];
  expect(placeSteps([step("one"), step("two")], agents).placed).toEqual([
    { key: "one", agent: "a-quarter" },
    { key: "two", agent: "half-full" },
  ]);
  const idle = [agent("just-now", { idleSince: 2 }), agent("long-ago", { idleSince: 1 })];
  expect(placeSteps([step("one")], idle).placed).toEqual([{ key: "one", agent: "long-ago" }]);
});

test("a step waits for an agent that has no room now, and is unmatched when none could ever do it", () => {
  const agents = [
    agent("busy", { state: "busy", load: 1 }),
    agent("lost", { type: "tester", state: "lost" }),
    agent("leaving", { type: "tester", state: "draining" }),
  ];
  expect(placeSteps([step("one"), step("two", { agentType: "tester" })], agents)).toEqual({
    placed: [],
    waiting: ["one"],
    unmatched: ["two"],
  });
});

test("a step is not given to an agent that it excludes", () => {
  const agents = [agent("first"), agent("second")];
  const placed = placeSteps([step("one", { exclude: ["first"] })], agents);
  expect(placed).toEqual({ placed: [{ key: "one", agent: "second" }], waiting: [], unmatched: [] });
});

const capabilities = fc.uniqueArray(fc.constantFrom("rust", "sql", "web"), { maxLength: 3 });
const types = fc.constantFrom("developer", "tester");
const someAgents = fc.array(
  fc.record({
    type: types,
    capabilities,
    capacity: fc.integer({ min: 1, max: 4 }),
    load: fc.nat({ max: 4 }),
    state: fc.constantFrom("idle" as const, "busy" as const, "draining" as const, "lost" as const),
    idleSince: fc.nat({ max: 5 }),
  }),
  { maxLength: 12 },
);
const someSteps = fc.array(fc.record({ agentType: types, capabilities }), { maxLength: 20 });

test("whatever the agents and steps, each step gets one answer, no agent too much or what it cannot do, and none waits beside a fitting idle one", () => {
  const holds = fc.property(someAgents, someSteps, (agentFields, stepFields) => {
    const agents = agentFields.map((fields, i) => agent(`agent-${i}`, fields));
    const steps = stepFields.map((fields, i) => step(`step-${i}`, fields));
    const { placed, waiting, unmatched } = placeSteps(steps, agents);
    const keys = [...placed.map(({ key }) => key), ...waiting, ...unmatched];
    expect(keys.sort()).toEqual(steps.map(({ key }) => key).sort());
    const room = (one: Candidate) =>
      one.state === "lost" || one.state === "draining" ? 0 : Math.max(0, one.capacity - one.load);
    const given = (one: Candidate) => placed.filter((placement) => placement.agent === one.id).length;
    for (const one of agents) expect(given(one)).toBeLessThanOrEqual(room(one));
    const fits = (one: Candidate, { agentType, capabilities }: ReadyStep) =>
      one.type === agentType && capabilities.every((needed) => one.capabilities.includes(needed));
    for (const wanted of steps) {
      const chosen = placed.find(({ key }) => key === wanted.key)?.agent;
      const fitting = agents.filter((one) => fits(one, wanted));
      if (chosen) expect(fitting.map(({ id }) => id)).toContain(chosen);
      else for (const one of fitting) expect(given(one)).toBe(room(one));
    }
  });
  fc.assert(holds, { numRuns: howMany(300, 10_000) });
});

test("load is shared fairly: among equal agents loads differ by one at most, and one after the other each has its turn", () => {
  const counts = fc.property(
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 0, max: 40 }),
    (many, work) => {
      const agents = Array.from({ length: many }, (_, i) => agent(`agent-${i}`, { capacity: 10 }));
      const steps = Array.from({ length: Math.min(work, many * 10) }, (_, i) => step(`step-${i}`));
      const { placed } = placeSteps(steps, agents);
      const loads = agents.map(({ id }) => placed.filter((placement) => placement.agent === id).length);
      expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);

      const turns = steps.map((one, now) => {
        const chosen = placeSteps([one], agents).placed[0]?.agent;
        for (const each of agents) if (each.id === chosen) each.idleSince = now + 1;
        return chosen;
      });
      for (let i = 0; i + many <= turns.length; i++)
        expect(new Set(turns.slice(i, i + many)).size).toBe(many);
    },
  );
  fc.assert(counts, { numRuns: howMany(100, 1_000) });
});

test("NX-4: 1,000 steps find their places among 500 agents within 100 ms of processor time", () => {
  const agents = Array.from({ length: 500 }, (_, i) =>
    agent(`agent-${i}`, { type: agentTypes[i % 8] as string, capacity: 3, capabilities: ["rust", "sql"] }),
  );
  const steps = Array.from({ length: 1_000 }, (_, i) =>
    step(`step-${i}`, { agentType: agentTypes[i % 8] as string, capabilities: ["sql"] }),
  );
  for (let i = 0; i < 5; i++) expect(placeSteps(steps, agents).placed).toHaveLength(1_000);
  const before = process.cpuUsage();
  for (let i = 0; i < 5; i++) placeSteps(steps, agents);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6 / 5).toBeLessThan(0.1);
});
