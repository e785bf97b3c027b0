import { expect, test } from "vitest";
import { type DrillResult, drillResult } from "../../delivery/drills/drill-result.ts";
import { drillFigures, drillMarkdown } from "./report.ts";
import { figuresOf, judge } from "./result.ts";

const injections: DrillResult["injections"] = [
  {
    ...{ fault: "database-down", title: "PostgreSQL is gone", at: "2026-01-01T00:00:00.000Z" },
    ...{ verdict: "failed", why: ["not every alert that must fire was told of"], falseAlarms: [] },
    alerts: [{ alert: "DatabaseSilent", detectedAfter: null, notifiedAfter: null, resolvedAfter: null }],
    ...{ recoveredAfter: 3, needsPerson: false },
  },
];
const figures = figuresOf(injections);
const quiet = {
  ...{ minutes: 10, alerts: [], looks: { made: 3_000, answered: 2_999 } },
  traffic: { asked: 1_200, accepted: 1_190 },
};
const result: DrillResult = drillResult.parse({
  ...{ version: 1, platform: "weathervane", lab: "one", replicas: 1, startedAt: "2026-01-01T00:00:00.000Z" },
  ...{ seconds: 700, machine: { cores: 2, processor: "P", memoryBytes: 1 }, traffic: quiet.traffic },
  ...{ quiet, injections, figures, judged: judge({ injections, figures, quiet }) },
  production: { environment: "prod", alerts: [], objectives: [] },
} satisfies DrillResult);

test("what is asked of a drill stands beside what came of it, in words and on the page", () => {
  const lines = drillFigures(result);
  expect(lines).toEqual([
    "0 of 1 injections passed in 11.7 minutes",
    "fault to notification, p95: – (asked for: below 5 s): missed",
    "recovery to resolution, longest: – (asked for: below 10 s): missed",
    "healed without a person: 100 % (asked for: more than 80 %): met",
    "quiet time under load: no alert in 10.0 minutes, 2999 of 3000 looks answered, 1190 of 1200 runs accepted (asked for: no alert in 10 minutes): met",
    "false alarms: 0",
    "traffic beside: 1190 of 1200 runs accepted",
  ]);
  const page = drillMarkdown(result);
  for (const line of lines) expect(page).toContain(`- ${line}\n`);
});
