import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { canonicalJson } from "../../model/canonical-json.ts";
import type { Model } from "../../model/model.ts";
import { modelOf } from "../../tests/model-of.ts";
import { shop, policies as shopPolicies } from "../../tests/shop.ts";
import type { GateInputs, Policy } from "../gate/decision.ts";
import { evaluate } from "../gate/evaluate.ts";
import { readRecords } from "../gate/ledger.ts";
import { recordReader } from "../gate/read-record.ts";
import { type DecisionRecord, digestOf, recordOf } from "../gate/record.ts";
import { readExplained, unexplained } from "./explained.ts";
import { formatReplay } from "./format.ts";
import { replayMarkdown } from "./markdown.ts";
import { replay } from "./replay.ts";

const source = { digest: `sha256:${"0".repeat(64)}`, origin: "k6 1.8.1", at: "2027-01-01T00:00:00Z" };
const good: GateInputs = {
  at: "2027-01-01T00:10:00Z",
  readings: { success: { value: 0.9995, source }, p95: { value: 0.2, samples: 100, source } },
  accepted: [{ id: "one", at: "2026-12-01T00:00:00Z", values: { success: 0.9995, p95: 0.2 } }],
};
const slow: GateInputs = { ...good, readings: { ...good.readings, p95: { value: 0.4, source } } };

/** The shop whose policy is another. */
function shopWithPolicy(change: (policy: (typeof shopPolicies)["latency-and-errors"]) => object): Model {
  const policy = change(structuredClone(shopPolicies["latency-and-errors"]));
  return modelOf([shop], { "latency-and-errors": policy });
}

const model = shopWithPolicy((policy) => policy);
const [platform] = model.platforms;
const policy = platform?.gates[0]?.policy as Policy;
const looser = shopWithPolicy(({ objectives: [success, p95], ...rest }) => ({
  ...rest,
  objectives: [success, { ...p95, pass: [["<=500ms"]] }],
}));

function recorded(inputs: GateInputs, release = "v1"): DecisionRecord {
  const about = { gate: "shop/release", environment: "prod", release, platform: platform ?? {} };
  return recordOf(evaluate(policy, inputs), { ...about, policy, inputs });
}

async function folderOf(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-records-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

const hex = (text: string) => digestOf(text).slice("sha256:".length);
const filed = (record: object) => ({ [`${hex(canonicalJson(record))}.json`]: canonicalJson(record) });

test("the same policy decides all as it was decided", async () => {
  const records = readRecords(await folderOf({ ...filed(recorded(good)), ...filed(recorded(slow)) }));
  const found = replay(records, model);
  expect([found.replayed, found.flips, found.notReplayable]).toEqual([2, [], []]);
  expect([found.matrix.pass.pass, found.matrix.fail.fail]).toEqual([1, 1]);
});

test("a looser policy flips what it lets go on, and each flip needs a reason of its own", async () => {
  const folder = await folderOf({ ...filed(recorded(good)), ...filed(recorded(slow, "v2")) });
  const found = replay(readRecords(folder), looser);
  expect(found.flips).toMatchObject([
    { release: "v2", services: ["api"], from: "fail", to: "pass", letsGo: true },
  ]);
  const id = found.flips[0]?.id ?? "";
  const policyOf = () => policy.file;
  const none = { explained: new Map(), policyOf };
  expect(unexplained(found, none).map(({ rule, message }) => `${rule}: ${message}`)).toEqual([
    "policy/unexplained-flip: shop/release of v2 in prod was fail and would be pass now (3 of 3 points)",
  ]);
  const reasons = (...ids: string[]) =>
    `explained: [{ reason: A slow machine., records: [${ids.join(", ")}] }]`;
  await writeFile(join(folder, "why.yaml"), reasons(`"${id}"`));
  const explained = await readExplained(folder, "why.yaml");
  expect(unexplained(found, { explained, policyOf })).toEqual([]);
  expect(formatReplay(found, explained).replaceAll(id.slice(0, 12), "ID")).toMatchInlineSnapshot(`
    "2 decisions judged again: 1 come out otherwise

        then \\ now          pass          warn          fail  inconclusive
              pass             1             0             0             0
              warn             0             0             0             0
              fail             1             0             0             0
      inconclusive             0             0             0             0

    Gates touched: shop/release
    Services touched: shop/api
    Releases touched: v2

    ! ID shop/release of v2 in prod, 2027-01-01T00:10:00Z: fail → pass (3 of 3 points)
        explained: A slow machine.
    "
  `);
  await writeFile(join(folder, "why.yaml"), reasons(`"${id}"`, `"${"a".repeat(64)}"`));
  expect(unexplained(found, { explained: await readExplained(folder, "why.yaml"), policyOf })).toMatchObject([
    { rule: "policy/explains-nothing", severity: "warning", location: { line: 1 } },
  ]);
  await writeFile(join(folder, "why.yaml"), reasons("ab12"));
  await expect(readExplained(folder, "why.yaml")).rejects.toThrow("64 hexadecimal digits");
});

test("a gate that no longer stops what its verdict stops lets it go on, and needs a reason for it", () => {
  const advisory = shopWithPolicy((old) => ({ ...old, level: "advisory" }));
  const found = replay([{ id: "a", record: recorded(slow, "v2") }], advisory);
  expect(found.flips).toMatchObject([{ from: "fail", to: "fail", stayed: true, stays: false, letsGo: true }]);
  const policyOf = () => policy.file;
  expect(unexplained(found, { explained: new Map(), policyOf })).toMatchObject([
    {
      rule: "policy/unexplained-flip",
      message: expect.stringContaining("of v2 in prod was fail and would be fail, and goes on now ("),
    },
  ]);
  expect(formatReplay(found, new Map())).toContain("1 come out otherwise");
  expect(formatReplay(found, new Map())).toContain("fail → fail, and goes on (");
  expect(replayMarkdown(found, new Map())).toContain("lets go on what stopped");
  expect(replay([{ id: "a", record: recorded(good) }], advisory).flips).toEqual([]);
});

type Change = Parameters<typeof shopWithPolicy>[0];
test.each<[string, Change, string]>([
  [
    "an objective that was not there",
    ({ objectives, ...rest }) => ({
      ...rest,
      objectives: [...objectives, { ...objectives[1], name: "p95-again" }],
    }),
    "it holds no reading of p95-again",
  ],
  [
    "an objective that measures something else",
    ({ objectives: [success, p95], ...rest }) => ({
      ...rest,
      objectives: [success, { ...p95, indicator: { load: "smoke", measure: "p99" } }],
    }),
    "p95 was measured otherwise",
  ],
  [
    "a reference run that was not there",
    (old) => ({ ...old, compare: { reference: "two" } }),
    "it does not hold the run two",
  ],
])("%s makes a record not replayable: nothing is assumed", (_, change, because) => {
  const found = replay([{ id: "a", record: recorded(slow) }], shopWithPolicy(change));
  expect(found).toMatchObject({ replayed: 0, flips: [], notReplayable: [{ id: "a", because }] });
});

test("records of a gate that is gone, with a verdict that their own policy does not give, or altered, are not replayed", async () => {
  const record = recorded(slow);
  const text = canonicalJson(record);
  const folder = await folderOf({
    ...filed({ ...record, gate: "shop/other" }),
    ...filed({ ...record, verdict: "pass" }),
    ...filed({ ...record, inputs: good }),
    ...filed({ ...record, more: 1 }),
    [`${hex(text)}.json`]: text.replace("0.4", "0.1"),
    [`${hex(text.slice(1))}.json`]: text.slice(1),
    "empty.json": "",
    "other.txt": "",
  });
  const found = replay(readRecords(folder), looser);
  expect(found.replayed).toBe(0);
  const reasons = found.notReplayable.map(({ because }) =>
    because.replace(/(record of a decision: ).*/, "$1…"),
  );
  expect(reasons.sort()).toMatchInlineSnapshot(`
    [
      "it is no record of a decision: …",
      "it is no record of a decision: …",
      "it records pass, and its own policy gives fail",
      "its inputs are not those that their digest names",
      "its text is not what it was filed as",
      "its text is not what it was filed as",
      "there is no gate shop/other any more",
    ]
  `);
});

test("1,000 damaged records: none crashes, and none passes whose clean inputs would not", async () => {
  const clean = recorded(slow);
  const damage = fc.oneof(
    fc.constant(undefined),
    fc.constant(null),
    fc.string(),
    fc.constant([]),
    fc.constant({}),
    fc.boolean(),
  );
  const paths = pathsIn(clean);
  // One for all of them: what it remembers of one record must not mend the next.
  const read = recordReader();
  expect(read(hex(canonicalJson(clean)), canonicalJson(clean))).toEqual(clean);
  fc.assert(
    fc.property(fc.constantFrom(...paths), damage, fc.boolean(), (path, value, filedAnew) => {
      const broken = structuredClone(clean) as unknown as Record<string, unknown>;
      const parent = path
        .slice(0, -1)
        .reduce<Record<string, unknown>>((at, key) => at[key] as typeof broken, broken);
      parent[path.at(-1) ?? ""] = value;
      // Whoever damages it may even file it anew, with digests that fit.
      if (filedAnew) Object.assign(broken, digestsOf(broken));
      const text = canonicalJson(broken);
      const id = filedAnew ? hex(text) : hex(canonicalJson(clean));
      const found = replay([{ id, record: read(id, text) }], model);
      expect(found.matrix.fail.pass + found.matrix.fail.warn + found.matrix.pass.pass).toBe(0);
    }),
    { numRuns: 1_000 },
  );
});

/** Every place in a value, outermost first. */
function pathsIn(value: unknown, at: string[] = []): string[][] {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => [[...at, key], ...pathsIn(inner, [...at, key])]);
}

function digestsOf({ policy: written, inputs }: Record<string, unknown>) {
  const digest = (value: unknown) => digestOf(canonicalJson((value ?? null) as object));
  return { policyDigest: digest(written), inputDigest: digest(inputs) };
}
