import { expect, test } from "vitest";
import { ownPlatform } from "../../tests/project-model.ts";
import type { DomainEvent } from "../domain/event.ts";
import { type Failure, recordRemedy, recoveryLimitsOf, remedyFor } from "./recovery.ts";

const limits = recoveryLimitsOf(await ownPlatform("weathervane"));
const done = (failure: Failure) => {
  const remedy = remedyFor(failure, limits);
  return "reason" in remedy ? `${remedy.do}: ${remedy.reason}` : remedy.do;
};

test.each<[string, Failure]>([
  ["fail-over", { kind: "model-api", hasBackUp: true }],
  ["pause-tasks", { kind: "model-api", hasBackUp: false }],
  ["restart", { kind: "mcp-server", restarts: 0 }],
  ["restart", { kind: "mcp-server", restarts: 2 }],
  ["tell-people: mcp-server", { kind: "mcp-server", restarts: 3 }],
  ["pause-artifacts-and-compress", { kind: "disk" }],
])("WV-15: %s is the remedy of %j", (expected, failure) => {
  expect(done(failure)).toBe(expected);
});

test("WV-20: who dealt with a failure is recorded once it is known", () => {
  const events: DomainEvent[] = [];
  const failures: Failure[] = [
    { kind: "model-api", hasBackUp: true },
    { kind: "mcp-server", restarts: 3 },
  ];
  for (const failure of failures)
    recordRemedy((event) => void events.push(event), remedyFor(failure, limits), "r-1");
  expect(events).toEqual([
    { type: "failure.handled", resolution: "self-healed" },
    { type: "incident.reported", reason: "mcp-server", runId: "r-1" },
    { type: "failure.handled", resolution: "person" },
  ]);
});
