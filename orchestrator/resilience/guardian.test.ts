import { execFileSync, spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { availableParallelism, getPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { handClock } from "../../tests/hand-clock.ts";
import { ownPlatform } from "../../tests/project-model.ts";
import { wallClock } from "../clock.ts";
import type { DomainEvent } from "../domain/event.ts";
import { AgentProcess } from "./agent-process.ts";
import { Guardian, type GuardianEffects } from "./guardian.ts";
import { guardedLimitsOf } from "./platform-limits.ts";
import { processTree } from "./process-tree.ts";
import { spaceOf, type Usage, UsageMeter } from "./resource-usage.ts";
import { effectsOn } from "./session-effects.ts";

const limits = guardedLimitsOf(await ownPlatform("agenthive"));
const GiB = 2 ** 30;
const none: Usage = { memory: 0, cpu: 0, disk: 0, processes: 0 };
const folder = await mkdtemp(join(tmpdir(), "guarded-"));
const ended: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of ended) await end();
  await rm(folder, { recursive: true, force: true });
});

function guarded() {
  const clock = handClock();
  const done: string[] = [];
  const events: DomainEvent[] = [];
  const effects: GuardianEffects = {
    slowDown: async () => void done.push("slow-down"),
    speedUp: async () => void done.push("speed-up"),
    cleanUp: async () => done.push("clean-up"),
    stopProcess: async (resource) => void done.push(`stop-process ${resource}`),
    stopAgent: async () => void done.push("stop-agent"),
  };
  const record = (event: DomainEvent) => void events.push(event);
  const guardian = new Guardian({ limits, effects, clock, record, subject: "s-1" });
  const outcomes = () =>
    events.map((event) =>
      "outcome" in event && "action" in event ? `${event.action} ${event.outcome}` : "",
    );
  return { clock, done, guardian, outcomes };
}

test("AH-2: a session may use 1 GiB of memory, one core, 1 GiB of disk and 64 processes", () => {
  const { guardian } = guarded();
  expect(guardian.shares({ memory: GiB, cpu: 1, disk: GiB, processes: 64 })).toEqual({
    memory: 1,
    cpu: 1,
    disk: 1,
    processes: 1,
  });
});

test("AH-2: below 80 % nothing is done, from 80 % on the session is slowed down and cleaned up, never stopped", async () => {
  const { guardian, done, clock } = guarded();
  await guardian.judge({ ...none, memory: 0.8 * GiB - 1 });
  expect(done).toEqual([]);
  for (let i = 0; i < 10; i++) {
    await guardian.judge({ ...none, memory: 0.8 * GiB });
    await clock.pass(5000);
  }
  expect(done).toEqual(["slow-down", "clean-up"]);
  await guardian.judge({ ...none, memory: 0.1 * GiB });
  expect(done).toEqual(["slow-down", "clean-up", "speed-up"]);
});

test("AH-2: at the limit a process is stopped after the gentle steps, then the agent, each after 10 seconds without effect", async () => {
  const { guardian, done, clock, outcomes } = guarded();
  const over = { ...none, memory: GiB };
  await guardian.judge(over);
  await clock.pass(9999);
  await guardian.judge(over);
  expect(done).toEqual(["slow-down"]);
  await clock.pass(1);
  await guardian.judge(over);
  expect(done).toEqual(["slow-down", "clean-up"]);
  for (let i = 0; i < 3; i++) {
    await clock.pass(10_000);
    await guardian.judge(over);
  }
  expect(done.slice(2)).toEqual(["stop-process memory", "stop-agent", "stop-agent"]);
  expect(outcomes()).toEqual([
    "slow-down failure",
    "clean-up failure",
    "stop-process failure",
    "stop-agent failure",
  ]);
});

test("AH-2: what brought usage below the limit within 10 seconds has worked, and no harder step follows", async () => {
  const { guardian, done, clock, outcomes } = guarded();
  await guardian.judge({ ...none, processes: 64 });
  await clock.pass(10_000);
  await guardian.judge({ ...none, processes: 65 });
  await clock.pass(5000);
  await guardian.judge({ ...none, processes: 20 });
  expect(done).toEqual(["clean-up", "stop-process processes"]);
  expect(outcomes()).toEqual(["clean-up failure", "stop-process success"]);
});

test("AH-2: each resource is guarded by itself", async () => {
  const { guardian, done } = guarded();
  await guardian.judge({ memory: GiB, cpu: 1.2, disk: 0.9 * GiB, processes: 1 });
  expect(done).toEqual(["slow-down", "slow-down", "clean-up"]);
});

test("AH-2: memory, processor, disk and processes of a session are measured where they are used", async () => {
  const session = join(folder, "session");
  await mkdir(session);
  const busy = `const held = Buffer.alloc(80e6, 1); require("node:child_process").spawn("sleep", ["60"], { stdio: "ignore" });
    setInterval(() => { for (const end = Date.now() + 50; Date.now() < end;); }, 50); require("node:fs").writeSync(3, String(held[0]));`;
  const command = { type: "coder", command: process.execPath, args: ["-e", busy], folder: session, env: {} };
  const one = new AgentProcess(command, wallClock);
  ended.push(() => one.terminate(0));
  await one.alive;
  await writeFile(join(session, "big"), Buffer.alloc(3_000_000, 1));
  const meter = new UsageMeter(session, wallClock);
  expect((await meter.measure([one.pid ?? 0])).cpu).toBe(0);
  // On a busy machine it takes longer until it was given any of the processor.
  let usage = none;
  await expect
    .poll(
      async () => {
        usage = await meter.measure([one.pid ?? 0]);
        return usage.cpu;
      },
      { interval: 600 },
    )
    .toBeGreaterThan(0.05);
  expect(usage.processes).toBe(2);
  expect(usage.memory).toBeGreaterThan(80e6);
  expect(usage.memory).toBeLessThan(400e6);
  expect(usage.cpu).toBeLessThanOrEqual(availableParallelism());
  expect(usage.disk).toBeGreaterThanOrEqual(3_000_000);
  expect(usage.disk).toBeLessThan(3_200_000);
});

test("AH-2: real processes are slowed down, the largest is stopped, and disposable files are removed", async () => {
  const session = join(folder, "acted");
  await mkdir(join(session, "cache"), { recursive: true });
  await mkdir(join(session, "work"));
  await writeFile(join(session, "cache", "pages"), Buffer.alloc(2_000_000, 1));
  await writeFile(join(session, "work", "result"), "kept");
  const parent = `const { spawn } = require("node:child_process");
    const child = spawn(process.execPath, ["-e", "globalThis.held = Buffer.alloc(120e6, 1); process.send('ready'); setInterval(() => {}, 1000)"], { stdio: ["ignore", "ignore", "ignore", "ipc"] });
    child.on("message", () => require("node:fs").writeSync(3, ".")); setInterval(() => {}, 1000)`;
  const command = {
    type: "coder",
    command: process.execPath,
    args: ["-e", parent],
    folder: session,
    env: {},
  };
  const one = new AgentProcess(command, wallClock);
  ended.push(() => one.terminate(0));
  await one.alive;
  const root = one.pid ?? 0;
  let stopped = 0;
  const effects = effectsOn({ roots: () => [root], folder: session, stopAgent: async () => void stopped++ });
  await effects.slowDown();
  expect(getPriority(root)).toBe(19);
  expect(await effects.cleanUp()).toBeGreaterThanOrEqual(2_000_000);
  expect(await readdir(join(session, "cache"))).toEqual([]);
  expect(await readdir(join(session, "work"))).toEqual(["result"]);
  expect(await processTree([root])).toHaveLength(2);
  await effects.stopProcess("memory");
  await expect.poll(async () => (await processTree([root])).map(({ pid }) => pid)).toEqual([root]);
  await effects.stopProcess("memory");
  expect(await processTree([root])).toHaveLength(1);
  expect(stopped).toBe(0);
});

test("WV-11: the space of a disk is what df shows", async () => {
  const shown = execFileSync("df", ["--output=avail,size", "-B1", folder], { encoding: "utf8" });
  const [avail = 0, size = 1] = (shown.split("\n")[1] ?? "").trim().split(/\s+/).map(Number);
  const space = await spaceOf(folder);
  expect(space.size).toBe(size);
  expect(space.free / size).toBeCloseTo(avail / size, 2);
  expect(space.used + space.free + space.reserved).toBe(size);
});

test("a process whose name is made of brackets is measured like any other", async () => {
  const odd = join(folder, "a) R 1 (b");
  await writeFile(odd, "#!/bin/sh\nsleep 60 & wait\n", { mode: 0o755 });
  const child = spawn(odd, [], { stdio: "ignore" });
  ended.push(async () => child.kill("SIGKILL"));
  await expect.poll(async () => (await processTree([child.pid ?? 0])).length).toBe(2);
  for (const { pid } of await processTree([child.pid ?? 0]))
    if (pid !== child.pid) process.kill(pid, "SIGKILL");
});
