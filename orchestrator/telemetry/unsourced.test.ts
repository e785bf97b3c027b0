import { expect, test } from "vitest";
import { type Unsourced, whyUnsourced } from "./unsourced.ts";

const nothing: Unsourced[] = [
  { because: "another serves", metrics: ["requests_total"], services: ["worker"] },
  { because: "no Redis", metrics: ["connections"], values: { label: "pool", of: ["redis"] } },
  { because: "no browser", metrics: ["paint_seconds"] },
];

test.each([
  ["of a service that is named", "requests_total", "worker", "another serves"],
  ["of another service", "requests_total", "api", undefined],
  ["of whichever service", "paint_seconds", "api", "no browser"],
  ["of which some values are measured", "connections", "api", undefined],
])("a metric %s", (_, metric, service, because) => {
  expect(whyUnsourced({ metric, service }, nothing)).toBe(because);
});
