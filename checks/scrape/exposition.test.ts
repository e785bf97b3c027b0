import fc from "fast-check";
import { expect, test } from "vitest";
import { ExpositionError, readExposition } from "./exposition.ts";

test("text format and OpenMetrics are read, with escapes, timestamps, exemplars and quoted names", () => {
  const families = readExposition(
    [
      "# HELP a_total Counts \\\\ and\\nmore.",
      "# TYPE a_total counter",
      'a_total{x="1",y="a\\"b\\\\c\\nd"} 3 1395066363000',
      "# a comment",
      "",
      "# TYPE b_seconds histogram",
      "# UNIT b_seconds seconds",
      'b_seconds_bucket{le="+Inf"} 4 # {trace_id="a} b"} 0.5 1.5',
      "b_seconds_count 4",
      "b_seconds_sum NaN",
      "# TYPE c counter",
      'c_total{path="/a{b},c"} 1e3\r',
      "c_created 1.5e9",
      '{"d.e","f.g"="h"} -Inf',
      "# EOF",
    ].join("\n"),
  );
  expect(Object.fromEntries(families)).toEqual({
    a_total: {
      help: "Counts \\ and\nmore.",
      type: "counter",
      samples: [{ name: "a_total", labels: { x: "1", y: 'a"b\\c\nd' }, value: 3 }],
    },
    b_seconds: {
      type: "histogram",
      unit: "seconds",
      samples: [
        { name: "b_seconds_bucket", labels: { le: "+Inf" }, value: 4 },
        { name: "b_seconds_count", labels: {}, value: 4 },
        { name: "b_seconds_sum", labels: {}, value: Number.NaN },
      ],
    },
    c: {
      type: "counter",
      samples: [
        { name: "c_total", labels: { path: "/a{b},c" }, value: 1000 },
        { name: "c_created", labels: {}, value: 1.5e9 },
      ],
    },
    "d.e": { samples: [{ name: "d.e", labels: { "f.g": "h" }, value: -Infinity }] },
  });
});

test.each(["<html>", "a", "a{x=1} 2", 'a{x="1"', "a b", 'a{x="1"} two', "{} 1", '{"a} 1'])(
  "%j is no metric",
  (line) => {
    expect(() => readExposition(`ok 1\n${line}\n`)).toThrow(ExpositionError);
    expect(() => readExposition(`ok 1\n${line}\n`)).toThrow("line 2 ");
  },
);

test("whatever a label's value is, it comes back, and changes nothing else", () => {
  const escaped = (value: string) =>
    value.replace(/[\\"\n]/g, (char) => (char === "\n" ? "\\n" : `\\${char}`));
  const hostile = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom('"} 1', "} 2 # {", "\\", "a\nb 1", ",b="),
  );
  fc.assert(
    fc.property(hostile, hostile, (one, other) => {
      const families = readExposition(`a{x="${escaped(one)}",y="${escaped(other)}"} 1 # {t="x"} 2\nb 2\n`);
      expect([...families.keys()]).toEqual(["a", "b"]);
      expect(families.get("a")?.samples).toEqual([{ name: "a", labels: { x: one, y: other }, value: 1 }]);
    }),
  );
});
