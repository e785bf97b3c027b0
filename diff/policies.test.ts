import { expect, test } from "vitest";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { comparePolicies, formatPolicyChanges } from "./index.ts";

const usual = policies["latency-and-errors"];
const modelWith = (changed: object) => modelOf([shop], { "latency-and-errors": { ...usual, ...changed } });
const [success, p95] = usual.objectives;
const was = modelWith({});

/** What a change of the shop's policy says, and who has to agree. */
const told = (changed: object, before = was) =>
  formatPolicyChanges(comparePolicies(before, modelWith(changed)), "text", "main");

test("a policy that asks the same needs nobody, and neither do words nor what is tighter", () => {
  expect(told({})).toBe("The policies ask the same as at main.");
  expect(comparePolicies(was, modelWith({ description: "Fast." })).approvals).toEqual([]);
  expect(told({ objectives: [success, { ...p95, pass: [["<=200ms", "<=+10%"]] }] })).toMatchInlineSnapshot(`
    "Since main

    Tighter:
      shop: gate release
        p95 gives a pass at <=200ms and <=+10%, gave it at <=300ms and <=+10%"
  `);
});

test("what is looser, or cannot be compared by number, needs the role that may override it, and the team where nobody may", () => {
  expect(told({ objectives: [success, { ...p95, pass: [["<=400ms", "<=+10%"]] }] })).toMatchInlineSnapshot(`
    "Since main

    Looser:
      shop: gate release
        p95 gives a pass at <=400ms and <=+10%, gave it at <=300ms and <=+10%

    Needs the agreement of:
      shop/release: release-manager and team shop"
  `);
  const overridable = modelWith({ level: "overridable", overriddenBy: "head-of-sales" });
  const weight = { objectives: [success, { ...p95, weight: 1 }] };
  expect(
    told({ level: "overridable", overriddenBy: "head-of-sales", ...weight }, overridable),
  ).toMatchInlineSnapshot(`
    "Since main

    Changed otherwise:
      shop: gate release
        p95: weight was 2, is 1

    Needs the agreement of:
      shop/release: head-of-sales"
  `);
});

test("a further objective that brings points dilutes what others lose, and needs agreement; one that brings none does not", () => {
  const easy = { name: "easy", indicator: { load: "smoke", measure: "p50" }, pass: [["<=1h"]] };
  const withObjective = (more: object) =>
    comparePolicies(was, modelWith({ objectives: [success, p95, { ...easy, ...more }] }));
  const nine = withObjective({ weight: 9 });
  expect(formatPolicyChanges(nine, "text", "main")).toMatchInlineSnapshot(`
    "Since main

    Changed otherwise:
      shop: gate release
        asks for easy: <=1h, for 9 points

    Needs the agreement of:
      shop/release: release-manager and team shop"
  `);
  const needed = [{ gate: "shop/release", roles: ["release-manager", "team shop"] }];
  expect([nine.approvals, withObjective({ weight: 1, key: true }).approvals]).toEqual([needed, needed]);
  expect(withObjective({ weight: 0, key: true }).approvals).toEqual([]);
  expect(withObjective({ pass: undefined }).approvals).toEqual([]);
});

test("no change names its own judge, and a gate that is gone needs its old one", () => {
  const overridable = modelWith({ level: "overridable", overriddenBy: "head-of-sales" });
  const mine = modelWith({ level: "advisory", overriddenBy: "me" });
  expect(comparePolicies(overridable, mine).approvals).toEqual([
    { gate: "shop/release", roles: ["head-of-sales"] },
  ]);
  const gone = modelOf([{ ...shop, parts: shop.parts.map(({ gates: _, ...part }) => part) }]);
  const needed = [{ gate: "shop/release", roles: ["release-manager", "team shop"] }];
  expect(comparePolicies(was, gone).approvals).toEqual(needed);
  expect(comparePolicies(was, { ...was, platforms: [] }).approvals).toEqual(needed);
});
