import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { compare, measuresOf, notComparable, readBaseline, writeBaseline } from "./baseline.ts";
import { aRun } from "./fixtures/a-run.ts";

const machine = { cores: 2, processor: "P", memoryBytes: 1e9 };

test.each([
  ["9 % slower stays within the budget", [1, 1.01], [1.09, 1.1], "within budget"],
  ["11 % slower is worse (WV-16)", [1, 1.01], [1.12, 1.13], "worse"],
  ["11 % faster is better", [1, 1.01], [0.88, 0.89], "better"],
  ["runs that differ by more than the budget tell nothing", [1, 1.3], [2, 2.01], "too noisy to judge"],
  ["one run tells nothing of its noise", [1, 1.01], [2], "too noisy to judge"],
])("%s", (_name, before, now, verdict) => {
  expect(compare({ "p95 (s)": before }, { "p95 (s)": now })).toMatchObject([
    { measure: "p95", unit: "s", verdict },
  ]);
});

test("latencies, memory and processor time of an answer are kept, each with its unit", () => {
  const measures = measuresOf([aRun(), aRun()]);
  expect(Object.keys(measures)).toEqual([
    "p50 (s)",
    "p95 (s)",
    "p99 (s)",
    "seconds of processor for each answer",
    "memory (B)",
  ]);
  expect(measures["seconds of processor for each answer"]?.[0]).toBeCloseTo(0.0202, 4);
});

test("what a run did not measure is not compared", () => {
  expect(Object.keys(measuresOf([aRun({ courses: [] })]))).toEqual(["p50 (s)", "p95 (s)", "p99 (s)"]);
});

test("a baseline of another machine or of another compression is not compared", () => {
  const before = {
    version: 1 as const,
    platform: "shop",
    profile: "a",
    compressed: 1,
    machine,
    measures: {},
  };
  expect(notComparable(before, { machine, compressed: 1 })).toBeUndefined();
  expect(notComparable(before, { machine: { ...machine, cores: 8 }, compressed: 1 })).toContain(
    "another machine",
  );
  expect(notComparable(before, { machine, compressed: 2 })).toContain("compressed 1 times");
});

test("a baseline comes back as it was written; none is none; a broken one says so", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-baseline-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "shop/a.json");
  expect(await readBaseline(file)).toBeUndefined();
  const measures = measuresOf([aRun()]);
  const content = { version: 1 as const, platform: "shop", profile: "a", compressed: 1, machine, measures };
  await writeBaseline(file, content);
  expect(await readBaseline(file)).toEqual(content);
  await writeFile(file, "{");
  await expect(readBaseline(file)).rejects.toThrow("not a baseline");
});
