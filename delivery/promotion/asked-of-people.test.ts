import { expect, test } from "vitest";
import type { Person } from "../signing/signer.ts";
import { mayEnter } from "./may-enter.ts";
import { approvalOf, factsOf, hoursAgo, promotion, request, story } from "./story-of-test.ts";

const ROLES = ["architecture-review", "production-authority", "cost", "security"];
const asked = {
  ...promotion,
  stops: promotion.stops.map((stop) => ({
    ...stop,
    ...(stop.environment === "prod" && { approvals: ROLES.map((role) => ({ role, count: 1 })) }),
  })),
};
const key = (kid: string, roles: string[], more: Partial<Person> = {}): Person => ({
  ...{ kid, roles, key: {} },
  ...more,
});
const robot = key("robot", ["promoter"]);
const maker = key("maker", ["promoter"]);

/** What is missing in prod, which asks for WV-19's four, by who signed in which role. */
function missing(people: Person[], signed: [kid: string, role: string][]) {
  const agreements = signed.map(([kid, role]) => approvalOf(kid, role));
  const facts = factsOf(story(), { promotion: asked, people: [robot, maker, ...people], agreements });
  return mayEnter(request, facts)
    .asked.filter(({ id, answer }) => id.startsWith("approval/") && answer !== "met")
    .map(({ id, because }) => `${id}: ${because}`);
}

test("four roles are four different people: somebody with all of them counts for one (WV-19)", () => {
  const four = ROLES.map((role, i) => key(`person-${i}`, [role]));
  const signed = ROLES.map((role, i): [string, string] => [`person-${i}`, role]);
  expect(missing(four, signed)).toEqual([]);
  const ann = key("ann", ROLES);
  expect(
    missing(
      [ann],
      ROLES.map((role) => ["ann", role]),
    ),
  ).toHaveLength(3);
  expect(missing([ann, ...four.slice(1)], [["ann", ROLES[0] ?? ""], ...signed.slice(1)])).toEqual([]);
});

test("somebody with two keys is one person, and cannot agree by one with what they ask for by the other", () => {
  const ann = [key("ann", ["cost"]), key("ann-2026", ["security"], { person: "ann" })];
  const others = [key("ben", ["architecture-review"]), key("cleo", ["production-authority"])];
  const signed: [string, string][] = [
    ["ann", "cost"],
    ["ann-2026", "security"],
    ["ben", "architecture-review"],
    ["cleo", "production-authority"],
  ];
  expect(missing([...ann, ...others], signed)).toEqual([
    "approval/security: 0 of 1; not counted, of ann-2026: ann-2026 counts for another role",
  ]);
  const two = ann.map(({ person: _, ...one }) => one);
  expect(missing([...two, ...others], signed)).toEqual([]);
  const asks = key("cleo", ["production-authority"], { person: "robot" });
  const made = key("ben", ["architecture-review"], { person: "maker" });
  expect(missing([...two, asks, made], signed)).toEqual([
    "approval/architecture-review: 0 of 1; not counted, of ben: ben made the release",
    "approval/production-authority: 0 of 1; not counted, of cleo: cleo asks for it",
  ]);
});

test("a key that was given up approves of nothing, whenever it says that it signed", () => {
  const ben = key("ben", ["cost"], { until: hoursAgo(0.5) });
  expect(missing([ben], [["ben", "cost"]])).toContainEqual(
    expect.stringMatching(/^approval.cost: 0 of 1; not counted, of ben: the key of ben counted until/),
  );
});
