import { expect, test } from "vitest";
import { inspectPromql } from "./inspect.ts";

test("selectors, matchers and grouping labels are found with their places", () => {
  const query =
    'sum by (stage) (rate(tasks_total{outcome="ok",gate!~"1|2"}[5m])) / on (stage) group_left (x) tasks';
  const { selectors, grouping, errors } = inspectPromql(query);
  expect(errors).toEqual([]);
  expect(selectors.map((s) => [s.name, s.matchers.map((m) => m.label + m.op + m.value)])).toEqual([
    ["tasks_total", ["outcome=ok", "gate!~1|2"]],
    ["tasks", []],
  ]);
  expect(grouping.map((g) => query.slice(g.from, g.to))).toEqual(["stage", "stage", "x"]);
});

test.each([
  ['{__name__="up",job="a"}', "up", ["job"]],
  ['{"up",job="a"}', "up", ["job"]],
  ['{"http.status", "my.label"="x"}', "http.status", ["my.label"]],
  ['{__name__=~"a.*"}', undefined, []],
])("%s names its metric in another way", (query, name, labels) => {
  const [selector] = inspectPromql(query).selectors;
  expect(selector?.name).toBe(name);
  expect(selector?.matchers.map((m) => m.label)).toEqual(labels);
});

test("labels that a query makes by itself are known, also in nested calls", () => {
  const query =
    'label_replace(label_join(up, "a", "-", "job"), "b", "$1", "a", "(.*)") + count_values("c", up)';
  expect(inspectPromql(query).made).toEqual(["a", "b", "c"]);
});

test("Grafana's durations keep every offset", () => {
  const query = "rate(a_total[$__rate_interval]) + b";
  const { errors, selectors } = inspectPromql(query);
  expect(errors).toEqual([]);
  expect(selectors.map((s) => query.slice(s.from, s.to))).toEqual(["a_total", "b"]);
});

test.each(["sum(", "rate(a[5m)", 'a{b="c"', "a b", ""])("%j does not parse", (query) => {
  expect(inspectPromql(query).errors).not.toEqual([]);
});
