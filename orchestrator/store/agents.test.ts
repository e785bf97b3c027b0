import { afterAll, beforeAll, expect, test } from "vitest";
import { type AgentRegistration, AgentTaken } from "../domain/agent.ts";
import {
  findAgent,
  loseAgents,
  missingAgents,
  recordHeartbeats,
  registerAgent,
  removeAgent,
  removeResidents,
  silentAgents,
} from "./agents.ts";
import type { Store } from "./database.ts";
import { occupyPlaces, placeableAgents, releasePlaces, releasePlacesOf } from "./placements.ts";
import { temporaryStore } from "./temporary-store.ts";

let store: Store;
beforeAll(async () => {
  store = await temporaryStore();
});
afterAll(() => store.close());

const register = (id: string, more: { executor?: string; type?: string; capacity?: number } = {}) => {
  const { executor, type = "planner", capacity = 2 } = more;
  const registration = { id, type, capabilities: ["plan"], capacity };
  return registerAs(executor ?? "ann", registration, executor);
};
const registerAs = (by: string, registration: AgentRegistration, executor?: string) =>
  store.transaction((db) => registerAgent(db, { registration, by, ...(executor && { executor }) }));
const occupy = (agent: string, keys: string[], executor = "one") =>
  occupyPlaces(store.pool, { wanted: keys.map((key) => ({ key, agent })), executor });
const load = async (id: string) => {
  const agent = await findAgent(store.pool, id);
  return `${agent?.load} ${agent?.state}`;
};

test("NX-5: an agent takes no more than its capacity, however many ask at once, and what a lost process held is given back", async () => {
  await register("agent-1");
  const together = await occupy("agent-1", ["a", "b", "c"]);
  expect([...together].sort()).toEqual(["a", "b"]);
  expect(await load("agent-1")).toBe("2 busy");
  await releasePlaces(store.pool, { keys: ["a"], executor: "one" });
  await releasePlaces(store.pool, { keys: ["a"], executor: "one" });
  expect(await load("agent-1")).toBe("1 busy");
  const apart = await Promise.all(["d", "e", "f"].map((key) => occupy("agent-1", [key], "two")));
  expect(apart.filter(({ size }) => size > 0)).toHaveLength(1);
  await releasePlacesOf(store.pool, "two");
  expect(await load("agent-1")).toBe("1 busy");
  await releasePlacesOf(store.pool, "one");
  expect(await load("agent-1")).toBe("0 idle");
});

test("NX-5: an agent is lost without heartbeats, to one caller only, and gets nothing until it shows a sign of life", async () => {
  await register("agent-2", { type: "coder" });
  await register("agent-3", { type: "coder" });
  await store.pool.query("UPDATE agents SET heartbeat_at = now() - interval '1 minute' WHERE id = 'agent-2'");
  expect((await silentAgents(store.pool, 30)).agents.map(({ id }) => id)).toEqual(["agent-2"]);
  const lose = () => loseAgents(store.pool, { ids: ["agent-2", "agent-3"], seconds: 30 });
  expect((await lose()).map(({ id }) => id)).toEqual(["agent-2"]);
  expect(await lose()).toEqual([]);
  expect((await occupy("agent-2", ["g"])).size).toBe(0);
  const missing = await missingAgents(store.pool, ["agent-2", "agent-3", "nobody"]);
  expect(missing.sort()).toEqual(["agent-2", "nobody"]);
  const beats = ["agent-2", "nobody"].map((id) => ({ id, by: "ann" }));
  expect(await recordHeartbeats(store.pool, { beats })).toEqual([{ id: "agent-2", by: "ann" }]);
  expect(await load("agent-2")).toBe("0 idle");
});

test("AH-9: who registers with the type of a lost agent takes its place, once; itself come back counts as well", async () => {
  for (const id of ["old-1", "old-2"]) await register(id, { type: "tester" });
  await store.pool.query(
    "UPDATE agents SET heartbeat_at = now() - interval '1 minute' WHERE type = 'tester'",
  );
  await loseAgents(store.pool, { ids: ["old-1", "old-2"], seconds: 30 });
  expect((await register("stranger", { type: "researcher" })).replaces).toBeUndefined();
  expect((await register("old-2", { type: "tester" })).replaces).toMatchObject({ agentId: "old-2" });
  const { replaces } = await register("new-1", { type: "tester" });
  expect(replaces).toMatchObject({ agentId: "old-1", agentType: "tester", seconds: expect.any(Number) });
  expect((await register("new-2", { type: "tester" })).replaces).toBeUndefined();
});

test("residents get steps of their own process only, and go with it", async () => {
  await register("resident", { type: "integrator", executor: "one" });
  const of = async (executor: string) =>
    (await placeableAgents(store.pool, { types: ["integrator"], executor })).map(({ id }) => id);
  expect(await of("one")).toEqual(["resident"]);
  expect(await of("two")).toEqual([]);
  expect((await removeResidents(store.pool, "one")).map(({ id }) => id)).toEqual(["resident"]);
  expect(await of("one")).toEqual([]);
});

test("NX-5: an agent is its registrant's: nobody else takes its id over, keeps it alive, or makes a resident their own", async () => {
  await register("mine", { type: "owned" });
  await register("home", { type: "owned", executor: "one" });
  const stored = () => store.pool.query("SELECT * FROM agents WHERE type = 'owned' ORDER BY id");
  await store.pool.query("UPDATE agents SET heartbeat_at = now() - interval '1 minute' WHERE type = 'owned'");
  const before = await stored();
  const other = { type: "planner", capabilities: [], capacity: 9 };
  await register("gone", { type: "planner" });
  await store.pool.query("UPDATE agents SET heartbeat_at = now() - interval '1 minute' WHERE id = 'gone'");
  await loseAgents(store.pool, { ids: ["gone"], seconds: 30 });
  for (const [by, id] of Object.entries({ eve: "mine", mallory: "home", one: "home" }))
    await expect(registerAs(by, { id, ...other })).rejects.toThrow(AgentTaken);
  await expect(registerAs("two", { id: "home", ...other }, "two")).rejects.toThrow(AgentTaken);
  const beats = [
    { id: "mine", by: "eve" },
    { id: "home", by: "one" },
  ];
  expect(await recordHeartbeats(store.pool, { beats })).toEqual([]);
  expect(await recordHeartbeats(store.pool, { beats, executor: "two" })).toEqual([]);
  await expect(removeAgent(store.pool, "home")).rejects.toThrow(AgentTaken);
  expect((await stored()).rows).toEqual(before.rows);
  // What was refused has replaced nobody.
  expect((await register("new", { type: "planner" })).replaces).toMatchObject({ agentId: "gone" });
  expect(await removeAgent(store.pool, "mine")).toMatchObject({ id: "mine" });
});
