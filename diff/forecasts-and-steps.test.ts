import type { PlatformInput } from "fairlead";
import { expect, test } from "vitest";
import { manySignals } from "../alerts/fixtures/many-signals.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { toldInSteps } from "../tests/told-in-steps.ts";
import { compareModels } from "./compare.ts";
import { formatChanges } from "./format.ts";

type Json = Record<string, unknown>;

const said = (before: PlatformInput, after: PlatformInput, its: Parameters<typeof modelOf>[1] = {}) =>
  formatChanges(compareModels(modelOf([before], its), modelOf([after], its)), "text", "main");

/** The platform with many signals, an entry of it changed. */
function manyWith(kind: "alerts" | "slos", name: string, change: (entry: Json) => Json): PlatformInput {
  const copy = structuredClone(manySignals) as unknown as { parts: Record<string, Record<string, Json>>[] };
  const entries = copy.parts.find((part) => kind in part)?.[kind];
  if (entries?.[name]) entries[name] = change(entries[name]);
  return copy as unknown as PlatformInput;
}

test("a forecast that looks further ahead, at another limit, from another value on, says so in words", () => {
  const later = manyWith("alerts", "disk-filling", (alert) => ({
    ...alert,
    when: { ...(alert.when as Json), within: "6h", reaches: "95%", from: "50%", basedOn: "12h" },
  }));
  expect(said(manySignals, later)).toMatchInlineSnapshot(`
    "Since main

    Tells people more, or sooner:
      many: alert disk-filling
        looked ahead 4h, looks ahead 6h

    Tells people less, or later:
      many: alert disk-filling
        forecast when it reaches 90% of the min of limit_bytes, now 95% of the min of limit_bytes
        spoke from 40% of the min of limit_bytes on, now 50% of the min of limit_bytes

    Changed otherwise:
      many: alert disk-filling
        rested on the last 6h, rests on the last 12h"
  `);
});

test("a forecast that takes the place of a comparison is told as a sentence, its wait and its reason too", () => {
  const other = manyWith("alerts", "score-low", (alert) => ({
    ...alert,
    for: "30m",
    because: "scores move slowly",
    when: {
      ...{ kind: "forecast", metric: "score_ratio", aggregate: "avg", trend: "falling" },
      ...{ reaches: "80%", within: "1d", basedOn: "6h" },
    },
  }));
  expect(said(manySignals, other)).toMatchInlineSnapshot(`
    "Since main

    Tells people more, or sooner:
      many: alert score-low
        fired after 2h, fires after 30m

    Changed otherwise:
      many: alert score-low
        fired while avg (score_ratio{platform="many"}) <= 0.8, fires while the avg of score_ratio falls to 80% within 1d, if the trend of the last 6h goes on
        says why it waits as it does: scores move slowly"
  `);
});

test("the forecast of a budget comes, goes and moves", () => {
  const soon = manyWith("slos", "no-failure", (slo) => ({
    ...slo,
    budgetForecast: { within: "2d", basedOn: "12h" },
  }));
  const none = manyWith("slos", "no-failure", ({ budgetForecast: _, ...slo }) => slo);
  expect(said(manySignals, soon)).toMatchInlineSnapshot(`
    "Since main

    Tells people less, or later:
      many: SLO no-failure
        warned of a budget that is used up within 4d by the trend of the last 12h, now warns within 2d, by the last 12h"
  `);
  expect(said(none, manySignals)).toMatchInlineSnapshot(`
    "Since main

    Tells people more, or sooner:
      many: SLO no-failure
        gave no warning of a budget that runs out, now warns within 4d, by the last 12h"
  `);
});

test("who is told after a while without a silence is who is told (PM-4)", () => {
  expect(said(shop, toldInSteps, policies)).toMatchInlineSnapshot(`
    "Since main

    Tells people more, or sooner:
      shop: notifications of critical alerts
        now told in local, prod of what nobody silences for 15m: second (webhook http://127.0.0.1:9095/second)
        now told in local, prod of what nobody silences for 45m: lead (webhook http://127.0.0.1:9095/lead)
        now told in local, prod of what nobody silences for 45m: second (webhook http://127.0.0.1:9095/second)

    Changed otherwise:
      shop: environment local
        maintenance was (nothing), is [{"name":"upgrade","timeZone":"Europe/Berlin","times":[{"dates":"2026-12-31","from":"23:00","to":"01:30"},{"weekdays":"sunday","from":"22:00","to":"02:00"}]}]
      shop: environment prod
        maintenance was (nothing), is [{"name":"upgrade","timeZone":"UTC","times":[{"dates":"2026-12-31","from":"23:00","to":"24:00"}]}]
      shop: platform shop
        muteTimes was (nothing), is [{"name":"nights","timeZone":"UTC","times":[{"from":"22:00","to":"06:00"}]},{"name":"weekend","timeZone":"UTC","times":[{"weekdays":"saturday, sunday"}]}]"
  `);
});
