// What relative criteria compare with, out of the folder of records (issue 7, Gates): other releases, each once.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { policyOf } from "../evidence/fixtures/gate-of.ts";
import type { GateInputs, Override, Policy, Verdict } from "./decision.ts";
import { evaluate } from "./evaluate.ts";
import { acceptedRuns, fileRecord, readRecords } from "./ledger.ts";
import { recordOf } from "./record.ts";

const absolute = policyOf({
  p95: { indicator: { kind: "load", profile: "smoke", measure: "p95", unit: "seconds" }, pass: "<=1s" },
});
const relative: Policy = {
  ...absolute,
  level: "overridable",
  objectives: policyOf({
    p95: { indicator: { kind: "load", profile: "smoke", measure: "p95", unit: "seconds" }, pass: "<=+10%" },
  }).objectives,
};
const source = { digest: "sha256:00", origin: "k6 1.8.1", at: "2026-03-01T00:00:00.000Z" };
const dayOf = (day: number) => `2026-03-${String(day).padStart(2, "0")}T00:00:00.000Z`;
const subject = { gate: "shop/release", environment: "prod" };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-decisions-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

interface Asked {
  day: number;
  release?: string;
  policy?: Policy;
  override?: Override;
  reference?: string;
}

/** Asks the gate about a release that takes so long, records the answer, and gives the verdict and the record's id. */
async function ask(p95: number, { day, release, policy = relative, override, reference }: Asked) {
  const about = { ...subject, ...(release !== undefined && { release }) };
  const inputs: GateInputs = {
    at: dayOf(day),
    readings: { p95: { value: p95, samples: 100, source } },
    accepted: acceptedRuns(folder, { ...about, at: dayOf(day), reference }),
    ...(override && { override }),
  };
  const decision = evaluate(policy, inputs);
  const path = await fileRecord(folder, recordOf(decision, { ...about, policy, inputs, platform: {} }));
  const [, id = ""] = /([0-9a-f]{64})\.json$/.exec(path) ?? [];
  return { verdict: decision.verdict, id, accepted: inputs.accepted };
}
const times = (count: number, one: (i: number) => Promise<{ verdict: Verdict }>) =>
  Array.from({ length: count }, (_, i) => i).reduce<Promise<Verdict[]>>(
    async (before, i) => [...(await before), (await one(i)).verdict],
    Promise.resolve([]),
  );

test("a release that is slower stays slower, however often the gate is asked", async () => {
  await times(3, (i) => ask(0.2, { day: 1 + i, release: `1.0.${i}`, policy: absolute }));
  const slow = await times(3, (i) => ask(0.26, { day: 10 + i, release: "1.1" }));
  expect(slow).toEqual(["fail", "fail", "fail"]);
  const override = { by: "ada", role: "release-manager", reason: "A slow machine.", until: dayOf(30) };
  await times(3, (i) => ask(0.26, { day: 20 + i, release: "1.2", override }));
  expect((await ask(0.26, { day: 25, release: "1.2" })).verdict).toBe("fail");
});

test("each other release counts once, by its newest decision, and only where that let it through", async () => {
  await ask(0.2, { day: 1, release: "1.0", policy: absolute });
  await ask(0.3, { day: 2, release: "1.0", policy: absolute });
  await ask(0.4, { day: 3, release: "1.1", policy: absolute });
  await ask(2, { day: 4, release: "1.1", policy: absolute });
  await ask(0.1, { day: 5, policy: absolute });
  const { accepted } = await ask(0.3, { day: 6, release: "1.2" });
  expect(accepted).toEqual([{ id: expect.any(String), release: "1.0", at: dayOf(2), values: { p95: 0.3 } }]);
  // As of day 3 nobody knew what was decided on the fourth.
  const then = acceptedRuns(folder, { ...subject, release: "1.2", at: dayOf(3) });
  expect(then.map(({ release, values }) => [release, values.p95]).sort()).toEqual([
    ["1.0", 0.3],
    ["1.1", 0.4],
  ]);
  expect(acceptedRuns(folder, { ...subject, environment: "staging", at: dayOf(9) })).toEqual([]);
});

test("a pinned run stays the measure when its release is judged anew", async () => {
  const { id } = await ask(0.2, { day: 1, release: "1.0", policy: absolute });
  await ask(2, { day: 2, release: "1.0", policy: absolute });
  const pinned = { ...relative, compare: { ...relative.compare, reference: id } };
  const asked = { day: 3, release: "1.1", policy: pinned, reference: id };
  expect(await ask(0.21, asked)).toMatchObject({ verdict: "pass", accepted: [{ id, release: "1.0" }] });
});

test("a folder that is named like a record is one that cannot be used, and the others are read", async () => {
  await ask(0.2, { day: 1, release: "1.0", policy: absolute });
  await mkdir(join(folder, "x.json"));
  const read = [...readRecords(folder)];
  expect(read).toHaveLength(2);
  expect(read.find(({ id }) => id === "x")?.record).toEqual({ unusable: "it cannot be read (EISDIR)" });
  expect(acceptedRuns(folder, { ...subject, at: dayOf(2) })).toHaveLength(1);
});
