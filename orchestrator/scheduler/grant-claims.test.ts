import fc from "fast-check";
import { expect, test } from "vitest";
import { howMany } from "../../tests/how-many.ts";
import { grantClaims, type StepClaim } from "./grant-claims.ts";

const claim = (
  key: string,
  resource: string,
  more: Partial<StepClaim> & Partial<StepClaim["party"]> = {},
) => {
  const { alone = true, granted = false, prefers = [], ...party } = more;
  const usual = { runId: key, priority: "normal", capabilities: [], acceptedAt: 0, parts: [] } as const;
  return { key, resource, alone, granted, prefers, party: { ...usual, ...party, agent: key } };
};
const told = (claims: StepClaim[]) => {
  const { granted, events } = grantClaims(claims);
  const of = events.map((event) =>
    event.type === "conflict.resolved" ? `${event.strategy} ${event.outcome}` : "",
  );
  return { granted: granted.sort(), of };
};

test("NX-5: what nobody else wants is granted without a conflict, also to several that share it or belong to one run", () => {
  expect(told([claim("a", "branch"), claim("b", "cluster")])).toEqual({ granted: ["a", "b"], of: [] });
  const shared = [claim("a", "branch", { alone: false }), claim("b", "branch", { alone: false })];
  expect(told(shared).granted).toEqual(["a", "b"]);
  const own = [claim("a", "branch", { runId: "r" }), claim("b", "branch", { runId: "r" })];
  expect(told(own).granted).toEqual(["a", "b"]);
});

test("NX-5: conflicts are resolved by priority, capability, resource-sharing and consensus", () => {
  const urgent = claim("b", "branch", { priority: "urgent" });
  expect(told([claim("a", "branch"), urgent])).toEqual({ granted: ["b"], of: ["priority resolved"] });
  const able = claim("b", "branch", { capabilities: ["rebase"], prefers: ["rebase"] });
  expect(told([claim("a", "branch"), able])).toEqual({ granted: ["b"], of: ["capability resolved"] });
  const parts = [claim("a", "branch", { parts: ["x"] }), claim("b", "branch", { parts: ["y"] })];
  expect(told(parts)).toEqual({ granted: ["a", "b"], of: ["resource-sharing resolved"] });
  const first = claim("b", "branch", { acceptedAt: -1 });
  expect(told([claim("a", "branch"), first])).toEqual({ granted: ["b"], of: ["consensus resolved"] });
});

test("who holds a resource keeps it; the winner of those that wait is not overtaken by a loser, and is told when it gets it", () => {
  const holder = claim("h", "branch", { alone: false, granted: true });
  const winner = claim("a", "branch", { priority: "urgent" });
  const loser = claim("b", "branch", { alone: false });
  expect(told([holder, winner, loser])).toEqual({ granted: [], of: [] });
  expect(told([winner, loser])).toEqual({ granted: ["a"], of: ["priority resolved"] });
});

test("whatever is claimed: nobody gets what another has, each gets all or nothing, and while nothing is held somebody goes on", () => {
  const claims = fc.uniqueArray(
    fc.record({
      key: fc.nat({ max: 6 }),
      resource: fc.nat({ max: 3 }),
      alone: fc.boolean(),
      urgent: fc.boolean(),
    }),
    { selector: ({ key, resource }) => `${key}/${resource}`, minLength: 1, maxLength: 20 },
  );
  const holds = fc.property(claims, (all) => {
    let open = all.map(({ key, resource, alone, urgent }) =>
      claim(`${key}`, `${resource}`, { alone, priority: urgent ? "urgent" : "normal", acceptedAt: key }),
    );
    while (open.length > 0) {
      const { granted } = grantClaims(open);
      expect(granted.length).toBeGreaterThan(0);
      const held = open.filter(({ key }) => granted.includes(key));
      for (const one of held)
        for (const other of held)
          if (one.resource === other.resource && one.key !== other.key)
            expect(one.alone || other.alone).toBe(false);
      open = open.filter(({ key }) => !granted.includes(key));
    }
  });
  fc.assert(holds, { numRuns: howMany(300, 10_000) });
});
