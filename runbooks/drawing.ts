// The service map as SVG. Graphviz only places boxes of given sizes: no text passes through it, so there is nothing to escape.
import type { Viz } from "@viz-js/viz";
import type { Element, ElementContent } from "hast";
import type { MapNode, ServiceMap } from "./service-map.ts";

const POINTS_PER_INCH = 72;
const MARGIN = 8;
const HEIGHT = 46;
const LONGEST_TITLE = 34;
/** Widths of a bold 14 px and a monospace 12 px letter in common fonts, in px; a wide letter (CJK, emoji) counts twice. */
const TITLE_LETTER = 8.2;
const NAME_LETTER = 7.4;

/** What Graphviz's JSON tells of a laid-out graph; y grows downwards, in points. */
interface Layout {
  /** Corners: left, bottom, right, top. */
  bb: string;
  objects?: Placed[];
  /** `head` counts the objects. */
  edges?: { pos: string; head: number }[];
}

/** Position in points, size in inches. */
interface Placed {
  name: string;
  pos: string;
  width: string;
  height: string;
}

// 1.2 MB that nothing else needs: loaded with the first drawing.
let graphviz: Promise<Viz> | undefined;

/** The map as an SVG inside a figure; its colours come from the page's style sheet. */
export async function drawing(map: ServiceMap, platformTitle: string): Promise<Element> {
  graphviz ??= import("@viz-js/viz").then(({ instance }) => instance());
  const layout = (await graphviz).renderJSON(graphOf(map), { yInvert: true }) as Layout;
  const [, bottom = 0, right = 0] = layout.bb.split(",").map(Number);
  const box = [-MARGIN, -MARGIN, right + 2 * MARGIN, bottom + 2 * MARGIN].map(Math.ceil);
  const nodeOf = (placed: Placed | undefined) => map.nodes.find((node) => node.id === placed?.name);
  const svg = element(
    "svg",
    {
      viewBox: box.join(" "),
      width: String(box[2]),
      height: String(box[3]),
      role: "img",
      xmlns: "http://www.w3.org/2000/svg",
    },
    [
      element("title", {}, [{ type: "text", value: `${platformTitle}: which service calls which` }]),
      arrowHead(),
      ...(layout.edges ?? []).map(({ pos, head }) => arrow(pos, nodeOf(layout.objects?.[head])?.kind)),
      ...(layout.objects ?? []).flatMap((placed) => {
        const node = nodeOf(placed);
        return node ? [boxOf(node, placed)] : [];
      }),
    ],
  );
  return element("figure", { className: ["map"] }, [svg]);
}

function graphOf({ nodes, edges }: ServiceMap) {
  return {
    directed: true,
    graphAttributes: { rankdir: "TB", nodesep: 0.35, ranksep: 0.5 },
    nodeAttributes: { shape: "box", fixedsize: true, label: "" },
    nodes: nodes.map((node) => ({
      name: node.id,
      attributes: { width: widthOf(node) / POINTS_PER_INCH, height: HEIGHT / POINTS_PER_INCH },
    })),
    edges: edges.map(({ from, to }) => ({ tail: from, head: to })),
  };
}

function widthOf(node: MapNode): number {
  const wide = [...short(node.title)].filter((char) => (char.codePointAt(0) ?? 0) >= 0x1100).length;
  const title = ([...short(node.title)].length + wide) * TITLE_LETTER;
  return Math.max(title, node.name.length * NAME_LETTER) + 24;
}

function short(title: string): string {
  const letters = [...title];
  return letters.length > LONGEST_TITLE ? `${letters.slice(0, LONGEST_TITLE - 1).join("")}…` : title;
}

function boxOf(node: MapNode, placed: Placed): Element {
  const [x = 0, y = 0] = placed.pos.split(",").map(Number);
  const [width, height] = [Number(placed.width) * POINTS_PER_INCH, Number(placed.height) * POINTS_PER_INCH];
  const label = (className: string, dy: number, value: string) =>
    element("text", { className: [className], x: px(x), y: px(y + dy), textAnchor: "middle" }, [
      { type: "text", value },
    ]);
  return element("g", { className: [node.kind] }, [
    element("title", {}, [{ type: "text", value: node.title }]),
    element("rect", {
      x: px(x - width / 2),
      y: px(y - height / 2),
      width: px(width),
      height: px(height),
      rx: node.kind === "volume" ? "18" : "5",
    }),
    label("title", -3, short(node.title)),
    label("name", 15, node.name),
  ]);
}

/** Graphviz gives an edge as "e,END START CONTROL CONTROL POINT …": a B-spline, and where its arrow ends. */
function arrow(pos: string, to: MapNode["kind"] | undefined): Element {
  const points = pos.split(" ").filter((point) => !point.startsWith("s,"));
  const end = points.find((point) => point.startsWith("e,"))?.slice(2);
  const [start, ...curve] = points.filter((point) => !point.startsWith("e,"));
  const d = `M${at(start)} C${curve.map(at).join(" ")}${end === undefined ? "" : ` L${at(end)}`}`;
  return element("path", { className: [to === "volume" ? "mounts" : "calls"], d, markerEnd: "url(#arrow)" });
}

function arrowHead(): Element {
  const marker = {
    id: "arrow",
    viewBox: "0 0 10 10",
    refX: "9",
    refY: "5",
    markerWidth: "8",
    markerHeight: "8",
    orient: "auto",
  };
  return element("defs", {}, [element("marker", marker, [element("path", { d: "M0 0L10 5L0 10z" })])]);
}

function at(point: string | undefined): string {
  return (point ?? "0,0").split(",").map(Number).map(px).join(",");
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function element(
  tagName: string,
  properties: Element["properties"],
  children: ElementContent[] = [],
): Element {
  return { type: "element", tagName, properties, children };
}
