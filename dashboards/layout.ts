import type { GridPos } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Dashboard, Panel } from "../model/model.ts";

/** Grafana's grid has 24 columns. */
export const COLUMNS = 24;
const widths: Record<Panel["width"], number> = { full: 24, "two-thirds": 16, half: 12, third: 8, quarter: 6 };
// In Grafana's units of 30 pixels: room for a number, a dial, or a graph with its legend.
const heights: Record<Panel["type"], number> = {
  stat: 4,
  gauge: 6,
  "bar-gauge": 8,
  table: 8,
  pie: 8,
  timeseries: 8,
  heatmap: 8,
};

/** A row's heading and its panels, each with its place. */
interface PlacedRow {
  title: string;
  /** Above the ids of all panels, since Grafana counts headings and panels together. */
  id: number;
  at: GridPos;
  panels: { panel: Panel; at: GridPos }[];
}

/** Places panels from left to right, a new line where one does not fit; a line is as high as its highest panel. */
export function placeRows(rows: Dashboard["rows"]): PlacedRow[] {
  const highestId = Math.max(0, ...rows.flatMap((row) => row.panels.map((panel) => panel.id)));
  let y = 0;
  return rows.map((row, i) => {
    const heading = { title: row.title, id: highestId + 1 + i, at: { x: 0, y, w: COLUMNS, h: 1 } };
    y += 1;
    const panels = linesOf(row.panels).flatMap((line) => {
      const placed = placeLine(line, y);
      y += heightOf(line);
      return placed;
    });
    return { ...heading, panels };
  });
}

function linesOf(panels: readonly Panel[]): Panel[][] {
  const lines: Panel[][] = [];
  let free = 0;
  for (const panel of panels) {
    const width = widths[panel.width];
    if (width > free) {
      lines.push([]);
      free = COLUMNS;
    }
    lines.at(-1)?.push(panel);
    free -= width;
  }
  return lines;
}

function placeLine(line: readonly Panel[], y: number): PlacedRow["panels"] {
  let x = 0;
  return line.map((panel) => {
    const at = { x, y, w: widths[panel.width], h: heightOf(line) };
    x += at.w;
    return { panel, at };
  });
}

function heightOf(line: readonly Panel[]): number {
  return Math.max(...line.map((panel) => heights[panel.type]));
}
