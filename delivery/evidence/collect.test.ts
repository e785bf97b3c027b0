import { mkdtemp, readdir, readFile, rename, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import type { Reading } from "../gate/decision.ts";
import { evaluate } from "../gate/evaluate.ts";
import { digestOf } from "../gate/record.ts";
import { collect, type Sources } from "./collect.ts";
import { evidenceOf, policyOf } from "./fixtures/gate-of.ts";
import { changes, istanbul, k6, load, sarif } from "./fixtures/reports.ts";
import type { FormatName } from "./formats/names.ts";
import { store } from "./store.ts";

const policy = policyOf({
  coverage: { indicator: evidenceOf("coverage", "lines", "ratio"), pass: ">=80%" },
  p95: { indicator: { kind: "load", profile: "smoke", measure: "p95", unit: "seconds" }, pass: "<=300ms" },
  risk: { indicator: evidenceOf("regression-risk", "probability", "ratio"), pass: "<=70%" },
});
const at = "2026-03-01T11:00:00.000Z";
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-evidence-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

const add = (format: FormatName, content: object, also: Partial<Parameters<typeof store>[2]> = {}) =>
  store(folder, Buffer.from(JSON.stringify(content)), {
    ...{ format, at, origin: `${format} 1.0`, release: "1.0" },
    ...also,
  });
const addAll = async () => [
  await add("istanbul", istanbul),
  await add("k6", k6),
  await add("changes", changes),
];

async function collected(also: Partial<Sources> = {}): Promise<Record<string, Reading>> {
  const sources = { platform: "shop", environment: "prod", release: "1.0", approvers: [], folder };
  return collect(policy, { ...sources, at: new Date("2026-03-01T12:00:00Z"), ...also });
}

async function missing(name: string, also: Partial<Sources> = {}): Promise<string | undefined> {
  const readings = await collected(also);
  const reading = readings[name];
  const decision = evaluate(policy, { at, readings, accepted: [] });
  expect(decision.verdict).toBe("inconclusive");
  return reading && "missing" in reading ? reading.missing : undefined;
}

test("evidence gives values with digest, origin and time, and the gate passes", async () => {
  await addAll();
  const readings = await collected();
  expect(readings).toMatchObject({
    coverage: { value: 0.9, samples: 200, source: { origin: "istanbul 1.0", at } },
    p95: { value: 0.2, samples: 600, source: { digest: digestOf(JSON.stringify(k6)) } },
    risk: { source: { origin: "model of regression risk, from changes 1.0 and istanbul 1.0" } },
  });
  expect(evaluate(policy, { at, readings, accepted: [] }).verdict).toBe("pass");
});

test("without a folder there is no evidence", async () => {
  expect(await missing("coverage", { folder: undefined })).toBe("there is no evidence of coverage");
  expect(await missing("p95", { folder: join(folder, "none") })).toBe(
    "there is no evidence of load run shop/smoke",
  );
});

test("regression risk needs to know the change and what tests cover of it", async () => {
  await add("k6", k6);
  await add("changes", changes);
  expect(await missing("risk")).toBe("there is no evidence of coverage");
});

test.each([
  ["stale", "2026-02-01T00:00:00.000Z", "it is stale: of 2026-02-01T00:00:00.000Z, and it counts for 168 h"],
  ["of the future", "2026-03-01T12:01:01.000Z", "it is dated 2026-03-01T12:01:01.000Z, after the decision"],
])("evidence that is %s does not count", async (_what, when, reason) => {
  await addAll().then(([name = ""]) => unlink(join(folder, name)));
  await add("istanbul", istanbul, { at: when });
  expect(await missing("coverage")).toBe(reason);
});

test("a fresh label does not make an old report fresh", async () => {
  const one = policyOf({ severe: { indicator: evidenceOf("findings", "severe"), pass: "<=9" } });
  await add("sarif", sarif, { at: "2026-03-03T11:00:00.000Z" });
  const sources = { platform: "shop", environment: "prod", release: "1.0", approvers: [], folder };
  const readings = await collect(one, { ...sources, at: new Date("2026-03-03T12:00:00Z") });
  expect(readings.severe).toMatchObject({
    missing: expect.stringContaining("it is stale: of 2026-03-01T11:00:00Z"),
  });
});

test("no run of a load may be of the future, whatever the others are", async () => {
  const [first, second] = load.runs;
  const runs = [first, { ...second, endedAt: "2026-03-01T13:00:00.000Z" }];
  await add("load", { ...load, profile: "smoke", runs });
  expect(await missing("p95")).toBe("it is dated 2026-03-01T13:00:00.000Z, after the decision");
});

test("two files of a kind contradict each other, whatever they say", async () => {
  await addAll();
  await add("istanbul", { ...istanbul, again: true });
  expect(await missing("coverage")).toMatch(/^2 files tell of coverage, and one must: istanbul-/);
  await add("k6", { ...k6, profile: "stress" });
  expect((await collected()).p95).toMatchObject({ value: 0.2 });
});

test("evidence of another release does not count, one that names none neither", async () => {
  await addAll();
  expect(await missing("coverage", { release: "2.0" })).toBe(
    "there is evidence of coverage, but none of 2.0",
  );
  await add("istanbul", istanbul, { release: undefined });
  expect((await collected()).coverage).toMatchObject({ value: 0.9 });
});

test("where no release is named, no evidence of any release counts", async () => {
  await addAll();
  const why = "there is evidence of coverage, but none without a release, and it is not said which is judged";
  expect(await missing("coverage", { release: undefined })).toBe(why);
  await add("istanbul", istanbul, { release: undefined });
  expect((await collected({ release: undefined })).coverage).toMatchObject({ value: 0.9 });
});

test("a file that was changed, cut or lost after it was labelled does not count", async () => {
  await addAll();
  const data =
    (await readdir(folder)).find((name) => name.startsWith("istanbul-") && name.endsWith(".data")) ?? "";
  const content = await readFile(join(folder, data), "utf8");
  await writeFile(join(folder, data), content.replace("180", "199"));
  expect(await missing("coverage")).toBe("its file has another digest than its label says");
  await writeFile(join(folder, data), content.slice(0, 99));
  expect(await missing("coverage")).toBe("its file has another digest than its label says");
  await unlink(join(folder, data));
  expect(await missing("coverage")).toBe("its file is missing");
});

test("a label that was changed could be of anything: nothing counts", async () => {
  const [name = ""] = await addAll();
  const text = await readFile(join(folder, name), "utf8");
  await writeFile(join(folder, name), text.replace("T11", "T10"));
  expect(await missing("p95")).toBe(`${name} was changed after it was written: it could be of anything`);
  await rename(join(folder, name), join(folder, "coverage.evidence.json"));
  expect(await missing("coverage")).toContain("was changed after it was written");
});

test("a file that cannot be read is the evidence of its kind, and says why", async () => {
  await add("k6", k6);
  await add("changes", changes);
  await add("istanbul", { total: {} });
  expect(await missing("coverage")).toContain("the file is of another form (total.lines");
});
