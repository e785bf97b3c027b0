import type { Element } from "hast";
import { expect, test } from "vitest";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { mermaid, serviceMap } from "./service-map.ts";

const [platform] = modelOf([shop], policies).platforms;
if (!platform) throw new Error("no platform");

const elements = (node: Element): Element[] => [
  node,
  ...node.children.flatMap((child) => (child.type === "element" ? elements(child) : [])),
];
const number = (node: Element, name: string) => Number(node.properties[name]);

test("the map is a Mermaid flowchart of calls and mounts", () => {
  return expect(serviceMap(platform).then((map) => map.value)).resolves.toMatchInlineSnapshot(`
    "flowchart TD
      service_api["Order API (api)"]
      service_store["Order store (store)"]
      volume_receipts[("Receipts (receipts)")]
      service_api --> service_store
      service_api -.-> volume_receipts"
  `);
});

test("a title with Mermaid's own characters stays a title", () => {
  const title = 'a"]; b --> c %%{init: {}}%% `x` <b> #35; \\n\nend';
  const text = mermaid({ nodes: [{ id: "service_a", kind: "service", name: "a", title }], edges: [] });
  const [, label = ""] = /^flowchart TD\n {2}service_a\["([^"]*) \(a\)"\]$/.exec(text) ?? [];
  expect(label).toMatch(/^(?:[a-z0-9 .,_-]|#\d+;)+$/);
  const decoded = label.replace(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
  expect(decoded).toBe(title.replace("\n", " "));
});

test("in the drawing every box lies inside, and every arrow goes from its caller's box to the called one's", async () => {
  const figure = (await serviceMap(platform)).data?.drawing;
  const drawn = figure ? elements(figure) : [];
  const svg = drawn.find((node) => node.tagName === "svg");
  const [left = 0, top = 0, width = 0, height = 0] = String(svg?.properties.viewBox).split(" ").map(Number);
  const boxes = drawn.filter((node) => node.tagName === "rect");
  expect(boxes).toHaveLength(3);
  for (const box of boxes) {
    expect(number(box, "x")).toBeGreaterThanOrEqual(left);
    expect(number(box, "y")).toBeGreaterThanOrEqual(top);
    expect(number(box, "x") + number(box, "width")).toBeLessThanOrEqual(left + width);
    expect(number(box, "y") + number(box, "height")).toBeLessThanOrEqual(top + height);
  }
  const near = ([x = 0, y = 0]: number[], box: Element | undefined) =>
    box !== undefined &&
    x > number(box, "x") - 2 &&
    x < number(box, "x") + number(box, "width") + 2 &&
    y > number(box, "y") - 2 &&
    y < number(box, "y") + number(box, "height") + 2;
  const arrows = drawn.filter((node) => node.tagName === "path" && node.properties.markerEnd);
  const [api, store, receipts] = boxes;
  const ends = arrows.map((arrow) => {
    const points =
      String(arrow.properties.d)
        .match(/-?[\d.]+,-?[\d.]+/g)
        ?.map((p) => p.split(",").map(Number)) ?? [];
    return { from: near(points[0] ?? [], api), kind: arrow.properties.className, end: points.at(-1) ?? [] };
  });
  expect(ends.map((e) => e.from)).toEqual([true, true]);
  expect(ends.some((e) => near(e.end, store) && String(e.kind) === "calls")).toBe(true);
  expect(ends.some((e) => near(e.end, receipts) && String(e.kind) === "mounts")).toBe(true);
});
