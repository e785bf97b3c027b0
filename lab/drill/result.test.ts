import { expect, test } from "vitest";
import { figuresOf, type Injection } from "./result.ts";

const injection = (more: Partial<Injection>): Injection => ({
  ...{ fault: "f", title: "F", at: "2026-01-01T00:00:00.000Z", verdict: "passed", why: [] },
  ...{ alerts: [], falseAlarms: [], recoveredAfter: 1, needsPerson: false, ...more },
});
const told = (notifiedAfter: number | null, resolvedAfter: number | null = null) => ({
  ...{ alert: "A", detectedAfter: 1, notifiedAfter, resolvedAfter },
});

test("the p95 of notification is over injections, each with its slowest alert; silent faults do not count", () => {
  const quick = Array.from({ length: 18 }, () => injection({ alerts: [told(1), told(2)] }));
  const all = [...quick, injection({ alerts: [told(3)] }), injection({ alerts: [told(40)] }), injection({})];
  expect(figuresOf(all)).toMatchObject({ injections: 21, notifiedAfterP95: 3 });
  expect(figuresOf([...all, injection({ alerts: [told(40)] })]).notifiedAfterP95).toBe(40);
});

test("resolution is the slowest, and what was left out counts for nothing", () => {
  const all = [
    injection({ alerts: [told(1, 4), told(1, 7)] }),
    injection({ verdict: "left out", alerts: [told(90, 90)], needsPerson: true }),
  ];
  expect(figuresOf(all)).toMatchObject({ injections: 1, resolvedAfterMax: 7, notifiedAfterP95: 1 });
});

test("healed without a person is what became healthy again and needed nobody", () => {
  const all = [
    injection({}),
    injection({ needsPerson: true }),
    injection({ recoveredAfter: null }),
    injection({}),
  ];
  expect(figuresOf(all).healedWithoutPerson).toBe(0.5);
  expect(figuresOf([])).toMatchObject({ healedWithoutPerson: null, notifiedAfterP95: null });
});
