import { expect, test } from "vitest";
import { alerts } from "../../tests/shop.ts";
import { said } from "../../tests/try-lint.ts";
import { repeatedThreshold } from "./repeated-threshold.ts";

const { "queue-deep": deep, "disk-almost-full": disk, "orders-stopped": stopped } = alerts;
// As the critical alert, after the same wait; the warning is the one that the shop has.
const critical = (value: number, wait: "10m" | "20m" = "10m") => ({
  alerts: {
    ...alerts,
    "disk-almost-full": {
      ...deep,
      severity: "critical" as const,
      for: wait,
      when: { ...deep.when, value } as typeof deep.when,
    },
  },
});

test("a warning at the critical limit, or beyond it, comes too late", () => {
  expect(said(repeatedThreshold, critical(100))).toEqual([
    'alerts.queue-deep.when: warning "queue-deep" comes no earlier than critical "disk-almost-full", on the same value',
  ]);
  expect(said(repeatedThreshold, critical(99))).toHaveLength(1);
});

test("one below it, or one that waits for less, comes in time", () => {
  expect(said(repeatedThreshold, critical(101))).toEqual([]);
  expect(said(repeatedThreshold, critical(100, "20m"))).toEqual([]);
});

test("of what falls, the lower limit is the later one", () => {
  const warning = (value: "9%" | "11%") => ({
    alerts: {
      ...alerts,
      "queue-deep": {
        ...disk,
        severity: "warning" as const,
        when: { ...disk.when, value } as typeof disk.when,
      },
    },
  });
  expect(said(repeatedThreshold, warning("9%"))).toHaveLength(1);
  expect(said(repeatedThreshold, warning("11%"))).toEqual([]);
});

test("of free-form alerts the whole expression is compared", () => {
  const twice = { alerts: { ...alerts, "disk-almost-full": { ...stopped, severity: "critical" as const } } };
  expect(said(repeatedThreshold, twice)).toHaveLength(1);
});
