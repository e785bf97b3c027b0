import fc from "fast-check";
import { expect, test } from "vitest";
import type { Panel } from "../model/model.ts";
import { COLUMNS, placeRows } from "./layout.ts";

let id = 0;
function panel(width: Panel["width"], type: Panel["type"] = "timeseries"): Panel {
  id += 1;
  const origin = { platform: "shop", path: [], label: "" };
  const empty = { thresholds: [], alerts: [], slos: [], queries: [], meets: [] };
  return { id, origin, title: "", description: "", type, unit: "count", width, ...empty };
}
const places = (...panels: Panel[]) => placeRows([{ title: "Row", panels }])[0]?.panels.map(({ at }) => at);

test("panels fill a line of 24 columns and go on in the next", () => {
  expect(
    places(panel("two-thirds"), panel("third"), panel("half"), panel("quarter"), panel("quarter")),
  ).toEqual([
    { x: 0, y: 1, w: 16, h: 8 },
    { x: 16, y: 1, w: 8, h: 8 },
    { x: 0, y: 9, w: 12, h: 8 },
    { x: 12, y: 9, w: 6, h: 8 },
    { x: 18, y: 9, w: 6, h: 8 },
  ]);
});

test("a panel that does not fit starts a new line", () => {
  expect(places(panel("half"), panel("two-thirds"))?.map(({ x, y }) => [x, y])).toEqual([
    [0, 1],
    [0, 9],
  ]);
});

test("a line is as high as its highest panel, so that none leaves a hole", () => {
  const at = places(panel("half", "stat"), panel("half", "gauge"), panel("full", "stat"));
  expect(at?.map(({ y, h }) => [y, h])).toEqual([
    [1, 6],
    [1, 6],
    [7, 4],
  ]);
});

test("a heading stands over its row, and its id is above those of all panels", () => {
  const rows = [
    { title: "First", panels: [{ ...panel("full", "stat"), id: 1 }] },
    { title: "Second", panels: [{ ...panel("full", "stat"), id: 2 }] },
  ];
  expect(placeRows(rows).map(({ title, id, at }) => ({ title, id, at }))).toEqual([
    { title: "First", id: 3, at: { x: 0, y: 0, w: 24, h: 1 } },
    { title: "Second", id: 4, at: { x: 0, y: 5, w: 24, h: 1 } },
  ]);
});

const anyPanel = fc
  .record({
    width: fc.constantFrom<Panel["width"]>("full", "two-thirds", "half", "third", "quarter"),
    type: fc.constantFrom<Panel["type"]>(
      "timeseries",
      "stat",
      "gauge",
      "bar-gauge",
      "table",
      "pie",
      "heatmap",
    ),
  })
  .map(({ width, type }) => panel(width, type));

interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}
const overlap = (a: Box, b: Box) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

test("no two panels overlap and none leaves the grid, whatever the widths and types", () => {
  const row = fc.array(anyPanel, { minLength: 1, maxLength: 12 }).map((panels) => ({ title: "Row", panels }));
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), (rows) => {
      const boxes = placeRows(rows).flatMap((placed) => [placed.at, ...placed.panels.map(({ at }) => at)]);
      expect(boxes.filter(({ x, w }) => x < 0 || x + w > COLUMNS)).toEqual([]);
      expect(boxes.filter((box, i) => boxes.slice(i + 1).some((other) => overlap(box, other)))).toEqual([]);
    }),
  );
});
