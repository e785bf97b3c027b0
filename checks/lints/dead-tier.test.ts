import { expect, test } from "vitest";
import { slos } from "../../tests/shop.ts";
import { said } from "../../tests/try-lint.ts";
import { deadTier } from "./dead-tier.ts";

const promising = (objective: "93%" | "93.1%") => ({
  slos: { ...slos, "order-latency": { ...slos["order-latency"], period: "30d" as const, objective } },
});

test("an objective at which a tier waits for more than all events is found, and one just above it is not", () => {
  expect(said(deadTier, promising("93%"))).toEqual([
    'slos.order-latency.objective: at 93% SLO "order-latency" never fires in page-quick: it waits for more errors than there can be',
  ]);
  expect(said(deadTier, promising("93.1%"))).toEqual([]);
});
