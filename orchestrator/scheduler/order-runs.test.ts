import fc from "fast-check";
import { expect, test } from "vitest";
import { howMany } from "../../tests/how-many.ts";
import type { Priority } from "../domain/workflow.ts";
import { agedPriority, type usualAgeing } from "./ageing.ts";
import { orderRuns, type QueuedRun } from "./order-runs.ts";

const priorities: Priority[] = ["urgent", "normal", "low"];
const run = (id: string, over: Partial<QueuedRun> = {}): QueuedRun => ({
  id,
  priority: "normal",
  acceptedAt: 0,
  after: [],
  ...over,
});
const free = { running: 0, limit: 10 };

test("WV-13: urgent goes before normal before low, and who came first goes first among equals", () => {
  const queued = [
    run("low", { priority: "low" }),
    run("second", { acceptedAt: 2 }),
    run("first", { acceptedAt: 1 }),
    run("urgent", { priority: "urgent", acceptedAt: 3 }),
  ];
  expect(orderRuns(queued, free)).toEqual(["urgent", "first", "second", "low"]);
});

test("WV-13: ten run at once, and no more are started than there are free places", () => {
  const queued = Array.from({ length: 30 }, (_, i) => run(`run-${String(i).padStart(2, "0")}`));
  expect(orderRuns(queued, free)).toHaveLength(10);
  expect(orderRuns(queued, { running: 8, limit: 10 })).toEqual(["run-00", "run-01"]);
  expect(orderRuns(queued, { running: 10, limit: 10 })).toEqual([]);
  // The limit was lowered while they ran.
  expect(orderRuns(queued, { running: 10, limit: 4 })).toEqual([]);
});

test("WV-13: a run waits until all runs that it depends on have succeeded", () => {
  const queued = [run("b", { after: ["a", "x"] }), run("c", { after: ["b"] })];
  expect(orderRuns(queued, { ...free, succeeded: new Set(["a"]) })).toEqual([]);
  expect(orderRuns(queued, { ...free, succeeded: new Set(["a", "x"]) })).toEqual(["b"]);
});

test("what an urgent run waits for is as urgent, through any number of dependencies", () => {
  const queued = [
    run("root", { priority: "low", acceptedAt: 10 }),
    run("third", { acceptedAt: 11, after: ["root"] }),
    run("second", { priority: "low", acceptedAt: 12, after: ["third"] }),
    run("urgent", { priority: "urgent", acceptedAt: 13, after: ["second"] }),
    run("other"),
  ];
  expect(orderRuns(queued, free)).toEqual(["root", "other"]);
  const later = { ...free, succeeded: new Set(["root", "third"]) };
  expect(orderRuns(queued.slice(2), later)).toEqual(["second", "other"]);
});

test("a low run that has waited for 20 minutes goes before an urgent one that comes now", () => {
  const low = run("low", { priority: "low" });
  const urgentAfter = (seconds: number) => run("urgent", { priority: "urgent", acceptedAt: seconds * 1_000 });
  expect(orderRuns([low, urgentAfter(1_199)], free)[0]).toBe("urgent");
  expect(orderRuns([low, urgentAfter(1_201)], free)[0]).toBe("low");
});

test("a waiting run climbs from priority to priority", () => {
  const after = (priority: Priority, waitedSeconds: number) => agedPriority({ priority, waitedSeconds });
  expect([0, 599, 600, 1_199, 1_200].map((s) => after("low", s))).toEqual([
    "low",
    "low",
    "normal",
    "normal",
    "urgent",
  ]);
  expect([0, 599, 600].map((s) => after("normal", s))).toEqual(["normal", "normal", "urgent"]);
});

const arrivals = fc.array(
  fc.record({
    priority: fc.constantFrom(...priorities),
    gapSeconds: fc.integer({ min: 0, max: 40 }),
    seconds: fc.integer({ min: 1, max: 60 }),
    after: fc.array(fc.nat({ max: 30 }), { maxLength: 2 }),
  }),
  { maxLength: 120 },
);
type Arrival = { priority: Priority; gapSeconds: number; seconds: number; after: number[] };

test("NX-5, WV-13: under any arrivals each run starts within the bound that is stated, and none is overtaken by a run that came too late", () => {
  const ageing = { urgent: 0, normal: 60, low: 120 };
  const runs = fc.property(arrivals, fc.integer({ min: 1, max: 3 }), (all, limit) => {
    const { started, longestQueue } = simulate(all, { limit, ageing });
    expect(started.size).toBe(all.length);
    for (const { run, at, readyAt } of started.values()) {
      const behind = Math.max(readyAt, run.acceptedAt + ageing[run.priority] * 1_000);
      expect(at).toBeLessThanOrEqual(behind + ((longestQueue - 1 + limit) / limit) * 60_000);
      for (const other of started.values()) {
        const tooLate = other.run.acceptedAt > run.acceptedAt + ageing[run.priority] * 1_000;
        if (tooLate && other.at < at) expect(other.at).toBeLessThan(readyAt);
      }
    }
  });
  fc.assert(runs, { numRuns: howMany(200, 5_000) });
});

interface Started {
  run: QueuedRun;
  at: number;
  readyAt: number;
}

/** Plays arrivals second by second: at most 50 are in the queue, later ones are accepted when there is room. */
function simulate(
  arrivals: readonly Arrival[],
  { limit, ageing }: { limit: number; ageing: typeof usualAgeing },
) {
  const started = new Map<string, Started>();
  const succeeded = new Map<string, number>();
  let [queue, running]: [QueuedRun[], { id: string; until: number }[]] = [[], []];
  let [now, next, due, longestQueue] = [0, 0, 0, 1];
  while (next < arrivals.length || queue.length > 0) {
    for (const { id, until } of running.filter(({ until }) => until <= now)) succeeded.set(id, until);
    running = running.filter(({ until }) => until > now);
    for (
      let one = arrivals[next];
      one && due + one.gapSeconds * 1_000 <= now && queue.length < 50;
      one = arrivals[next]
    ) {
      due += one.gapSeconds * 1_000;
      const after = one.after.filter((i) => i < next).map((i) => `${next - 1 - i}`);
      queue.push(run(`${next}`, { priority: one.priority, acceptedAt: now, after }));
      next += 1;
    }
    longestQueue = Math.max(longestQueue, queue.length);
    const options = { running: running.length, limit, succeeded: new Set(succeeded.keys()), ageing };
    for (const id of orderRuns(queue, options)) {
      const chosen = queue.find((one) => one.id === id) as QueuedRun;
      const readyAt = Math.max(chosen.acceptedAt, ...chosen.after.map((other) => succeeded.get(other) ?? 0));
      started.set(id, { run: chosen, at: now, readyAt });
      running.push({ id, until: now + (arrivals[Number(id)]?.seconds ?? 1) * 1_000 });
    }
    queue = queue.filter(({ id }) => !started.has(id));
    now += 1_000;
  }
  return { started, longestQueue };
}

test("NX-4: 1,000 queued runs are put in order within 20 ms of processor time", () => {
  const queued = Array.from({ length: 1_000 }, (_, i) =>
    run(`${i}`, {
      priority: priorities[i % 3] as Priority,
      acceptedAt: i * 997,
      after: i % 2 ? [`${i - 1}`] : [],
    }),
  );
  const seconds = processorSeconds(20, () => orderRuns(queued, free));
  expect(seconds).toBeLessThan(0.02);
});

/** Processor time of one call, the mean of several after a warm-up. */
function processorSeconds(times: number, work: () => unknown): number {
  for (let i = 0; i < times; i++) work();
  const before = process.cpuUsage();
  for (let i = 0; i < times; i++) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6 / times;
}
