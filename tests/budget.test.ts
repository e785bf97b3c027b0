// The command, on a new project and a real Prometheus that holds what its rules record.
import { join } from "node:path";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { backfilled } from "../live/fixtures/backfilled.ts";
import { newProject } from "./project-folder.ts";
import { rootFolder } from "./structure/source-files.ts";

const END = Date.UTC(2026, 2, 31, 12) / 1000;
const AT = "2026-03-31T12:00:00Z";

const budget = (cwd: string, ...args: string[]) =>
  execa(process.execPath, [join(rootFolder, "dist/cli/main.js"), "budget", "--at", AT, ...args], {
    ...{ cwd, reject: false, timeout: 120_000 },
  });

async function recordedBy(slo: string): Promise<string> {
  const labels = `{platform="hello",service="hello",slo="${slo}"}`;
  // Every half hour of thirty days.
  const places = Array.from({ length: 30 * 48 + 1 }, (_, i) => ({
    hour: Math.ceil(i / 2),
    at: END - (1440 - i) * 1800,
  }));
  const history = [
    "# TYPE slo:period_error_budget_remaining:ratio gauge",
    ...places.map(
      ({ hour, at }) => `slo:period_error_budget_remaining:ratio${labels} ${hour < 480 ? 1 : 0.9} ${at}`,
    ),
    "# TYPE slo:current_burn_rate:ratio gauge",
    ...places.map(({ hour, at }) => `slo:current_burn_rate:ratio${labels} ${hour === 480 ? 72 : 0.5} ${at}`),
    "# EOF\n",
  ];
  const server = await backfilled(history.join("\n"), "groups: []\n");
  onTestFinished(() => server.end());
  return server.url;
}

test("budget shows what is left, how fast it burns, and the worst moments", async () => {
  const folder = await newProject();
  const url = await recordedBy("availability");
  const { stdout, exitCode } = await budget(folder, "availability", "--prometheus", url);
  expect(exitCode).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "SLO                 OBJECTIVE     LEFT  BURN NOW  LEFT OVER THE PERIOD
    hello/availability  99.5% of 30d  90%   0.5×      ████████████████████████████████████████▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁  90% … 100%

    WORST MOMENTS       WHEN (UTC)                            HIGHEST BURN  OF THE BUDGET
    hello/availability  2026-03-21 00:00 to 2026-03-21 12:00  72×           about 10.8%"
  `);
  const json = await budget(folder, "hello/availability", "--prometheus", url, "--format", "json");
  expect(JSON.parse(json.stdout)).toMatchObject({
    at: new Date(AT).toISOString(),
    budgets: [{ slo: "hello/availability", left: 0.9, burn: 0.5, worst: [{ burn: 72 }] }],
  });
});

test("a budget without data is inconclusive, a Prometheus that is not there a problem", async () => {
  const folder = await newProject();
  const silent = await budget(folder, "--prometheus", await recordedBy("nonsense"));
  expect(silent.exitCode).toBe(3);
  expect(silent.stdout).toContain("no data");
  expect(silent.stderr).toContain("No budget is known of hello/availability");
  const away = await budget(folder, "--prometheus", "http://127.0.0.1:9");
  expect(away).toMatchObject({ exitCode: 1, stdout: "" });
  expect(away.stderr).toContain("live/unreachable");
});
