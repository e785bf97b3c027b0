import { expect, test } from "vitest";
import { quotaRefusal } from "./quota-refusal.ts";

const refusal = (requested: string, used: string, limited: string) =>
  quotaRefusal(
    `pods "api-1" is forbidden: exceeded quota: capacity, requested: ${requested}, used: ${used}, limited: ${limited}`,
  );

test("a refusal says which quota it is, what is asked for, and what is left, of each resource", () => {
  expect(
    refusal(
      "requests.cpu=2,requests.memory=1Gi",
      "requests.cpu=3500m,requests.memory=1536Mi",
      "requests.cpu=4,requests.memory=2Gi",
    ),
  ).toBe(
    "quota capacity has too little requests.cpu: 2 asked for, 500m left (3500m of 4 used); requests.memory: 1Gi asked for, 512Mi left (1536Mi of 2Gi used)",
  );
});

test.each([
  ["3950m", "4", "50m"],
  ["0.5", "2", "1500m"],
  ["1", "1k", "999"],
  ["52Gi", "1Ti", "972Gi"],
  ["1G", "1Gi", "73741824"],
  ["1000", "1Ki", "24"],
  ["0", "3Pi", "3Pi"],
  ["5", "4", "nothing"],
  ["4", "4", "nothing"],
  // An amount in a form that is not known is told as it is.
  ["1e3", "2e3", "2e3 less 1e3"],
])("%s used of %s", (used, limit, left) => {
  const words = refusal("x=1", `x=${used}`, `x=${limit}`) ?? "";
  expect(words).toContain(` ${left} left (${used} of ${limit} used)`);
});

test("other words are none of a quota", () => {
  expect(quotaRefusal('pods "api" is forbidden: failed quota: capacity: must specify requests.cpu')).toBe(
    undefined,
  );
});
