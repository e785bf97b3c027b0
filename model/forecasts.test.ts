import type { PlatformInput } from "fairlead";
import { expect, test } from "vitest";
import { modelOf, problemsOf } from "../tests/model-of.ts";
import * as right from "../tests/shop.ts";
import { shopWith } from "../tests/shop-with.ts";

const { alerts, slos, metrics } = right;
type When = NonNullable<PlatformInput["parts"][number]["alerts"]>[string]["when"];
type Forecast = Extract<When, { kind: "forecast" }>;

const filling: Forecast = {
  kind: "forecast",
  metric: "shop_disk_free_bytes",
  aggregate: "min",
  trend: "falling",
  reaches: "0%",
  of: { metric: "shop_disk_size_bytes", aggregate: "max" },
  from: "50%",
  within: "4h",
  basedOn: "1h",
};
const { by: _, ...queue } = alerts["queue-deep"].when as Extract<When, { kind: "threshold" }>;

const withForecast = (changed: Partial<Forecast>) =>
  shopWith({
    alerts: {
      ...alerts,
      "disk-almost-full": { ...alerts["disk-almost-full"], when: { ...filling, ...changed } },
    },
  });

test("a forecast asks whether the trend leads there in time, goes that way, is old enough, and is not there yet (AH-5)", () => {
  const [platform] = modelOf([withForecast({})], right.policies).platforms;
  const free = 'min (shop_disk_free_bytes{platform="shop"})';
  expect(platform?.alerts.find(({ name }) => name === "disk-almost-full")?.expr.split(" and ")).toEqual([
    `predict_linear(${free}[1h:1m], 14400) <= 0`,
    `deriv(${free}[1h:1m]) < 0`,
    `count_over_time(${free}[1h:1m]) >= 45`,
    `${free} > 0`,
    `${free} <= 0.5 * max (shop_disk_size_bytes{platform="shop"})`,
  ]);
});

test("until the end of the day is until midnight UTC", () => {
  const [platform] = modelOf([withForecast({ within: "end-of-day" })], right.policies).platforms;
  expect(platform?.alerts.find(({ name }) => name === "disk-almost-full")?.expr).toContain(
    "[1h:1m], 86400 - time() % 86400) <= 0",
  );
});

const at = "at alerts.disk-almost-full.when";

test.each<[string, Partial<Forecast>, string]>([
  [
    "too short a history",
    { basedOn: "10m" },
    `alert/forecast-history ${at}.basedOn: 10m of history is too short for a trend: a value that is new every 15 s is seen 40 times → choose between 15 min and 15 d`,
  ],
  [
    "a history that Prometheus does not keep",
    { basedOn: "16d" },
    `alert/forecast-history ${at}.basedOn: 16d of history is longer than Prometheus keeps unless it is told to → choose between 15 min and 15 d`,
  ],
  [
    "most of a day's history for a forecast of the day",
    { within: "end-of-day", basedOn: "13h" },
    `alert/forecast-history ${at}.basedOn: 13h of history is too long to be there again before the day is over → choose between 1 h and 12 h`,
  ],
  [
    "a look too far ahead",
    { within: "3d" },
    `alert/forecast-too-far ${at}.within: 3d ahead is more than 24 times the history of 1h that it rests on → look ahead 1 d at most, or rest it on 3 h or more`,
  ],
  [
    "an alert that waits until it is there",
    { within: "5m" },
    `alert/never-fires ${at}.within: the limit is reached within 5m, and the alert waits 5m before it says so → look further ahead, or wait for less`,
  ],
  [
    "a number beside a whole",
    { reaches: 1000 },
    `alert/forecast-limit ${at}.reaches: 1000 is no share of "shop_disk_size_bytes" → write a share like "90%", or take \`of\` out`,
  ],
  [
    "a whole that is the same metric",
    { of: { metric: "shop_disk_free_bytes", aggregate: "max" } },
    `alert/forecast-limit ${at}.of: "shop_disk_free_bytes" is compared with a share of itself → name the metric that says how much there is in all`,
  ],
  [
    "words only where it is there already",
    { reaches: "50%" },
    `alert/never-fires ${at}.from: nothing is said before it has come to 50%, and at 50% there is nothing left to forecast → choose a value above 50%`,
  ],
])("%s is a Problem", (_what, changed, problem) => {
  expect(problemsOf([withForecast(changed)], right.policies)).toBe(problem);
});

test("a share needs a whole, unless the metric is a ratio, which never reaches more than 1", () => {
  const { of: _of, from: _from, ...alone } = filling;
  const forecasting = (when: Forecast, unit: "bytes" | "ratio" = "bytes") => {
    const metric = unit === "ratio" ? "shop_used_ratio" : when.metric;
    const used = {
      type: "gauge" as const,
      class: "system" as const,
      unit: "ratio" as const,
      help: "Used.",
      services: ["api"],
    };
    return problemsOf(
      [
        shopWith({
          metrics: { ...metrics, ...(unit === "ratio" && { shop_used_ratio: used }) },
          alerts: {
            ...alerts,
            "disk-almost-full": { ...alerts["disk-almost-full"], when: { ...when, metric } },
          },
        }),
      ],
      right.policies,
    );
  };
  expect(forecasting(alone)).toBe(
    `alert/forecast-limit ${at}.reaches: "0%" is a share, and nothing says of what → name it, of: { metric: "…", aggregate: "max" }, or write a number (unit: bytes)`,
  );
  expect(forecasting({ ...alone, trend: "rising", reaches: "90%" }, "ratio")).toBe("");
  expect(forecasting({ ...alone, trend: "rising", reaches: 2 }, "ratio")).toBe(
    `alert/never-fires ${at}.reaches: "shop_used_ratio" is a ratio, from 0 to 1, and never reaches 2 → choose a value that can be reached`,
  );
});

test("a label that the whole does not have cannot keep it apart", () => {
  const when: Forecast = {
    kind: "forecast",
    metric: queue.metric,
    aggregate: "max",
    by: ["queue"],
    trend: "rising",
    reaches: "90%",
    of: { metric: "shop_disk_size_bytes", aggregate: "max" },
    within: "4h",
    basedOn: "1h",
  };
  expect(
    problemsOf(
      [shopWith({ alerts: { ...alerts, "queue-deep": { ...alerts["queue-deep"], when } } })],
      right.policies,
    ),
  ).toContain('metric "shop_disk_size_bytes" has no label "queue"');
});

test.each([
  [
    "1h",
    "1d",
    "alert/forecast-history at slos.order-success.budgetForecast.basedOn: 1h of history is too short for a trend: a value that is new every 120 s is seen 30 times → choose between 2 h and 15 d",
  ],
  [
    "3d",
    "31d",
    "alert/forecast-too-far at slos.order-success.budgetForecast.within: 31d ahead is more than the period, at whose end there is another budget → look ahead less than 30 days",
  ],
])("the budget's forecast from %s for %s is a Problem", (basedOn, within, problem) => {
  const budgetForecast = { basedOn, within } as { basedOn: "1h"; within: "1d" };
  const changed = { ...slos, "order-success": { ...slos["order-success"], budgetForecast } };
  expect(problemsOf([shopWith({ slos: changed })], right.policies)).toBe(problem);
});
