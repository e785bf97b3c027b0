import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { ownPlatform } from "../../tests/project-model.ts";
import { scaledClock } from "../clock.ts";
import type { DomainEvent } from "../domain/event.ts";
import { type AgentCommand, AgentProcess } from "./agent-process.ts";
import { spawnTimesOf } from "./platform-limits.ts";
import { Spawner, SpawnFailed } from "./spawner.ts";

const times = spawnTimesOf(await ownPlatform("agenthive"));
const folder = await mkdtemp(join(tmpdir(), "agents-"));
const spawners: Spawner[] = [];
afterEach(() => Promise.all(spawners.splice(0).map((one) => one.terminateAll())));
afterAll(() => rm(folder, { recursive: true, force: true }));

// A sign of life on descriptor 3 as soon as it runs, then one a second; what it does beside is the script.
const alive = `const fs = require("node:fs"); const sign = () => fs.writeSync(3, "."); sign();`;
const agent = (script: string): AgentCommand => ({
  type: "coder",
  command: process.execPath,
  args: ["-e", script],
  folder,
  env: {},
});

function spawnerAt(factor: number) {
  const events: DomainEvent[] = [];
  const clock = scaledClock(factor);
  const spawner = new Spawner({ times, clock, record: (event) => void events.push(event) });
  spawners.push(spawner);
  const of = (type: DomainEvent["type"]) => events.filter((event) => event.type === type);
  return { spawner, clock, events, of };
}

const isThere = async (pid: number) => {
  // What waits to be collected is a zombie, and counts as there.
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  return stat !== undefined;
};

test("AH-7: three attempts, 2 and 4 seconds apart, of 30 seconds each, and 10 seconds to end", () => {
  expect(times).toEqual({
    attempts: 3,
    waitSeconds: [2, 4],
    spawnSeconds: 30,
    terminateSeconds: 10,
    silenceSeconds: 5,
  });
});

test("an agent that gives a sign of life is started at the first attempt, and ends when it is asked to", async () => {
  const { spawner, events } = spawnerAt(1);
  const one = await spawner.spawn(agent(`${alive} setInterval(sign, 1000)`));
  expect(await isThere(one.pid ?? 0)).toBe(true);
  await spawner.terminate(one);
  expect(await isThere(one.pid ?? 0)).toBe(false);
  expect(spawner.agents).toEqual([]);
  expect(events).toMatchObject([
    { type: "agent.spawn-attempted", attempt: 1, outcome: "success" },
    { type: "agent.spawned", outcome: "success", attempts: 1 },
    { type: "agent.terminated", outcome: "graceful" },
  ]);
});

test("AH-7: an agent that crashes three times at its start is tried after 2 and 4 seconds and then given up, with its last words", async () => {
  const { spawner, clock, of } = spawnerAt(20);
  const began = clock.now();
  const failed = spawner.spawn(agent(`console.error("no licence"); process.exit(3)`));
  await expect(failed).rejects.toThrow(SpawnFailed);
  await expect(failed).rejects.toThrow(/3 attempts: ended with 3: no licence/);
  expect(clock.now() - began).toBeGreaterThanOrEqual(6000);
  expect(of("agent.spawn-attempted")).toMatchObject(
    [1, 2, 3].map((attempt) => ({ attempt, outcome: "error" })),
  );
  expect(of("agent.spawned")).toMatchObject([{ outcome: "failure", attempts: 3 }]);
});

test("AH-7: the third attempt may succeed", async () => {
  const marks = join(folder, "marks");
  await writeFile(marks, "");
  const third = `const fs = require("node:fs"); fs.appendFileSync(${JSON.stringify(marks)}, "x");
    if (fs.readFileSync(${JSON.stringify(marks)}).length < 3) process.exit(1);
    fs.writeSync(3, "."); setInterval(() => {}, 1000)`;
  const { spawner, of } = spawnerAt(20);
  await spawner.spawn(agent(third));
  expect(of("agent.spawned")).toMatchObject([{ outcome: "success", attempts: 3 }]);
});

test("AH-7: without a sign of life within 30 seconds an attempt has failed, and its process is gone", async () => {
  const { spawner, of } = spawnerAt(60);
  await expect(spawner.spawn(agent("setInterval(() => {}, 1000)"))).rejects.toThrow(
    /no sign of life within 30 s/,
  );
  expect(of("agent.spawn-attempted")).toMatchObject([
    { outcome: "timeout" },
    { outcome: "timeout" },
    { outcome: "timeout" },
  ]);
  expect(spawner.agents).toEqual([]);
});

test("a program that is not there is an error, not a crash of ours", async () => {
  const { spawner } = spawnerAt(1000);
  const missing = { ...agent(""), command: join(folder, "nothing") };
  await expect(spawner.spawn(missing)).rejects.toThrow(/ENOENT/);
});

test("AH-7: an agent that does not listen is killed after 10 seconds, with what it started", async () => {
  const { spawner, clock, of } = spawnerAt(5);
  const family = join(folder, "family");
  const deaf = `process.on("SIGTERM", () => {});
    const child = require("node:child_process").spawn(process.execPath, ["-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"]);
    require("node:fs").writeFileSync(${JSON.stringify(family)}, String(child.pid));
    ${alive} setInterval(sign, 100)`;
  const one = await spawner.spawn(agent(deaf));
  const child = Number(await readFile(family, "utf8"));
  expect(await isThere(child)).toBe(true);
  const began = clock.now();
  await spawner.terminate(one);
  expect(clock.now() - began).toBeGreaterThanOrEqual(10_000);
  expect(await isThere(one.pid ?? 0)).toBe(false);
  await gone(child);
  expect(of("agent.terminated")).toMatchObject([{ outcome: "killed" }]);
});

test("what a well-behaved agent left behind ends with it", async () => {
  const { spawner } = spawnerAt(1);
  const family = join(folder, "left");
  const careless = `const child = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    require("node:fs").writeFileSync(${JSON.stringify(family)}, String(child.pid));
    process.on("SIGTERM", () => process.exit(0)); ${alive} setInterval(sign, 1000)`;
  const one = await spawner.spawn(agent(careless));
  const child = Number(await readFile(family, "utf8"));
  await spawner.terminate(one);
  await gone(child);
});

test("AH-9: a crashed agent is replaced before its silence would be noticed after 5 seconds, a silent one is ended and replaced", async () => {
  const { spawner, of } = spawnerAt(1);
  const quick = new Spawner({
    times: { ...times, silenceSeconds: 0.5 },
    clock: scaledClock(1),
    record: (event) => void seen.push(event),
  });
  const seen: DomainEvent[] = [];
  spawners.push(quick);
  const stop = new AbortController();
  const started: AgentProcess[] = [];
  const kept = spawner.keep(agent(`${alive} setInterval(sign, 200)`), {
    signal: stop.signal,
    onStarted: (one) => {
      started.push(one);
      if (started.length === 1) process.kill(one.pid ?? 0, "SIGKILL");
      else stop.abort();
    },
  });
  await kept;
  expect(of("agent.lost")).toMatchObject([{ reason: "crashed" }]);
  expect(of("agent.replaced")).toMatchObject([{ reason: "crashed", seconds: expect.any(Number) }]);
  expect(of("agent.removed")).toHaveLength(1);

  const stopQuick = new AbortController();
  let count = 0;
  await quick.keep(agent(`${alive} setInterval(() => {}, 1000)`), {
    signal: stopQuick.signal,
    onStarted: () => void (++count === 2 && stopQuick.abort()),
  });
  expect(seen.map(({ type }) => type)).toContain("agent.lost");
  expect(seen.filter(({ type }) => type === "agent.lost")).toMatchObject([{ reason: "unresponsive" }]);
});

test("an agent that has done its work is not started anew", async () => {
  const { spawner, of } = spawnerAt(1);
  await spawner.keep(agent(`${alive} setTimeout(() => {}, 50)`), { signal: new AbortController().signal });
  expect(of("agent.replaced")).toEqual([]);
  expect(of("agent.removed")).toHaveLength(1);
});

test("CC-11: an agent sees no variable that it was not given", async () => {
  process.env.CANARY_SECRET = "canary";
  const spawner = new AgentProcess(
    { ...agent(`console.log(JSON.stringify(process.env))`), env: { GIVEN: "yes" } },
    scaledClock(1),
  );
  let text = "";
  for await (const part of spawner.output) text += part;
  delete process.env.CANARY_SECRET;
  expect(Object.keys(JSON.parse(text)).sort()).toEqual(["GIVEN", "PATH"]);
});

test("thirty agents started and ended leave no zombie", async () => {
  const { spawner } = spawnerAt(1);
  const pids: number[] = [];
  for (let round = 0; round < 3; round++) {
    const some = await Promise.all(
      Array.from({ length: 10 }, () =>
        spawner.spawn({ ...agent(""), command: "sh", args: ["-c", "echo . >&3; exec sleep 60"] }),
      ),
    );
    pids.push(...some.map((one) => one.pid ?? 0));
    await spawner.terminateAll();
  }
  expect(pids).toHaveLength(30);
  for (const pid of pids) expect(await isThere(pid)).toBe(false);
});

async function gone(pid: number): Promise<void> {
  for (let i = 0; i < 100; i++) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
    // An orphan is collected by the first process of the machine, in its own time.
    if (stat === undefined || / Z /.test(stat)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`process ${pid} is still there`);
}
