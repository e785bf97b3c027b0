import { expect, test } from "vitest";
import { slos } from "../../tests/shop.ts";
import { said } from "../../tests/try-lint.ts";
import { sameEvents } from "./same-events.ts";

const { "order-success": success, "order-latency": latency } = slos;

test("two SLOs on the same events are found at the second, whatever their objectives", () => {
  expect(said(sameEvents, { slos: { ...slos, "order-latency": { ...success, objective: "90%" } } })).toEqual([
    'slos.order-success.sli: SLO "order-success" judges the same events as "order-latency": what fails burns both budgets and alerts twice',
  ]);
});

test("another threshold or other groups make other events", () => {
  expect(said(sameEvents)).toEqual([]);
  const slower = { ...latency, sli: { ...latency.sli, threshold: "1s" } as typeof latency.sli };
  expect(said(sameEvents, { slos: { "order-success": slower, "order-latency": latency } })).toEqual([]);
  const all = { ...latency, sli: { ...latency.sli, where: {} } as typeof latency.sli };
  const byRoute = { ...all, by: ["route"] };
  expect(said(sameEvents, { slos: { "order-success": byRoute, "order-latency": all } })).toEqual([]);
  expect(said(sameEvents, { slos: { "order-success": all, "order-latency": all } })).toHaveLength(1);
});
