import { parser } from "@prometheus-io/lezer-promql";
import fc from "fast-check";
import { expect, test } from "vitest";
import { inspectPromql, inspectTree } from "./inspect.ts";
import { skeletonOf } from "./skeleton.ts";

const parsed = (query: string) => inspectTree(query, parser.parse(query));

test("queries of one form have one skeleton, which keeps its literals and places", () => {
  const query = 'rate(a_total{b="x, {}",c=~ "y\\"z"}[5m]) / d{e!=""}';
  const skeleton = skeletonOf(query);
  expect(skeleton?.text).toBe('rate(a_total{b="0",c=~ "1"}[5m]) / d{e!="2"}');
  expect(skeleton?.literals).toEqual(['"x, {}"', '"y\\"z"', '""']);
  const inText = skeleton?.text.indexOf("d{") ?? 0;
  expect(skeleton?.offset(inText)).toBe(query.indexOf("d{"));
});

test.each([
  'label_replace(a == "x", "b", "$1", "c", "(.*)")',
  '{__name__="a"}',
  "a{b='\"'}",
  'a # "\nb{c="d"}',
  "a{b=`c`}",
])("%s is parsed as it is", (query) => {
  expect(skeletonOf(query)).toBeUndefined();
});

// Pieces of queries, strings of all kinds and what breaks a query off, put together in any order.
const piece = fc.oneof(
  fc.constantFrom(
    "sum",
    " by (",
    "rate(",
    "a_total{",
    "b{",
    "c",
    "=",
    "=~",
    "!=",
    "!~",
    ",",
    "}",
    "[5m]",
    ")",
    " / ",
  ),
  fc.constantFrom(
    " + ",
    "(",
    "{",
    '"',
    "\\",
    "#",
    "'",
    "`",
    "\n",
    " ",
    "==",
    "d",
    "1",
    " or ",
    'x="0"',
    "[5m:1m]",
  ),
  fc.string({ maxLength: 6 }).map((text) => JSON.stringify(text)),
  fc.constantFrom('"\\q"', '"0"', '"1"', '"\\u00e9"', '"é{"', '"a\\"b"'),
);
const anyQuery = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(""));
const selector = fc
  .array(fc.tuple(fc.constantFrom("a", "b", '"c"'), fc.constantFrom("=", "=~", "!= ", "!~"), fc.string()))
  .map((matchers) => matchers.map(([label, op, value]) => `${label}${op}${JSON.stringify(value)}`).join(","));
const soundQuery = fc
  .array(selector, { minLength: 1, maxLength: 3 })
  .map((all) => all.map((one) => `sum(rate(m_total{${one}}[5m]))`).join(" + "));

test("a query is found to say what a parser says, whichever of its form was met before", () => {
  fc.assert(
    fc.property(fc.oneof(anyQuery, soundQuery), (query) => {
      expect(inspectPromql(query)).toEqual(parsed(query));
    }),
    { numRuns: 3000 },
  );
});
