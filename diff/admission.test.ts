import { expect, test } from "vitest";
import { modelOf, resolvePlatforms } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { comparePolicies, formatPolicyChanges } from "./index.ts";
import { policyProblems } from "./policy-problems.ts";

const asked = {
  description: "What may run in the shop's namespaces.",
  approved: ["ghcr.io/acme/*"],
  stages: {
    local: { "approved-images": "warn" },
    prod: { "approved-images": "deny", "requests-and-limits": "deny" },
  },
};
// Production that asks for less than it should is an error of the catalog; what matters here is what is said of the change.
const modelWith = (changed: object) =>
  resolvePlatforms([shop], policies, { admission: { ...asked, ...changed } }).model;
const stages = (changed: object) => ({ stages: { ...asked.stages, ...changed } });
const was = modelWith({});
const compare = (changed: object) => comparePolicies(was, modelWith(changed));
const teams = [{ gate: "shop/admission/prod", roles: ["team shop"] }];

test("what a cluster refused and lets in now needs the team, in words", () => {
  const looser = compare({
    approved: ["ghcr.io/acme/*", "docker.io/*"],
    ...stages({ prod: { "approved-images": "deny", "requests-and-limits": "warn" } }),
  });
  expect(formatPolicyChanges(looser, "text", "main")).toMatchInlineSnapshot(`
    "Since main

    Looser:
      shop: admission to local
        lets docker.io/* run
      shop: admission to prod
        requests-and-limits warns, before it refuses
        lets docker.io/* run

    Needs the agreement of:
      shop/admission/prod: team shop"
  `);
  expect(looser.approvals).toEqual(teams);
});

test("an admission policy that is gone lets everything in", () => {
  const gone = comparePolicies(was, modelOf([shop], policies));
  expect(gone.approvals).toEqual(teams);
  expect(gone.changes.map(({ name, group }) => `${name} ${group}`)).toContain("prod looser");
});

test("what only warned, what is tighter, and a name that another covers need nobody", () => {
  expect(compare({}).changes).toEqual([]);
  expect(compare({ description: "Other words." }).changes).toEqual([]);
  expect(compare({ approved: ["ghcr.io/acme/*", "ghcr.io/acme/api"] }).changes).toEqual([]);
  expect(compare({ approved: ["ghcr.io/acme/api"] })).toMatchObject({
    approvals: [],
    changes: expect.arrayContaining([expect.objectContaining({ name: "prod", group: "tighter" })]),
  });
  expect(compare(stages({ local: {} }))).toMatchObject({
    approvals: [],
    changes: [expect.objectContaining({ name: "local", group: "looser" })],
  });
  expect(compare(stages({ dev: { "image-digests": "deny" } })).approvals).toEqual([]);
});

test("reports of problems tell it as an error until the team has agreed", () => {
  const found = compare(stages({ prod: { "approved-images": "deny" } }));
  const told = (agreed: string[]) =>
    policyProblems(found, { model: was, base: "main", agreed, locate: () => undefined }).map(
      ({ rule, severity, message, fix }) => [rule, severity, message, fix],
    );
  const says = "since main, shop/admission/prod: requests-and-limits is not asked, before it refuses";
  expect(told([])).toEqual([["policy/loosened", "error", says, "needs the agreement of team shop"]]);
  expect(told(["team shop"])).toEqual([["policy/loosened", "warning", says, undefined]]);
});
