import { expect, test } from "vitest";
import { figuresOf, type Injection, judge } from "./result.ts";

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

test("an alert that nobody was told of, or told to be over, leaves no time to be proud of", () => {
  const all = [...Array.from({ length: 30 }, () => injection({ alerts: [told(1, 1)] }))];
  const missed = injection({ alerts: [told(1, 1), told(null, null)], verdict: "failed" });
  expect(figuresOf([...all, missed])).toMatchObject({ notifiedAfterP95: null, resolvedAfterMax: null });
  const stays = { ...told(2), stays: "counts the last hour" };
  expect(figuresOf([...all, injection({ alerts: [stays] })])).toMatchObject({ resolvedAfterMax: 1 });
});

const quiet = {
  ...{ minutes: 10, alerts: [] as string[], looks: { made: 3_000, answered: 2_990 } },
  traffic: { asked: 1_200, accepted: 1_200 },
};
const verdicts = (injections: Injection[], during = quiet) =>
  judge({ injections, figures: figuresOf(injections), quiet: during }).map(({ verdict }) => verdict);

test("each figure that is asked for is met, missed or not measured", () => {
  expect(verdicts([injection({ alerts: [told(4.9, 9.9)] })])).toEqual(Array(4).fill("met"));
  expect(verdicts([injection({ alerts: [told(5, 10)], needsPerson: true })])).toEqual([
    ...["missed", "missed", "missed", "met"],
  ]);
  expect(verdicts([injection({ alerts: [told(null, null)] })]).slice(0, 2)).toEqual(["missed", "missed"]);
  expect(verdicts([], { ...quiet, minutes: 0 })).toEqual(Array(4).fill("not measured"));
  expect(verdicts([], { ...quiet, minutes: 9 }).at(-1)).toBe("not measured");
});

test("quiet is what was looked at, and at work", () => {
  const last = (more: Partial<typeof quiet>) => verdicts([], { ...quiet, ...more }).at(-1);
  expect(last({ alerts: ["A"], minutes: 2 })).toBe("missed");
  expect(last({ looks: { made: 0, answered: 0 } })).toBe("missed");
  expect(last({ looks: { made: 100, answered: 89 } })).toBe("missed");
  expect(last({ traffic: { asked: 1_200, accepted: 0 } })).toBe("missed");
});
