import { expect, test } from "vitest";
import { killedShare } from "./report.ts";
import { tryMutants } from "./try-mutants.ts";

test("the generated unit tests notice mistakes made in the generated rules of all platforms", async () => {
  const verdicts = await tryMutants({ seed: 20_261_121, count: 20 });
  expect(new Set(verdicts.map(({ rules }) => rules.platform)).size).toBe(5);
  const alive = verdicts
    .filter(({ outcome }) => outcome === "survived")
    .map(({ rules, mutant }) => `${rules.platform}/${rules.path} ${mutant.name}`);
  // One of so few may be beyond promtool; the long run holds the share.
  expect(alive.length, alive.join("\n")).toBeLessThanOrEqual(1);
  expect(killedShare(verdicts)).toBeGreaterThan(0.9);
}, 300_000);
