import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { allProcesses } from "../resilience/process-tree.ts";
import { type ServingProcess, servingProcess } from "../service-of-test.ts";

const wait = { timeout: 60_000, interval: 100 };
let it: ServingProcess;
beforeAll(async () => {
  it = await servingProcess("agenthive", { ORCHESTRATOR_DRILLS: "on" });
});
afterAll(() => it.close());

interface Shown {
  state: string;
  ageSeconds: number;
  ended?: string;
  agents: { type: string; state: string; pid?: number }[];
}
const read = async (name: string) => (await it.ask("GET", `/api/sessions/${name}`)).body as unknown as Shown;

/** Starts a session and gives the ids of its agents' processes, once they work. */
async function started(name: string, ...scripts: object[]): Promise<number[]> {
  const agents = scripts.map((script) => ({ type: "coder", script }));
  const answer = await it.ask("POST", "/api/sessions", { body: { name, agents } });
  expect(answer.status).toBe(201);
  await expect
    .poll(async () => (await read(name)).agents.map(({ state }) => state), wait)
    .toEqual(agents.map(() => "working"));
  return (await read(name)).agents.map(({ pid = 0 }) => pid);
}

async function stateOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[0] ?? "";
}

// What its parent has left is collected by the first process of the machine, in its own time.
async function noneLeft(pids: readonly number[]): Promise<void> {
  expect(pids).not.toEqual([]);
  expect(await Promise.all(pids.map(stateOf))).toEqual(pids.map(() => expect.stringMatching(/^Z?$/)));
}

/** Ids of all processes that agents of this service's folder run, wherever they went. */
async function ofAgents(): Promise<number[]> {
  const marks = (await readdir(join(it.folder, "sessions/agents"))).map((name) => name.replace(".json", ""));
  const found: number[] = [];
  for (const { pid } of await allProcesses()) {
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    if (marks.some((mark) => environment.includes(mark))) found.push(pid);
  }
  return found;
}

test("AH-1: a session's agents are processes, it runs once under its name, and ends when it is asked to, with all that they started", async () => {
  const [pid = 0] = await started("usual", {}, { behaviour: { does: "fork", processes: 3, leave: true } });
  expect((await it.ask("POST", "/api/sessions", { body: { name: "usual" } })).status).toBe(200);
  expect(await stateOf(pid)).toMatch(/^[RS]$/);
  await expect.poll(ofAgents, wait).toHaveLength(5);
  const theirs = await ofAgents();
  expect((await it.ask("DELETE", "/api/sessions/usual")).status).toBe(202);
  await expect.poll(() => read("usual"), wait).toMatchObject({ state: "ended", ended: "asked", agents: [] });
  await noneLeft(theirs);
  expect((await it.ask("DELETE", "/api/sessions/usual")).status).toBe(404);
  expect(await readdir(join(it.folder, "sessions"))).toEqual(["agents"]);
});

test("AH-7, AH-9: an agent that crashes, and one that hangs, are replaced", async () => {
  await started("faulty", { behaviour: { does: "crash", afterMs: 3_000 } });
  await expect
    .poll(async () => (await it.events("agent.replaced")).map(({ reason }) => reason), wait)
    .toContain("crashed");
  await it.ask("DELETE", "/api/sessions/faulty");
  await started("silent", { behaviour: { does: "hang", afterMs: 2_000 } });
  await expect
    .poll(async () => (await it.events("agent.replaced")).map(({ reason }) => reason), wait)
    .toContain("unresponsive");
  await it.ask("DELETE", "/api/sessions/silent");
  await expect.poll(async () => (await read("silent")).state, wait).toBe("ended");
  await expect.poll(async () => (await read("faulty")).state, wait).toBe("ended");
});

test("AH-4: from 16 hours on a session is conservative: it takes no task, and its steps wait for a reviewer; others go on", async () => {
  await started("old", {});
  const steps = [
    { id: "first", agent: "coder" },
    { id: "second", agent: "coder", needs: ["first"] },
  ];
  await it.ask("POST", "/v1/workflows", { body: { name: "two-steps", steps } });
  const letGo = await it.holdWork();
  const run = await it.ask("POST", "/v1/runs", {
    body: { workflow: "two-steps", labels: { session: "old" } },
  });
  expect(run.status).toBe(202);
  const { id } = run.body;
  const drill = { fault: "age", session: "old", ageSeconds: 57_600 };
  expect((await it.ask("POST", "/api/drills", { body: drill })).status).toBe(202);
  await expect
    .poll(() => it.events("mode.changed"), wait)
    .toMatchObject([{ ladder: "session", subject: "shop/old", to: "conservative", because: "session-age" }]);
  const task = (session: string) => it.ask("POST", "/api/tasks", { body: { title: "More", session } });
  expect((await task("old")).status).toBe(503);
  expect((await task("young")).status).toBe(202);
  const fresh = { mode: "fresh", because: "it feels well", session: "old" };
  expect((await it.ask("PUT", "/v1/mode", { body: fresh })).status).toBe(409);
  await letGo();
  await expect
    .poll(async () => (await it.ask("GET", `/v1/runs/${id}`)).body.state, wait)
    .toBe("waiting-for-approval");
  const [approval] = await it.events("approval.requested");
  const decision = `/v1/approvals/${approval?.approvalId}/decision`;
  await it.ask("POST", decision, { body: { decision: "approved" }, roles: ["approver"] });
  await expect.poll(async () => (await it.ask("GET", `/v1/runs/${id}`)).body.state, wait).toBe("succeeded");
});

test("AH-1: a session ends when it is a day old", async () => {
  await it.ask("POST", "/api/drills", { body: { fault: "age", session: "old", ageSeconds: 86_400 } });
  await expect.poll(() => read("old"), wait).toMatchObject({ state: "ended", ended: "length" });
});

test("AH-2: of a session with more processes than it may have, the guardian stops some, then its agent", async () => {
  await started("forking", { behaviour: { does: "fork", processes: 200 } });
  await expect
    .poll(async () => (await it.ask("GET", "/api/resources")).body.items, wait)
    .toContainEqual({ session: "forking", resource: "processes", used: 201, limit: 64, unit: "count" });
  await expect
    .poll(async () => (await it.events("guardian.acted")).map(({ action }) => action), wait)
    .toEqual(["clean-up", "stop-process", "stop-agent"]);
  await expect.poll(() => read("forking"), wait).toMatchObject({ state: "ended", ended: "resources" });
  // AH-6: what passed its limit has brought the hive to level three, which a person leaves.
  expect((await it.ask("POST", "/api/sessions", { body: { name: "next" } })).status).toBe(503);
  const over = { mode: "level-zero", because: "the session has ended" };
  await expect.poll(async () => (await it.ask("PUT", "/v1/mode", { body: over })).status, wait).toBe(200);
});

test("AH-1: killed outright, the service leaves nothing that its successor does not end, and the sessions are told to have ended", async () => {
  await started("left", { stubborn: true }, { behaviour: { does: "fork", processes: 4, leave: true } });
  await expect.poll(ofAgents, wait).toHaveLength(6);
  const theirs = await ofAgents();
  it.process.kill("SIGKILL");
  await it.process.exited;
  // Those who heed their standard input have ended; the others are there.
  expect((await Promise.all(theirs.map(stateOf))).filter((state) => state !== "").length).toBeGreaterThan(4);
  await it.again();
  await noneLeft(theirs);
  expect(await readdir(join(it.folder, "sessions/agents"))).toEqual([]);
  await expect.poll(() => read("left"), wait).toMatchObject({ state: "ended", ended: "lost", agents: [] });
  await expect
    .poll(async () => (await it.events("session.ended")).at(-1), wait)
    .toMatchObject({ subject: "shop/left", reason: "lost" });
});

test("AH-9: asked to stop, the service ends every session and its processes first", async () => {
  await started("last", { stubborn: true });
  const theirs = await ofAgents();
  it.process.kill("SIGTERM");
  await it.process.exited;
  await noneLeft(theirs);
  expect((await it.events("session.ended")).at(-1)).toMatchObject({ reason: "stopping" });
  await it.again();
});
