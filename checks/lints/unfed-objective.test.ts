import { expect, test } from "vitest";
import { saidOfPolicy } from "../../tests/try-lint.ts";
import { unfedObjective } from "./unfed-objective.ts";

test("an objective that wants to know of how many samples a query's value is, is found; of a load run it is known", () => {
  const slo = { name: "success", indicator: { slo: "order-success" }, pass: [[">=99.9%"]] };
  const load = { name: "p95", indicator: { load: "smoke", measure: "p95" }, pass: [["<=300ms"]] };
  expect(
    saidOfPolicy(unfedObjective, [
      { ...slo, minimumSamples: 100 },
      { ...load, minimumSamples: 100 },
    ]),
  ).toEqual([
    'objectives[0].minimumSamples: objective "success" is never known: it needs 100 samples, and a query does not say how many it has',
  ]);
  expect(saidOfPolicy(unfedObjective, [slo, load])).toEqual([]);
});
