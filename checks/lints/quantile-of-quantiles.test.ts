import { expect, test } from "vitest";
import { asking, said } from "../../tests/try-lint.ts";
import { quantileOfQuantiles } from "./quantile-of-quantiles.ts";

const p95 = "histogram_quantile(0.95, sum by (route, le) (rate(shop_request_duration_seconds_bucket[5m])))";

test.each([`avg(${p95})`, `avg_over_time(${p95}[1h:])`, `quantile(0.5, ${p95})`])(
  "%s means nothing",
  (expr) => {
    expect(said(quantileOfQuantiles, asking(`${expr} > 1`))).toEqual([
      expect.stringMatching(
        /^alerts\.orders-stopped\.when\.expr@0: \w+ of quantiles is the quantile of nothing$/,
      ),
    ]);
  },
);

test.each([`max(${p95})`, p95, "avg(shop_queue_depth)", `max_over_time(${p95}[1h:])`])(
  "%s means something",
  (expr) => expect(said(quantileOfQuantiles, asking(`${expr} > 1`))).toEqual([]),
);
