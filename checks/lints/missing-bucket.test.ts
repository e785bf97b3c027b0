import { expect, test } from "vitest";
import { asking, said } from "../../tests/try-lint.ts";
import { missingBucket } from "./missing-bucket.ts";

const fast = (matcher: string) =>
  asking(`sum(rate(shop_request_duration_seconds_bucket{${matcher}}[5m])) < 1`);

test.each(['le="0.5"', 'le="0.30"', 'le=~"0\\\\.5|2"'])("%s is no bucket", (matcher) => {
  expect(said(missingBucket, fast(matcher))).toEqual([
    expect.stringContaining(
      'alerts.orders-stopped.when.expr@9: "shop_request_duration_seconds_bucket" has no bucket le=',
    ),
  ]);
});

test.each([
  'le="0.3"',
  'le="1"',
  'le="1.0"',
  'le="+Inf"',
  'le=~"1(\\\\.0)?"',
  'le!="0.5"',
  'route="/orders"',
])("%s is one, or none is asked for", (matcher) => expect(said(missingBucket, fast(matcher))).toEqual([]));
