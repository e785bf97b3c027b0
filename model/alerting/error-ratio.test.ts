import { expect, test } from "vitest";
import { errorRatio } from "./error-ratio.ts";

const labels = { platform: "shop", service: "api", slo: "calls" };
const ratio = (part: string, total: string, { by = [] as string[], noTraffic = "good" as const } = {}) =>
  errorRatio(
    { sli: { kind: "custom", counts: "bad", part, total, examples: [] }, by, noTraffic, labels },
    "5m",
  );
const calls = (where: string) => `sum(increase(calls_total{${where}}[$window]))`;

test("a sum of the user's own that counts some of the other's events is divided by it once", () => {
  expect(ratio(calls('a="1",code=~"(5..|429)"'), calls('a="1"'))).toBe(
    '(sum(increase(calls_total{a="1",code=~"(5..|429)"}[5m])) or vector(0)) / clamp_min(sum(increase(calls_total{a="1"}[5m])), 1e-9)',
  );
});

test.each([
  ["of another metric", calls('a="1"').replace("calls", "failures"), calls('a="1"')],
  ["of other events", calls('a="2",code="500"'), calls('a="1"')],
  ["of a difference", `${calls('a="1"')} - ${calls('a="1",b="2"')}`, calls('a="1"')],
  ["of another function", calls('a="1",b="2"').replace("increase", "sum_over_time"), calls('a="1"')],
  ["over a sum of several", calls('a="1",b="2"'), `${calls('a="1"')} + ${calls('a="2"')}`],
])("a ratio %s is nothing where there is no traffic, whatever else is counted", (_, part, total) => {
  expect(ratio(part, total)).toMatch(/ > 0\) or 0 \* /);
  expect(ratio(part, total)).not.toContain("clamp_min");
});

test("what keeps groups apart is summed by them", () => {
  expect(ratio(calls('a="1",b="2"'), calls('a="1"'), { by: ["tenant"] })).toContain(
    "sum by (tenant) (sum(increase(",
  );
});
