import { definePlatform, type PlatformInput } from "fairlead";
import { expect, test } from "vitest";
import { problemsOf } from "../../tests/model-of.ts";
import { environments, policies, routing, shop } from "../../tests/shop.ts";

/** The shop, told otherwise. */
function shopWith(
  change: Partial<typeof routing> | Record<string, unknown>,
  prod: Record<string, unknown> = {},
): PlatformInput {
  const parts = shop.parts.map((part) => ({
    ...part,
    ...(part.routing && { routing: { ...routing, ...change } }),
    ...(part.environments && {
      environments: { ...environments, prod: { ...environments.prod, ...prod } },
    }),
  }));
  return definePlatform({ ...shop, parts } as PlatformInput);
}

test("a receiver of the escalation that nobody declared is a problem, with the near match", () => {
  const problems = problemsOf([shopWith({ escalation: [{ after: "15m", to: ["pagr"] }] })], policies);
  expect(problems).toMatchInlineSnapshot(
    `"reference/unknown-receiver at routing.escalation[0].to[0]: no receiver "pagr" in shop; it has "chat", "heartbeat", "pager" → did you mean "pager"?"`,
  );
});

test.each([
  [[{ after: "0s", to: ["chat"] }]],
  [
    [
      { after: "30m", to: ["chat"] },
      { after: "30m", to: ["pager"] },
    ],
  ],
])("a step of the escalation that is not later than what comes before is a problem: %j", (escalation) => {
  expect(problemsOf([shopWith({ escalation })], policies)).toContain("routing/escalation-order");
});

test("a window in another time zone cannot be told to an Alertmanager that is shared", () => {
  const window = { timeZone: "Europe/Berlin", times: [{ weekdays: ["sunday"] }] };
  const changed = [{ muteTimes: { sundays: window } }, { maintenance: { upgrade: window } }] as const;
  expect(problemsOf([shopWith(...changed)], policies)).toMatchInlineSnapshot(`
    "routing/time-zone-not-shared at environments.prod.maintenance.upgrade.timeZone: "upgrade" is in Europe/Berlin, which the shared Alertmanager of prod cannot be told → write the hours in UTC, or give the environment monitoring.alertmanager: { kind: "own" }
    routing/time-zone-not-shared at routing.muteTimes.sundays.timeZone: "sundays" is in Europe/Berlin, which the shared Alertmanager of prod cannot be told → write the hours in UTC, or give the environment monitoring.alertmanager: { kind: "own" }"
  `);
  const own = { monitoring: { ...environments.prod.monitoring, alertmanager: { kind: "own" } } };
  expect(problemsOf([shopWith(changed[0], { ...changed[1], ...own })], policies)).not.toContain("time-zone");
});

test("a drill is not for production", () => {
  const drill = problemsOf([shopWith({}, { pace: "drill" })], policies);
  expect(drill).toContain(
    "environment/drill-in-production at environments.prod.pace: prod is a production environment",
  );
  expect(problemsOf([shopWith({}, { pace: "drill", stage: "staging" })], policies)).not.toContain("drill");
});
