import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { getPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { packageFile } from "../../package-root.ts";
import { handClock } from "../../tests/hand-clock.ts";
import { ownPlatform } from "../../tests/project-model.ts";
import { wallClock } from "../clock.ts";
import type { DomainEvent } from "../domain/event.ts";
import { guardedLimitsOf, spawnTimesOf } from "../resilience/platform-limits.ts";
import { processTree } from "../resilience/process-tree.ts";
import type { Resource } from "../resilience/resource-usage.ts";
import { Spawner } from "../resilience/spawner.ts";
import { type AgentScript, agentScript } from "./agent-script.ts";
import { openAgentRecords } from "./left-behind.ts";
import { Session } from "./session.ts";

/** A busy machine takes its time. */
const patient = { timeout: 120_000, interval: 50 };
const platform = await ownPlatform("agenthive");

/**
 * A session of real processes, the first of which goes wrong and the second of which works. Of the platform's limit only the number is another: a
 * part of it, that a busy machine reaches too. Time passes by hand where the guardian looks, so that ten seconds are over when the agents have had theirs.
 */
async function sessionOf(
  behaviour: AgentScript["behaviour"],
  { resource, part }: { resource: Resource; part: number },
) {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-session-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const events: DomainEvent[] = [];
  const record = (event: DomainEvent) => void events.push(event);
  const clock = handClock();
  // How long an agent may be silent is not what is tried here, and one that is slowed down may be.
  const times = { ...spawnTimesOf(platform), silenceSeconds: 600, spawnSeconds: 120 };
  const { [resource]: limit } = guardedLimitsOf(platform);
  if (!limit) throw new Error(`no limit of ${resource}`);
  const atMost = limit.atMost * part;
  const agents = [behaviour, { does: "work" }].map((does) => ({
    type: "coder",
    script: agentScript.parse({ behaviour: does }),
  }));
  const workspace = join(folder, "work");
  await mkdir(workspace);
  const session = new Session(
    { key: "shop/s-1", startedAt: clock.now(), folder: workspace, agents, ladder: undefined },
    {
      ...{ clock, record, limits: { [resource]: { ...limit, atMost } }, lengthSeconds: 86_400 },
      spawner: new Spawner({ times, clock: wallClock, record, breaker: undefined }),
      records: await openAgentRecords(join(folder, "agents")),
      program: packageFile("dist/orchestrator/sessions/scripted-agent.js"),
      onError: (error) => void events.push({ type: "person.requested", because: error.message }),
    },
  );
  const ended = session.run();
  onTestFinished(async () => {
    session.end("asked");
    await ended;
  });
  const states = () => session.agents.map(({ state }) => state);
  await expect.poll(states, patient).toEqual(["working", "working"]);
  const [pid = 0, other = 0] = session.agents.map((agent) => agent.pid);
  /** What the agents' processes have of the resource that adds up, in the order of the agents. */
  const used = async (of: "memoryBytes" | "cpuSeconds") => {
    const trees = await Promise.all([pid, other].map((root) => processTree([root])));
    return trees.map((tree) => tree.reduce((sum, one) => sum + one[of], 0));
  };
  const acted = () =>
    events.flatMap((event) => (event.type === "guardian.acted" ? `${event.action} ${event.outcome}` : []));
  return { session, clock, atMost, workspace, states, pid, used, acted, ended };
}

test("AH-2: an agent that leaks memory is slowed down, its session cleaned up, and it is stopped; the other one works on", async () => {
  const leak = { does: "leak-memory", bytesPerSecond: 150e6, atMostBytes: 400e6 } as const;
  const it = await sessionOf(leak, { resource: "memory", part: 1 / 4 });
  const { session, clock, atMost, pid } = it;
  await writeFile(join(it.workspace, "cache", "pages"), Buffer.alloc(1_000_000, 1));
  await expect.poll(async () => (await it.used("memoryBytes"))[0], patient).toBeGreaterThan(atMost);
  await session.sweep();
  expect(session.shares.memory).toBeGreaterThan(1);
  expect(getPriority(pid)).toBe(19);
  for (let step = 0; step < 3; step++) {
    await clock.pass(10_000);
    await session.sweep();
  }
  await expect.poll(it.states, patient).toEqual(["ended", "working"]);
  await session.sweep();
  expect(it.acted()).toEqual([
    "slow-down failure",
    "clean-up failure",
    "stop-process failure",
    "stop-agent success",
  ]);
  expect(session.shares.memory).toBeLessThan(1);
  session.end("asked");
  expect(await it.ended).toBe("asked");
});

test("AH-2: an agent that burns processor time is slowed down, then stopped; the other one works on", async () => {
  const it = await sessionOf({ does: "burn-cpu", cores: 1 }, { resource: "cpu", part: 1 / 200 });
  const { session, clock, atMost, pid } = it;
  // It has used more than the other one, whose start took time too.
  const ahead = async () => {
    const [own = 0, other = 0] = await it.used("cpuSeconds");
    return own - other;
  };
  await expect.poll(ahead, patient).toBeGreaterThan(0.5);
  await session.sweep();
  for (const _ of ["slow-down", "stop-process", "stop-agent"]) {
    const [before = 0] = await it.used("cpuSeconds");
    const since = async () => ((await it.used("cpuSeconds"))[0] ?? 0) - before;
    // More than it may within the ten seconds that pass then.
    await expect.poll(since, patient).toBeGreaterThan(atMost * 10);
    await clock.pass(10_000);
    await session.sweep();
    expect(getPriority(pid)).toBe(19);
  }
  await expect.poll(it.states, patient).toEqual(["ended", "working"]);
  await clock.pass(600_000);
  await session.sweep();
  expect(it.acted()).toEqual(["slow-down failure", "stop-process failure", "stop-agent success"]);
  session.end("asked");
  expect(await it.ended).toBe("asked");
});
