import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { expect, test } from "vitest";
import type { Decision } from "./decision.ts";
import { formatDecision } from "./format.ts";

const source = { digest: "sha256:ab12", origin: "k6 1.8.1", at: "2026-03-01T12:00:00Z" };
const decision: Decision = {
  verdict: "warn",
  because: "2.5 of 3 points: enough for a warning",
  level: "overridable",
  blocks: false,
  score: { reached: 2.5, of: 3, pass: 0.9, warn: 0.75 },
  bootstrap: { until: "2026-04-01", reason: "The first release." },
  objectives: [
    {
      ...{
        name: "p95",
        verdict: "pass",
        key: true,
        weight: 2,
        score: 2,
        value: 0.2123456789,
        unit: "seconds",
      },
      samples: 900,
      pass: [
        [
          { text: "<=300ms", operator: "<=", limit: 0.3, outcome: "holds" },
          { text: "<=+10%", operator: "<=", limit: 0.22, outcome: "holds" },
        ],
      ],
      warn: [],
      compared: { value: 0.2, aggregate: "p50", runs: ["run-2", "run-1"] },
      source,
    },
    {
      ...{ name: "errors", verdict: "warn", key: false, weight: 1, score: 0.5, value: 0.002, unit: "ratio" },
      pass: [[{ text: "<=0.1%", operator: "<=", limit: 0.001, outcome: "does not hold" }]],
      warn: [[{ text: "<=+5%", operator: "<=", outcome: "left out" }]],
      source,
    },
    {
      ...{ name: "cost", verdict: "informs", key: false, weight: 0, score: 0, unit: "usd" },
      pass: [],
      warn: [],
      because: "the file is 3 d old",
    },
  ],
};
const subject = { gate: "shop/release", environment: "prod", release: "sha256:77" };

test("text says what decided, and of each objective the value, the criteria, the comparison and where it comes from", () => {
  expect(formatDecision(decision, { subject, format: "text" })).toMatchInlineSnapshot(`
    "! shop/release of sha256:77 in prod: warn (2.5 of 3 points: enough for a warning); the gate is overridable: the release may go on
      without anything to compare with until 2026-04-01: The first release.
      passes at 90% of the points, with a warning at 75%
      ✔ p95 (key): 0.212346 seconds of 900 samples, 2 of 2
          passes at <=300ms (holds) and <=+10% (holds, that is <=0.22)
          compared with 0.2: p50 of run-2, run-1
          from k6 1.8.1, 2026-03-01T12:00:00Z, sha256:ab12
      ! errors: 0.002 ratio, 0.5 of 1
          passes at <=0.1% (does not hold)
          warns at <=+5% (left out)
          from k6 1.8.1, 2026-03-01T12:00:00Z, sha256:ab12
      · cost: no value
          the file is 3 d old
    "
  `);
});

test("JSON holds the whole decision and what it is about", () => {
  expect(JSON.parse(formatDecision(decision, { subject, format: "json" }))).toEqual({
    ...subject,
    ...decision,
  });
});

test("Markdown is a heading and a table, whatever stands in it", () => {
  const hostile = "`|x|` **b** @ada #1 <script>\n| a |\u202e\u0007";
  const wild: Decision = {
    ...decision,
    because: hostile,
    override: { by: hostile, role: hostile, reason: hostile, until: hostile, counts: true, because: hostile },
    bootstrap: { until: hostile, reason: hostile },
    objectives: decision.objectives.map((one) => ({ ...one, name: hostile, because: hostile })),
  };
  const markdown = formatDecision(wild, { subject: { ...subject, gate: hostile }, format: "markdown" });
  const tree = fromMarkdown(markdown, {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  });
  expect(tree.children.map(({ type }) => type)).toEqual([
    ...["heading", "paragraph", "paragraph", "paragraph", "table"],
  ]);
  // Nobody is called, and no issue is linked: what anybody may have written is code.
  const words = JSON.stringify(tree, (_, value) => (value?.type === "inlineCode" ? undefined : value));
  expect(words).not.toMatch(/@ada|#1/);
  expect(tree.children.at(-1)).toMatchObject({ children: { length: 4 } });
  expect(JSON.stringify(tree)).not.toMatch(/"type":"(html|link|strong|image)"/);
  expect(markdown.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  const text = formatDecision(wild, { subject: { ...subject, gate: hostile }, format: "text" });
  expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});
