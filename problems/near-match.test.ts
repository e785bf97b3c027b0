import { expect, test } from "vitest";
import { nearMatch } from "./near-match.ts";

test.each([
  ["availabilty", "availability"],
  ["reciever", "receiver"],
  ["naem", "name"],
  ["apu", "api"],
  ["HTTP", "http"],
  ["metrics", "metric"],
  ["objctve", "objective"],
  ["shop_order_total", "shop_orders_total"],
])("%s was meant to be %s", (wrong, right) => {
  expect(nearMatch(wrong, ["something-else", right])).toBe(right);
});

test.each([
  ["p", "q"],
  ["db", "do"],
  ["rate", "page"],
  ["min", "max"],
  ["minimum", "maximum"],
  ["readiness", "liveness"],
  ["team", "tier"],
  ["p95", "p99"],
  ["38d", "28d"],
  ["worker-1", "worker-2"],
  ["", "a"],
])("%s is another word than %s", (wrong, other) => {
  expect(nearMatch(wrong, [other])).toBeUndefined();
});

test("of several near names it is the nearest, and the first of equals", () => {
  expect(nearMatch("queue-deap", ["queue-dead", "queue-deep", "queue-heap"])).toBe("queue-dead");
  expect(nearMatch("latencyy", ["latencies", "latency"])).toBe("latency");
});
