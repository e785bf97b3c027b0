import { expect, test } from "vitest";
import { alerts } from "../../tests/shop.ts";
import { said } from "../../tests/try-lint.ts";
import { unnamedGroup } from "./unnamed-group.ts";

const telling = (summary: string, description = "Deep.") => ({
  alerts: { ...alerts, "queue-deep": { ...alerts["queue-deep"], summary, description } },
});

test("a label that is kept apart is named in summary or description", () => {
  expect(said(unnamedGroup, telling("A queue is deep"))).toEqual([
    "alerts.queue-deep.summary: there is an alert for each queue, and neither summary nor description says which",
  ]);
  expect(said(unnamedGroup, telling("Queue {{ $labels.queue }} is deep"))).toEqual([]);
  expect(said(unnamedGroup, telling("A queue is deep", "It is {{ $labels.queue }}."))).toEqual([]);
});
