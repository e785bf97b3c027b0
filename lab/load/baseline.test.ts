import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { modelOf } from "../../tests/model-of.ts";
import { policies, shop } from "../../tests/shop.ts";
import { compare, digestOfLoad, measuresOf, notComparable, readBaseline, writeBaseline } from "./baseline.ts";
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

test("a baseline of another machine, compression, load or number of runners is not compared", () => {
  const setting = { compressed: 1, machine, runners: 1, load: "a" };
  expect(notComparable(setting, setting)).toBeUndefined();
  const other = (change: object) => notComparable(setting, { ...setting, ...change });
  expect(other({ machine: { ...machine, cores: 8 } })).toContain("another machine");
  expect(other({ machine: { ...machine, memoryBytes: 2e9 } })).toContain("another machine");
  expect(other({ machine: { ...machine, memoryBytes: 1.001e9 } })).toBeUndefined();
  expect(other({ compressed: 2 })).toContain("compressed 1 times");
  expect(other({ load: "b" })).toContain("another load");
  expect(other({ runners: 3 })).toContain("of 1 runners, this load of 3");
});

test("a load is another one when its arrivals or requests are, not when its objectives are", () => {
  const [profile] = modelOf([shop], policies).platforms.flatMap((platform) => platform.loadProfiles);
  if (!profile) throw new Error("the shop has no load profile");
  const digest = digestOfLoad("shop", profile);
  expect(digestOfLoad("shop", { ...profile, slos: [], title: "T", checks: 0.5 })).toBe(digest);
  const arrivals = { kind: "constant", perSecond: 7, seconds: 3, maxUsers: 5 } as const;
  expect(digestOfLoad("shop", { ...profile, arrivals })).not.toBe(digest);
  const requests = profile.requests.map((one) => ({ ...one, path: `${one.path}x` }));
  expect(digestOfLoad("shop", { ...profile, requests })).not.toBe(digest);
});

test("a baseline comes back as it was written; none is none; a broken one says so", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-baseline-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "shop/a.json");
  expect(await readBaseline(file)).toBeUndefined();
  const measures = measuresOf([aRun()]);
  const setting = { compressed: 1, machine, runners: 1, load: "a" };
  const content = { version: 2 as const, platform: "shop", profile: "a", ...setting, measures };
  await writeBaseline(file, content);
  expect(await readBaseline(file)).toEqual(content);
  await writeFile(file, "{");
  await expect(readBaseline(file)).rejects.toThrow("not a baseline");
});
