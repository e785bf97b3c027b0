// A sample of the drill on a real lab: three faults, a bounded time.
import { afterAll, beforeAll, expect, test } from "vitest";
import { drillResult } from "../../delivery/drills/drill-result.ts";
import { rootFolder } from "../../tests/structure/source-files.ts";
import { type TemporaryLabs, temporaryLabs } from "../temporary-labs.ts";

let labs: TemporaryLabs;
beforeAll(async () => {
  labs = await temporaryLabs(rootFolder);
  const { exitCode, stderr } = await labs.fairlead(["lab", "up", "--platform", "weathervane"]);
  expect(exitCode, stderr).toBe(0);
});
afterAll(() => labs.close());

test("faults are told of as they say, without false alarms, and are healed", async () => {
  const only = ["orchestrators-killed", "mcp-crash", "database-down"];
  const { stdout, stderr } = await labs.fairlead(["lab", "drill", "--json", "--only", ...only]);
  const { injections, figures } = drillResult.parse(JSON.parse(stdout));
  expect(injections.map(({ fault, verdict }) => `${fault} ${verdict}`).sort(), stderr).toEqual(
    only.map((name) => `${name} passed`).sort(),
  );
  expect(figures).toMatchObject({ healedWithoutPerson: 1, falseAlarms: 0 });
  const alerts = injections.flatMap((one) => one.alerts.map(({ alert }) => alert));
  expect(alerts).toEqual(expect.arrayContaining(["AutopilotDown", "DatabaseSilent"]));
});

test("a fault that does not exist is refused, with what there is", async () => {
  const { exitCode, stderr } = await labs.fairlead(["lab", "fault", "provider-dwn"]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/did you mean "provider-down"[\s\S]*reference\/unknown-fault/);
});
