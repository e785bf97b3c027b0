// A sample of the drill on a real lab: three faults, a bounded time.
import { afterAll, beforeAll, expect, test } from "vitest";
import { drillResult } from "../../delivery/drills/drill-result.ts";
import { rootFolder } from "../../tests/structure/source-files.ts";
import { commandMs, type TemporaryLabs, temporaryLabs } from "../temporary-labs.ts";

let labs: TemporaryLabs;
beforeAll(async () => {
  labs = await temporaryLabs(rootFolder);
  const { exitCode, stderr } = await labs.fairlead(["lab", "up", "--platform", "weathervane"]);
  expect(exitCode, stderr).toBe(0);
}, commandMs);
afterAll(() => labs?.close());

// What three faults may lawfully take on a busy machine is more than anybody waits for.
const drillMs = 1_200_000;

test(
  "faults are told of as they say, and are healed",
  async () => {
    const only = ["orchestrators-killed", "mcp-crash", "database-down"];
    const { stdout, stderr } = await labs.fairlead(["lab", "drill", "--json", "--only", ...only], {
      timeout: drillMs,
    });
    const { injections, figures, judged } = drillResult.parse(JSON.parse(stdout));
    expect(injections.map(({ fault }) => fault).sort(), stderr).toEqual(only.toSorted());
    // A scrape that a busy machine misses is told of as well: that nothing else fires is for a machine that has nothing else to do.
    for (const { fault, recoveredAfter, alerts } of injections) {
      expect(recoveredAfter, fault).not.toBeNull();
      for (const { alert, notifiedAfter } of alerts) expect(notifiedAfter, alert).not.toBeNull();
    }
    expect(figures.healedWithoutPerson).toBe(1);
    expect(judged).toContainEqual(
      expect.objectContaining({ figure: "healed without a person", measured: "100 %", verdict: "met" }),
    );
    const alerts = injections.flatMap((one) => one.alerts.map(({ alert }) => alert));
    expect(alerts).toEqual(expect.arrayContaining(["AutopilotDown", "DatabaseSilent"]));
  },
  drillMs,
);

test("a fault that does not exist is refused, with what there is", async () => {
  const { exitCode, stderr } = await labs.fairlead(["lab", "fault", "provider-dwn"]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/did you mean "provider-down"[\s\S]*reference\/unknown-fault/);
});
