import { DefaultLogger } from "@openfeature/core";
import { FlagdCore, MemoryStorage } from "@openfeature/flagd-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { modelOf } from "../tests/model-of.ts";
import { seededNumbers } from "../tests/seeded-numbers.ts";
import { policies } from "../tests/shop.ts";
import { type Part, shopWith } from "../tests/shop-with.ts";
import { flags as generate } from "./index.ts";

const baskets = {
  title: "Baskets",
  description: "The new baskets.",
  service: "api",
  variants: { stable: "paper", canary: "cotton" },
} as const;

const filesOf = (flags: Part["flags"] & object) => generate(modelOf([shopWith({ flags })], policies));

/** Who is on the canary, of these keys, by the file of a step. */
function canaries(content: string, keys: readonly string[], key: (one: string) => object): Set<string> {
  const core = new FlagdCore();
  core.setConfigurations(content);
  const value = (one: string) => core.resolveStringEvaluation("baskets", "none", key(one) as never).value;
  return new Set(keys.filter((one) => value(one) === "cotton"));
}

test("a flag becomes a definition for each step, 1, 10, 50 and 100 % unless it names others, and the way back (WV-19)", () => {
  const artifacts = filesOf({ baskets, shelves: { ...baskets, steps: ["0.5%", "20%"], by: "project" } });
  expect(artifacts.map(({ path }) => path.replace("generated/flags/shop/", ""))).toEqual([
    "baskets/stable.json",
    "baskets/1-percent.json",
    "baskets/10-percent.json",
    "baskets/50-percent.json",
    "baskets/100-percent.json",
    "shelves/stable.json",
    "shelves/0.5-percent.json",
    "shelves/20-percent.json",
  ]);
  const [stable, one] = artifacts.map(({ content }) => JSON.parse(content));
  expect(stable.flags.baskets).not.toHaveProperty("targeting");
  expect(one.flags.baskets.targeting.fractional.slice(1)).toEqual([
    ["canary", 1],
    ["stable", 99],
  ]);
  expect(JSON.parse(artifacts[6]?.content ?? "").flags.shelves.targeting.fractional).toEqual([
    { cat: [{ var: "$flagd.flagKey" }, { var: "project" }] },
    ["canary", 5],
    ["stable", 995],
  ]);
});

describe("of 10,000 keys", () => {
  const artifacts = filesOf({ baskets, shelves: { ...baskets, by: "project" } });
  const steps = artifacts.filter(({ path }) => path.includes("/baskets/")).map(({ content }) => content);
  const shares = [0, 0.01, 0.1, 0.5, 1];

  test.each([1, 2, 3])("as many are on the canary as its share says, and who is stays (seed %i)", (seed) => {
    const draw = seededNumbers(seed);
    const keys = Array.from({ length: 10_000 }, (_, i) => `${i}-${draw().toString(36)}`);
    const perStep = steps.map((step) => canaries(step, keys, (targetingKey) => ({ targetingKey })));
    for (const [i, on] of perStep.entries()) {
      const share = shares[i] ?? 0;
      // Five standard deviations of a binomial: of 15 counts one beyond them is a chance of 1 in 100,000.
      const most = 5 * Math.sqrt(keys.length * share * (1 - share));
      expect(Math.abs(on.size - keys.length * share), `${100 * share} %`).toBeLessThanOrEqual(most);
      for (const key of perStep[i - 1] ?? []) expect(on.has(key)).toBe(true);
    }
  });

  test("a project is on one side with all its runs, where the flag goes by projects", () => {
    const half = artifacts.find(({ path }) => path.endsWith("shelves/50-percent.json"))?.content ?? "";
    const core = new FlagdCore();
    core.setConfigurations(half);
    const of = (project: string) =>
      Array.from(
        { length: 20 },
        (_, run) =>
          core.resolveStringEvaluation("shelves", "none", { targetingKey: `run-${run}`, project }).value,
      );
    const sides = Array.from({ length: 50 }, (_, i) => new Set(of(`project-${i}`)));
    expect(sides.every(({ size }) => size === 1)).toBe(true);
    expect(new Set(sides.flatMap((side) => [...side]))).toEqual(new Set(["paper", "cotton"]));
  });
});

test("flagd's own schema takes every file, and every text comes out of flagd as it was put in", () => {
  const text = fc.oneof(
    fc.string({ minLength: 1, maxLength: 50, unit: "grapheme-ascii" }),
    fc.constantFrom(
      '"}]',
      "${x}",
      '{"$ref":"x"}',
      "\\u0000",
      "{{ .x }}",
      "$flagd.flagKey",
      "</script>",
      "'; --",
    ),
  );
  const asLine = text.filter((one) => one.trim() === one && one.trim() !== "");
  fc.assert(
    fc.property(asLine, asLine, fc.constantFrom("run", "project"), (stable, canary, by) => {
      fc.pre(stable !== canary);
      const artifacts = filesOf({ baskets: { ...baskets, variants: { stable, canary }, by } });
      for (const { content } of artifacts) {
        // `true`: what its schema refuses is thrown.
        const storage = new MemoryStorage(new DefaultLogger());
        storage.setConfigurations(content, true);
        const core = new FlagdCore(storage);
        const { value } = core.resolveStringEvaluation("baskets", "none", {
          targetingKey: "k",
          project: "p",
        });
        expect([stable, canary]).toContain(value);
      }
    }),
    { seed: 19, numRuns: 40 },
  );
});

test.each<[string, object, RegExp]>([
  ["steps that do not rise", { steps: ["10%", "10%"] }, /must begin above 0% and rise from step to step/],
  ["a first step of nothing", { steps: ["0%", "10%"] }, /must begin above 0% and rise from step to step/],
  ["a share that flagd could not weigh", { steps: ["0.0001%"] }, /must have at most three decimals/],
  ["a canary that is the stable one", { variants: { stable: "a", canary: "a" } }, /must differ/],
  ["a service that there is not", { service: "apy" }, /no service "apy" in shop/],
])("%s: told where", (_what, wrong, message) => {
  expect(() => filesOf({ baskets: { ...baskets, ...wrong } as never })).toThrow(message);
});
