import type { PlatformInput } from "fairlead";
import { expect, test } from "vitest";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { compareModels } from "./compare.ts";
import { formatChanges } from "./format.ts";

type Part = PlatformInput["parts"][number];
const own = shop.parts.find((part) => part.breakers) ?? {};
const others = shop.parts.filter((part) => part !== own);
const payments = own.breakers?.payments as NonNullable<Part["breakers"]>[string];
const waiting = own.limits?.["waiting-orders"] as NonNullable<Part["limits"]>[string];
const selling = own.modes?.selling as NonNullable<Part["modes"]>[string];

function said(changed: Part): string {
  const after = { ...shop, parts: [...others, { ...own, ...changed }] };
  return formatChanges(compareModels(modelOf([shop], policies), modelOf([after], policies)), "text", "main");
}

test("a breaker that opens later, and a higher limit, are looser", () => {
  const opens = { ...payments.opens, above: "60%" } as typeof payments.opens;
  expect(
    said({
      breakers: { payments: { ...payments, opens } },
      limits: { "waiting-orders": { ...waiting, atMost: 200 } },
    }),
  ).toMatchInlineSnapshot(`
    "Since main

    Looser:
      shop: breaker payments
        opens at more than 60% of the calls of 5 min failed, of at least 10; it opened at more than 50% of the calls of 5 min failed, of at least 10
      shop: limit waiting-orders
        at most 200 orders for each platform within 1 h, was 100 orders for each platform within 1 h"
  `);
});

test("a breaker that counts otherwise, and a mode that is gone, are said", () => {
  expect(
    said({
      breakers: { payments: { ...payments, opens: { kind: "consecutive-failures", failures: 5 } } },
      modes: { selling },
    }),
  ).toMatchInlineSnapshot(`
    "Since main

    Looser:
      shop: mode closed
        is gone: Closed

    Changed otherwise:
      shop: breaker payments
        opens: kind was failure-rate, is consecutive-failures
        opens: minimumCalls is no longer 10
        opens: above is no longer 0.5
        opens: windowSeconds is no longer 300
        opens: failures is now 5"
  `);
});
