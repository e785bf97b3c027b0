import { expect, test } from "vitest";
import { said, showing } from "../../tests/try-lint.ts";
import { panelWithoutDescription } from "./panel-without-description.ts";

const described = (description: string) =>
  said(
    panelWithoutDescription,
    showing("sum(shop_queue_depth)", { title: "Depth of the queue", description }),
  );

test("a description that repeats the title is found, one that says more is not", () => {
  expect(described("Shows the queue depth.")).toEqual([
    'dashboards.orders.rows[0].panels[1].description: the description of panel "Depth of the queue" says no more than its title',
  ]);
  expect(described("Depth of the queue; below 100 is good.")).toEqual([]);
});
