import { element, text } from "../../runbooks/html-element.ts";
import { amount } from "./report-text.ts";
import type { Course } from "./result.ts";

const size = { width: 640, height: 180, left: 70, right: 12, top: 12, bottom: 26 };
const colours = ["#2563eb", "#d97706", "#dc2626", "#059669", "#7c3aed"];

/** Courses of one unit over time as an SVG drawing with axes and a legend; nothing where no course has two points. */
export function plot(title: string, courses: readonly Course[]): string {
  const drawn = courses.filter(({ points }) => points.length > 1);
  if (drawn.length === 0) return "";
  const scale = scaleOf(drawn);
  const unit = drawn[0]?.unit ?? "";
  const lines = drawn.map(({ points }, i) =>
    line(points, { scale, colour: colours[i % colours.length] ?? "" }),
  );
  const viewBox = `0 0 ${size.width} ${size.height}`;
  const svg = element(
    "svg",
    { viewBox, role: "img", "aria-label": title },
    [...valueAxis(scale, unit), ...timeAxis(scale), ...lines].join(""),
  );
  const legend = drawn.map(({ name }, i) =>
    element("span", { style: `color:${colours[i % colours.length]}` }, text(`■ ${name}`)),
  );
  const caption = element("figcaption", {}, `${text(`${title} `)}${legend.join(" ")}`);
  return element("figure", {}, caption + svg);
}

interface Scale {
  from: number;
  to: number;
  most: number;
  x(at: number): number;
  y(value: number): number;
}

function scaleOf(courses: readonly Course[]): Scale {
  const times = courses.flatMap(({ points }) => points.map(([at]) => at));
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const most = roundedUp(Math.max(...courses.flatMap(({ points }) => points.map(([, value]) => value))));
  const [wide, high] = [size.width - size.left - size.right, size.height - size.top - size.bottom];
  return {
    ...{ from, to, most },
    x: (at) => size.left + ((at - from) / Math.max(1, to - from)) * wide,
    y: (value) => size.top + (1 - value / most) * high,
  };
}

/** The next of 1, 2, 5, 10, 20 … */
function roundedUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5].find((step) => step * power >= value) ?? 10) * power;
}

function line(points: Course["points"], { scale, colour }: { scale: Scale; colour: string }): string {
  const places = points
    .map(([at, value]) => `${scale.x(at).toFixed(1)},${scale.y(value).toFixed(1)}`)
    .join(" ");
  return element("polyline", { points: places, fill: "none", stroke: colour, "stroke-width": "1.5" }, "");
}

function valueAxis({ most, y }: Scale, unit: string): string[] {
  return [0, 0.5, 1].map((share) => {
    const at = y(most * share).toFixed(1);
    const grid = element(
      "line",
      { x1: String(size.left), x2: String(size.width - size.right), y1: at, y2: at, class: "grid" },
      "",
    );
    const place = { x: String(size.left - 6), y: String(Number(at) + 4), "text-anchor": "end" };
    return grid + element("text", place, text(amount(most * share, unit)));
  });
}

function timeAxis({ from, to, x }: Scale): string[] {
  return [0, 0.5, 1].map((share) => {
    const at = from + share * (to - from);
    const anchor = share === 0 ? "start" : share === 1 ? "end" : "middle";
    const place = { x: x(at).toFixed(1), y: String(size.height - 6), "text-anchor": anchor };
    return element("text", place, text(`${((at - from) / 1000).toFixed(0)} s`));
  });
}
