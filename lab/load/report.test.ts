import { expect, test } from "vitest";
import { aResult, aRun } from "./fixtures/a-run.ts";
import { loadHtml } from "./report-html.ts";
import { loadText } from "./report-text.ts";

const result = aResult([aRun()], { verdict: "fail", reasons: ["run 1: <script>alert(1)</script>"] });

test("the page holds its plots, and nothing that is fetched or run", () => {
  const page = loadHtml(result);
  expect(page.match(/<svg/g)).toHaveLength(2);
  expect(page.match(/<polyline/g)).toHaveLength(2);
  expect(page).not.toMatch(/<script|<link|<img|src=|href=|url\(/);
  expect(page).toContain("Smoke &#x3C;b>&#x26;");
});

test("points of a plot lie within its frame", () => {
  const points = [...loadHtml(result).matchAll(/points="([^"]+)"/g)].flatMap(([, all = ""]) =>
    all.split(" "),
  );
  expect(points.length).toBe(120);
  for (const point of points) {
    const [x = 0, y = 0] = point.split(",").map(Number);
    expect(x).toBeGreaterThanOrEqual(70);
    expect(x).toBeLessThanOrEqual(628);
    expect(y).toBeGreaterThanOrEqual(12);
    expect(y).toBeLessThanOrEqual(154);
  }
});

test("the text says verdict, percentiles, SLOs and whether it can be trusted", () => {
  expect(loadText(result)).toMatchInlineSnapshot(`
    "Smoke <b>&: FAIL
      ✗ run 1: <script>alert(1)</script>
      against http://127.0.0.1:1; 5 s of warm-up are not counted

    Run 1: 600 requests in 60.0 s (10.0 a second)
      p50 10.0 ms, p95 20.0 ms, p99 30.0 ms; failed 0 %, dropped 0; 10 a second were asked for at the end
      ✓ checks rate>=0.99
      ✓ SLO fast met: 100 % of 600 events, 99 % are asked for
      memory: too short for a slope, which takes 60 samples
      a scrape took 10.0 ms on average

    Repeated: one run tells nothing of it
    Baseline: none yet; --save-baseline keeps these runs as one"
  `);
});
