// What WeatherVane's policies measure, on series made for it and evaluated by promtool.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { loadProject } from "../model/project.ts";
import { packageFile } from "../package-root.ts";
import { requireTool } from "../tools/find.ts";

/** Tasks that succeed or fail every so many minutes, and the minutes that each takes. */
interface Traffic {
  everyMinutes: number;
  takingMinutes: number;
  failed: boolean;
}

async function queryOf(gateName: string, objectiveName: string): Promise<string> {
  const { model } = await loadProject(packageFile("."));
  const gates = model.platforms.find(({ name }) => name === "weathervane")?.gates ?? [];
  const { policy } = gates.find(({ name }) => name === gateName) ?? {};
  const indicator = policy?.objectives.find(({ name }) => name === objectiveName)?.indicator;
  if (indicator?.kind !== "query") throw new Error(`${gateName} has no query ${objectiveName}`);
  return indicator.query;
}

/** A counter of two hours, at one sample a minute, that grows by `step` every so many minutes. */
function counter(everyMinutes: number, step: number): string {
  return Array.from({ length: 121 }, (_, minute) => Math.floor(minute / everyMinutes) * step).join(" ");
}

function seriesOf({ everyMinutes, takingMinutes, failed }: Traffic) {
  const labels = `platform="weathervane",outcome="${failed ? "failure" : "success"}"`;
  return [
    {
      series: `weathervane_tasks_finished_total{${labels}}`,
      values: counter(everyMinutes, 1),
    },
    {
      series: `weathervane_task_duration_seconds_sum{${labels}}`,
      values: counter(everyMinutes, takingMinutes * 60),
    },
  ];
}

/** Whether a query gives a value, or none, over what happened in two hours. */
async function expectValue(expr: string, traffic: Traffic[], value: number | undefined): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-policy-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const shown = `round(${expr})`;
  const exp_samples = value === undefined ? [] : [{ labels: "{}", value }];
  const tests = [
    {
      interval: "1m",
      input_series: traffic.flatMap(seriesOf),
      promql_expr_test: [{ expr: shown, eval_time: "2h", exp_samples }],
    },
  ];
  await writeFile(join(folder, "test.yaml"), stringify({ evaluation_interval: "1m", tests }));
  const promtool = await requireTool("promtool");
  const { exitCode, stderr } = await execa(promtool, ["test", "rules", "test.yaml"], {
    ...{ cwd: folder, reject: false, stdin: "ignore", timeout: 60_000 },
  });
  expect(exitCode, stderr).toBe(0);
}

test("the change of tasks an hour does not depend on how many tasks were asked for (WV-16)", async () => {
  const query = await queryOf("performance-budget", "tasks-per-hour-change");
  const usual = { everyMinutes: 1, takingMinutes: 10, failed: false };
  await expectValue(query, [usual], 60);
  await expectValue(query, [{ ...usual, everyMinutes: 10 }], 60);
  await expectValue(query, [{ ...usual, takingMinutes: 20 }], 30);
  // Half of the slots' time goes into tasks that fail.
  await expectValue(query, [usual, { ...usual, failed: true }], 30);
  await expectValue(query, [], undefined);
}, 60_000);
