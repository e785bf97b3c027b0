import { expect, test } from "vitest";
import { fatigueOf } from "./fatigue.ts";

const pieces = (length: number, more: (i: number) => object = () => ({})) =>
  Array.from({ length }, (_, i) => ({
    outcome: "done" as const,
    seconds: 1,
    said: `piece ${i}`,
    ...more(i),
  }));

test("AH-4: whoever works well is fresh, and of fewer than five pieces nothing is said", () => {
  expect(fatigueOf(pieces(20))).toEqual({ errors: 0, repetition: 0, slowness: 0 });
  expect(fatigueOf(pieces(4, () => ({ outcome: "failed", said: "again" })))).toMatchObject({
    errors: 0,
    repetition: 0,
  });
});

test("AH-4: failures, saying the same again and slowing down tire, as far as the newest twenty show it", () => {
  expect(fatigueOf(pieces(10, (i) => (i % 2 ? { outcome: "failed" } : {}))).errors).toBe(0.5);
  expect(fatigueOf(pieces(20, () => ({ said: "again" }))).repetition).toBe(1);
  expect(fatigueOf(pieces(20, (i) => ({ seconds: i < 10 ? 1 : 4 }))).slowness).toBe(0.75);
  const recovered = [...pieces(20, () => ({ outcome: "failed" })), ...pieces(20)];
  expect(fatigueOf(recovered).errors).toBe(0);
});
