import { expect, test } from "vitest";
import { bottleneckOf } from "./bottleneck.ts";
import { aResult, aRun } from "./fixtures/a-run.ts";
import { loadResult, type Run } from "./result.ts";
import { noBaseline, repeatabilityOf, verdictOf } from "./verdict.ts";

const judged = (runs: Run[], untilFailure = false) =>
  verdictOf({ runs, untilFailure, repeatability: repeatabilityOf(runs) });
const missed = { metric: "http_req_duration", threshold: "p(95)<=100", ok: false };

test("runs without a fault pass", () => {
  expect(judged([aRun()])).toEqual({ verdict: "pass", reasons: [] });
});

test("a threshold that does not hold, a missed SLO and growing handles fail, each in words", () => {
  const slos = [
    { slo: "fast", title: "Fast", objective: 0.99, good: 0.9, events: 10, verdict: "missed" },
  ] as const;
  const slope = { of: "handles", unit: "", samples: 60, mean: 50, perHour: 100, uncertainty: 1 } as const;
  const { verdict, reasons } = judged([
    aRun({ slos: [...slos], slopes: [{ ...slope, verdict: "grows" }] }, { thresholds: [missed] }),
  ]);
  expect(verdict).toBe("fail");
  expect(reasons).toEqual([
    "run 1: http_req_duration is not p(95)<=100",
    "run 1: fast is 90 %, not 99 %",
    "run 1: handles grow",
  ]);
});

test("an SLO of which the service counted nothing is inconclusive, never a pass", () => {
  const slos = [
    { slo: "fast", title: "Fast", objective: 0.99, good: null, events: null, verdict: "no events" },
  ] as const;
  expect(judged([aRun({ slos: [...slos] })]).verdict).toBe("inconclusive");
});

test("an SLO that the lab's orchestrator has no source for is told with the reason, and decides nothing (CC-9)", () => {
  const because = "people are not told by mail";
  const told = { slo: "told", title: "Told", objective: 0.99, good: null, events: null, because };
  const slos = [{ ...told, verdict: "not measured" as const }];
  expect(judged([aRun({ slos })])).toEqual({ verdict: "pass", reasons: [] });
  expect(judged([aRun({ slos }, { thresholds: [missed] })]).verdict).toBe("fail");
});

test("runs that disagree say so, and a failure of one of them decides nothing", () => {
  const runs = [aRun(), aRun({ number: 2 }, { p95: 0.2, thresholds: [missed] })];
  expect(repeatabilityOf(runs).verdict).toBe("too noisy to judge");
  expect(judged(runs).verdict).toBe("inconclusive");
  const both = runs.map((run) => ({ ...run, summary: { ...run.summary, thresholds: [missed] } }));
  expect(judged(both).verdict).toBe("fail");
  expect(repeatabilityOf([aRun(), aRun({}, { p95: 0.0215 })]).verdict).toBe("the runs agree");
});

test("of a load that grows until something fails, the failure is the result", () => {
  expect(judged([aRun({}, { thresholds: [missed] })], true).verdict).toBe("pass");
});

test("a service that never answered, or that failed as soon as it was looked at, has shown no limit", () => {
  const checks = { metric: "checks", threshold: "rate>=0.99", ok: false };
  const none = { metric: "http_reqs", threshold: "count>0", ok: false };
  const dead = judged([aRun({}, { thresholds: [checks], p50: null, p95: null, p99: null })], true);
  expect(dead).toEqual({ verdict: "fail", reasons: ["run 1: checks is not rate>=0.99"] });
  expect(judged([aRun({}, { thresholds: [none] })], true).verdict).toBe("fail");
  const atOnce = judged([aRun({ reachedPerSecond: 2 }, { thresholds: [missed] })], true);
  expect(atOnce).toMatchObject({
    verdict: "fail",
    reasons: [expect.any(String), expect.stringContaining("ended at 2 a second")],
  });
});

test("the most used resource is the bottleneck once it is saturated, with what the time went into", () => {
  const pool = { resource: "database pool", share: 0.97, says: "97 % of the connections were in use" };
  const loop = { resource: "event loop", share: 0.4, says: "the event loop was busy 40 %" };
  const waits = { resource: "pool waits", share: 0.6, says: "waiting for a connection" };
  const found = bottleneckOf({ saturation: [loop, pool], time: [waits] });
  expect(found.resource).toBe("database pool");
  expect(found.verdict).toBe(
    "97 % of the connections were in use; most of the answers' time that is known went into waiting for a connection",
  );
  const calm = bottleneckOf({ saturation: [loop], time: [] });
  expect(calm.resource).toBeUndefined();
  expect(calm.verdict).toContain("nothing was saturated; nearest to it: the event loop");
});

test("what is made here is what the schema of results describes", () => {
  expect(loadResult.parse(aResult([aRun()]))).toEqual(aResult([aRun()]));
});

test("what a baseline has and the runs did not measure is inconclusive, and runs without a percentile do not agree (WV-16)", () => {
  const runs = [aRun(), aRun()];
  const baseline = { file: "a.json", comparisons: [], missing: ["p99 (s)"] };
  const judgement = verdictOf({ runs, untilFailure: false, repeatability: repeatabilityOf(runs), baseline });
  expect(judgement).toEqual({
    verdict: "inconclusive",
    reasons: ["the baseline has p99 (s), which these runs did not measure"],
  });
  const without = [aRun(), aRun({}, { p50: null })];
  expect(repeatabilityOf(without)).toMatchObject({ difference: null, verdict: "not measured" });
  expect(judged(without).verdict).toBe("inconclusive");
});

test("only runs that pass become a baseline; one that cannot be compared gives way (WV-16)", () => {
  const kept = (runs: Run[], baseline?: Parameters<typeof noBaseline>[0]["baseline"]) =>
    noBaseline({
      ...{ runs, untilFailure: false, repeatability: repeatabilityOf(runs) },
      ...(baseline && { baseline }),
    });
  const one = { measure: "p95", unit: "s", before: 1, now: 2, worseBy: 1, noise: 0 };
  const before = (verdict: "worse" | "within budget") => ({
    ...{ file: "a.json", missing: [], comparisons: [{ ...one, verdict }] },
  });
  expect(kept([aRun()])).toBeUndefined();
  expect(kept([aRun()], before("within budget"))).toBeUndefined();
  expect(
    kept([aRun()], { file: "a", problem: "another load", comparisons: [], missing: [] }),
  ).toBeUndefined();
  expect(kept([aRun({}, { thresholds: [missed] })])).toContain("runs that pass");
  expect(kept([aRun()], before("worse"))).toContain("remove a.json");
});
