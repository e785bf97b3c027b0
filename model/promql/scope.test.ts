import { expect, test } from "vitest";
import { inspectPromql } from "./inspect.ts";
import { scopeToPlatform } from "./scope.ts";

test.each([
  ["a", 'a{platform="shop"}'],
  ["a{}", 'a{platform="shop"}'],
  ["a { }", 'a {platform="shop" }'],
  ['a{b="c"} / sum(d)', 'a{platform="shop",b="c"} / sum(d{platform="shop"})'],
  ['rate(a{x="{"}[5m])', 'rate(a{platform="shop",x="{"}[5m])'],
  ['a{platform="other"}', 'a{platform="other"}'],
  ['{"a",b="c"}', '{platform="shop","a",b="c"}'],
])("%s becomes %s", (query, scoped) => {
  const result = scopeToPlatform(query, inspectPromql(query), "shop");
  expect(result).toBe(scoped);
  expect(inspectPromql(result).errors).toEqual([]);
});
