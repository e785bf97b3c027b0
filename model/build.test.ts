import { expect, test } from "vitest";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";

test("the whole of a platform resolves without a problem", () => {
  const [platform] = modelOf([shop], policies).platforms;
  expect(platform?.alerts.map((a) => a.name)).toMatchInlineSnapshot(`
    [
      "api-down",
      "disk-almost-full",
      "double-charge",
      "order-latency-absent",
      "order-latency-page-quick",
      "order-latency-page-slow",
      "order-latency-ticket-quick",
      "order-latency-ticket-slow",
      "order-success-absent",
      "order-success-page-quick",
      "order-success-page-slow",
      "order-success-ticket-quick",
      "order-success-ticket-slow",
      "orders-failing",
      "orders-stopped",
      "queue-deep",
      "watchdog",
    ]
  `);
  expect(platform?.slos[0]?.recordingRules).toMatchInlineSnapshot(`
    [
      {
        "expr": "1 - (sum(rate(shop_request_duration_seconds_bucket{platform="shop",route="/orders",le="0.3"}[5m])) or vector(0)) / (sum(rate(shop_request_duration_seconds_count{platform="shop",route="/orders"}[5m])) > 0)",
        "labels": {
          "platform": "shop",
          "service": "api",
          "slo": "order-latency",
        },
        "record": "slo:sli_error:ratio_rate5m",
      },
      {
        "expr": "1 - (sum(rate(shop_request_duration_seconds_bucket{platform="shop",route="/orders",le="0.3"}[1h])) or vector(0)) / (sum(rate(shop_request_duration_seconds_count{platform="shop",route="/orders"}[1h])) > 0)",
        "labels": {
          "platform": "shop",
          "service": "api",
          "slo": "order-latency",
        },
        "record": "slo:sli_error:ratio_rate1h",
      },
      {
        "expr": "1 - (sum(rate(shop_request_duration_seconds_bucket{platform="shop",route="/orders",le="0.3"}[30m])) or vector(0)) / (sum(rate(shop_request_duration_seconds_count{platform="shop",route="/orders"}[30m])) > 0)",
        "labels": {
          "platform": "shop",
          "service": "api",
          "slo": "order-latency",
        },
        "record": "slo:sli_error:ratio_rate30m",
      },
      {
        "expr": "1 - (sum(rate(shop_request_duration_seconds_bucket{platform="shop",route="/orders",le="0.3"}[6h])) or vector(0)) / (sum(rate(shop_request_duration_seconds_count{platform="shop",route="/orders"}[6h])) > 0)",
        "labels": {
          "platform": "shop",
          "service": "api",
          "slo": "order-latency",
        },
        "record": "slo:sli_error:ratio_rate6h",
      },
      {
        "expr": "1 - (sum(rate(shop_request_duration_seconds_bucket{platform="shop",route="/orders",le="0.3"}[2h])) or vector(0)) / (sum(rate(shop_request_duration_seconds_count{platform="shop",route="/orders"}[2h])) > 0)",
        "labels": {
          "platform": "shop",
          "service": "api",
          "slo": "order-latency",
        },
        "record": "slo:sli_error:ratio_rate2h",
      },
      {
        "expr": "1 - (sum(rate(shop_request_duration_seconds_bucket{platform="shop",route="/orders",le="0.3"}[1d])) or vector(0)) / (sum(rate(shop_request_duration_seconds_count{platform="shop",route="/orders"}[1d])) > 0)",
        "labels": {
          "platform": "shop",
          "service": "api",
          "slo": "order-latency",
        },
        "record": "slo:sli_error:ratio_rate1d",
      },
      {
        "expr": "1 - (sum(rate(shop_request_duration_seconds_bucket{platform="shop",route="/orders",le="0.3"}[3d])) or vector(0)) / (sum(rate(shop_request_duration_seconds_count{platform="shop",route="/orders"}[3d])) > 0)",
        "labels": {
          "platform": "shop",
          "service": "api",
          "slo": "order-latency",
        },
        "record": "slo:sli_error:ratio_rate3d",
      },
      {
        "expr": "sum(increase(shop_request_duration_seconds_count{platform="shop",route="/orders"}[5m]))",
        "labels": {
          "platform": "shop",
          "service": "api",
          "slo": "order-latency",
        },
        "record": "slo:sli_total:increase5m",
      },
      {
        "expr": "sum(increase(shop_request_duration_seconds_count{platform="shop",route="/orders"}[5m])) - (sum(increase(shop_request_duration_seconds_bucket{platform="shop",route="/orders",le="0.3"}[5m])) or 0 * sum(increase(shop_request_duration_seconds_count{platform="shop",route="/orders"}[5m])))",
        "labels": {
          "platform": "shop",
          "service": "api",
          "slo": "order-latency",
        },
        "record": "slo:sli_bad:increase5m",
      },
      {
        "expr": "vector(0.95)",
        "labels": {
          "platform": "shop",
          "service": "api",
          "slo": "order-latency",
        },
        "record": "slo:objective:ratio",
      },
      {
        "expr": "vector(0.05)",
        "labels": {
          "platform": "shop",
          "service": "api",
          "slo": "order-latency",
        },
        "record": "slo:error_budget:ratio",
      },
      {
        "expr": "slo:sli_error:ratio_rate5m{platform="shop",slo="order-latency"} / 0.05",
        "labels": {
          "platform": "shop",
          "service": "api",
          "slo": "order-latency",
        },
        "record": "slo:current_burn_rate:ratio",
      },
      {
        "expr": "sum_over_time(slo:sli_bad:increase5m{platform="shop",slo="order-latency"}[28d]) / (sum_over_time(slo:sli_total:increase5m{platform="shop",slo="order-latency"}[28d]) > 0)",
        "labels": {
          "platform": "shop",
          "service": "api",
          "slo": "order-latency",
        },
        "record": "slo:period_error:ratio",
      },
      {
        "expr": "1 - slo:period_error:ratio{platform="shop",slo="order-latency"} / 0.05",
        "labels": {
          "platform": "shop",
          "service": "api",
          "slo": "order-latency",
        },
        "record": "slo:period_error_budget_remaining:ratio",
      },
      {
        "expr": "vector(1)",
        "labels": {
          "objective": "0.95",
          "period": "28d",
          "platform": "shop",
          "service": "api",
          "slo": "order-latency",
          "team": "shop",
        },
        "record": "slo:info",
      },
    ]
  `);
});
