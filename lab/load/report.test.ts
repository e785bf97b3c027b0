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
  expect(loadText(result)).toMatchInlineSnapshot();
});
