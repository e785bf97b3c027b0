import fc from "fast-check";
import { expect, test } from "vitest";
import { howMany } from "../../tests/how-many.ts";
import { ownPlatform } from "../../tests/project-model.ts";
import { type Circuit, closedCircuit, type Happening, next, trialAt } from "./circuit.ts";

const { breakers } = await ownPlatform("weathervane");

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({
    kind: fc.constant("outcome" as const),
    outcome: fc.constantFrom("success" as const, "failure" as const, "timeout" as const),
    trial: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("level" as const), level: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ kind: fc.constant("time" as const) }),
  fc.record({ kind: fc.constant("trial" as const) }),
);
const story = fc.array(fc.tuple(happening, fc.integer({ min: 0, max: 400_000 })), { maxLength: 80 });

interface Moment {
  before: Circuit;
  after: Circuit;
  happening: Happening;
  now: number;
}

function told(breaker: (typeof breakers)[number], steps: [Happening, number][]): Moment[] {
  let now = 1_000_000;
  let circuit = closedCircuit(now);
  return steps.map(([happening, wait]) => {
    now += wait;
    const before = circuit;
    circuit = next(breaker, before, { happening, now });
    return { before, after: circuit, happening, now };
  });
}

test.each(breakers)("whatever happens to breaker $name, it follows its rules", (breaker) => {
  fc.assert(
    fc.property(story, (steps) => {
      for (const { before, after, happening, now } of told(breaker, steps)) {
        const way = `${before.state} ${after.state}`;
        // A trial is asked for, begins when its wait is over, and there is one at a time.
        if (way === "open half-open") {
          expect(happening.kind).toBe("trial");
          expect(now).toBeGreaterThanOrEqual(trialAt(breaker, before) ?? Number.POSITIVE_INFINITY);
        }
        if (way === "half-open half-open" && after.since !== before.since)
          expect(now).toBeGreaterThanOrEqual(trialAt(breaker, before) ?? Number.POSITIVE_INFINITY);
        if (before.state === "half-open" && after.state !== "half-open")
          expect(happening).toMatchObject({ kind: "outcome", trial: true });
        expect(way).not.toBe("closed half-open");
        // It opens for a reason, and closed means that it begins anew.
        if (before.state !== "open" && after.state === "open")
          expect(after.openings).toBe(before.openings + 1);
        if (after.state === "closed") expect(after.openings).toBe(0);
        if (after.state !== before.state) expect(after.because).not.toBe("");
        if (before.state === "open" && after.state === "closed" && breaker.recovers.kind === "trial")
          throw new Error("closed without a trial");
      }
    }),
    { numRuns: howMany(100, 10_000) },
  );
});

test("a state survives being stored as JSON", () => {
  fc.assert(
    fc.property(fc.constantFrom(...breakers), story, (breaker, steps) => {
      for (const { after, happening, now } of told(breaker, steps)) {
        const stored = JSON.parse(JSON.stringify(after)) as Circuit;
        expect(next(breaker, stored, { happening, now })).toEqual(next(breaker, after, { happening, now }));
      }
    }),
    { numRuns: howMany(50, 1000) },
  );
});
