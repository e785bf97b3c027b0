// Policies that something happened to. Whether an altered digit was meant nobody can read from the file alone: what lets through more than before has to be
// refused in words, or be told by `policy diff` as a loosening that somebody must agree to.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { comparePolicies } from "../../diff/index.ts";
import { buildModel } from "../../model/build.ts";
import type { Model } from "../../model/model.ts";
import { readPolicies } from "../../model/policies.ts";
import { howMany } from "../../tests/how-many.ts";
import { modelOf } from "../../tests/model-of.ts";
import { mutated } from "../../tests/mutated.ts";
import { seededNumbers } from "../../tests/seeded-numbers.ts";
import { policies, shop } from "../../tests/shop.ts";
import type { GateInputs, Reading } from "../gate/decision.ts";
import { evaluate } from "../gate/evaluate.ts";

const source = { digest: `sha256:${"0".repeat(64)}`, origin: "k6 1.8.1", at: "2027-01-01T00:00:00Z" };
const inputsOf = (success: Reading, p95: Reading): GateInputs => ({
  at: "2027-01-01T00:10:00Z",
  // Of p50 the clean policy asks nothing: a further objective may.
  readings: { success, p95, p50: { value: 0.01, samples: 100, source } },
  accepted: [{ id: "one", at: "2026-12-01T00:00:00Z", values: { success: 0.9995, p95: 0.3 } }],
});
const [fine, fast] = [
  { value: 0.9995, source },
  { value: 0.2, samples: 100, source },
];
/** What the clean policy lets through none of. */
const bad: GateInputs[] = [
  inputsOf(fine, { value: 0.31, samples: 100, source }),
  inputsOf({ value: 0.99, source }, fast),
  inputsOf({ missing: "there is no evidence" }, fast),
  inputsOf(fine, { value: Number.NaN, samples: 100, source }),
];
const clean = modelOf([shop], policies);
const letsThrough = (model: Model) =>
  model.platforms
    .flatMap(({ gates }) => gates)
    .flatMap(({ policy }) => bad.map((inputs) => evaluate(policy, inputs).verdict))
    .filter((verdict) => verdict === "pass" || verdict === "warn").length;

/** The model with the policy as it stands in a file, or how many errors it has. */
async function modelWith(root: string): Promise<Model | number> {
  const read = await readPolicies(root, ["shop"]);
  const platforms = [{ name: "shop", value: shop }];
  const built = buildModel({ platforms, policies: read.files, requirements: [], locate: read.locate });
  const errors = [...read.problems, ...built.problems].filter(({ severity }) => severity === "error");
  for (const { message } of errors) expect(message).not.toBe("");
  return errors.length > 0 ? errors.length : built.model;
}

test("mutated policies are refused in words, or let nothing more through without somebody's agreement", async () => {
  const root = await mkdtemp(join(tmpdir(), "fairlead-policies-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, "policies/shop"), { recursive: true });
  const file = join(root, "policies/shop/latency-and-errors.yaml");
  const written = Buffer.from(stringify(policies["latency-and-errors"]));
  await writeFile(file, written);
  const unharmed = await modelWith(root);
  if (typeof unharmed === "number") throw new Error("the clean policy is refused");
  expect([letsThrough(unharmed), comparePolicies(clean, unharmed).approvals]).toEqual([0, []]);
  const random = seededNumbers(13);
  const count = howMany(300, 10_000);
  const ended = { refused: 0, same: 0, agreed: 0 };
  for (let i = 0; i < count; i += 1) {
    const changed = [
      () => mutated(written, random),
      () => Buffer.from(stringify(altered(random))),
      () => Buffer.from(stringify(extended(random))),
    ];
    const bytes = changed[i % 3]?.() ?? written;
    await writeFile(file, bytes);
    const model = await modelWith(root);
    if (typeof model === "number") ended.refused += 1;
    else if (letsThrough(model) === 0) ended.same += 1;
    else {
      ended.agreed += 1;
      expect(comparePolicies(clean, model).approvals, bytes.toString()).not.toEqual([]);
    }
  }
  expect(ended.refused + ended.same + ended.agreed).toBe(count);
  // Each way is gone.
  expect(ended.refused).toBeGreaterThan(count / 5);
  expect(ended.same).toBeGreaterThan(0);
  expect(ended.agreed).toBeGreaterThan(0);
});

const others = [
  ...[undefined, null, true, false, "", [], {}, [["<=1ms"]], "advisory", "overridable", "other"],
  ...[
    "<=900ms",
    "<=+90%",
    ">=1%",
    ">=0%",
    ">0",
    "100%",
    "0%",
    "50%",
    0,
    1,
    -1,
    100,
    1e308,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ],
];

/** The policy with one of its values replaced by another, or taken out. */
function altered(random: () => number): object {
  const policy = structuredClone(policies["latency-and-errors"]) as object;
  const one = <T>(all: readonly T[]) => all[Math.floor(random() * all.length)] as T;
  const [parent, key] = one(placesIn(policy));
  const other = one(others);
  if (other === undefined) Reflect.deleteProperty(parent, key);
  else Reflect.set(parent, key, other);
  return policy;
}

/** The policy with something more in it: an objective that mostly passes, an entry, or a criterion of one. */
function extended(random: () => number): object {
  const { objectives, ...policy } = structuredClone(policies["latency-and-errors"]);
  const one = <T>(all: readonly T[]) => all[Math.floor(random() * all.length)] as T;
  const criterion = () => one(["<=900ms", "<=1ms", "<=+90%", ">=0%", ">=99%"]);
  const further = {
    ...{ name: "p50", indicator: { load: "smoke", measure: "p50" }, weight: one([0, 1, 2, 9, 100]) },
    ...{ key: one([true, false]), pass: one([[["<=900ms"]], [["<=1ms"]], undefined]) },
  };
  if (random() < 0.5) return { ...policy, objectives: [...objectives, further] };
  const entries: string[][] = one(objectives).pass;
  if (random() < 0.5) entries.push([criterion()]);
  else one(entries).push(criterion());
  return { ...policy, objectives };
}

/** Every value in a value: what holds it, and under which key. */
function placesIn(value: unknown): [object, string][] {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(
    ([key, inner]) => [[value, key], ...placesIn(inner)] as [object, string][],
  );
}
