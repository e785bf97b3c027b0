import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Platform } from "../../model/model.ts";
import { readablePercent, readableSeconds } from "../../model/readable.ts";
import {
  actionText,
  amountText,
  openingText,
  recoveryText,
  worksTexts,
} from "../../model/resilience-words.ts";
import { ownPlatform } from "../../tests/project-model.ts";
import { rootFolder } from "../../tests/structure/source-files.ts";

const names = ["agenthive", "commandcenter", "nexus", "production", "weathervane"];
const platforms = await Promise.all(names.map(ownPlatform));
const page = await readFile(join(rootFolder, "docs/orchestrator/resilience.md"), "utf8");

const notPlayed = "not played";
/** Which source below `orchestrator/` obeys a limit or tells a breaker what happens; the others are the catalog's and its alerts' alone. */
const sources: Record<string, string> = {
  ...{ "agent-spawn": "sessions/sessions.ts", "agent-executor": "resilience/guarded-worker.ts" },
  ...{ database: "resilience/database-pulse.ts", "database-pool": "resilience/database-pulse.ts" },
  ...{ "model-anthropic": "providers/provider-lines.ts", "model-openai": "providers/provider-lines.ts" },
  ...{ "model-provider": "providers/provider-lines.ts", "mcp-server": "work/start-work.ts" },
  ...{ "file-io": "resilience/evidence-folder.ts", "quality-gate": "resilience/breaker-reports.ts" },
  "task-failures": "resilience/breaker-reports.ts",
  "approval-wait": "service.ts",
  ...Object.fromEntries(
    ["agent-silence", "spawn-attempts", "spawn-time", "terminate-time", "queued-tasks"]
      .concat(["concurrent-runs", "concurrent-tasks", "concurrent-workflows"])
      .concat(["session-cpu", "session-disk", "session-memory", "session-processes"])
      .map((name) => [name, "resilience/platform-limits.ts"]),
  ),
  "queued-model-calls": "providers/provider-lines.ts",
  "session-length": "sessions/sessions.ts",
  ...{
    "hourly-tokens": "work/budget.ts",
    "task-tokens": "work/budget.ts",
    "task-evidence": "work/budget.ts",
  },
  "uncompressed-artifacts": "resilience/evidence-folder.ts",
  ...Object.fromEntries(
    ["loop-attempts", "verify-attempts", "mcp-restarts"].map((name) => [name, "resilience/recovery.ts"]),
  ),
};
const obeyedBy = (name: string) => (sources[name] === undefined ? notPlayed : `\`${sources[name]}\``);

function table(head: string[], rows: (platform: Platform) => string[][]): string {
  const body = platforms.flatMap((platform) => rows(platform).map((row) => [platform.name, ...row]));
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(["platform", ...head]), line(["platform", ...head].map(() => "---")), ...body.map(line)].join(
    "\n",
  );
}

const tables = {
  BREAKERS: table(
    ["breaker", "opens", "while it is open", "closes", "requirements", "told by"],
    ({ breakers }) =>
      breakers.map((one) => [
        one.name,
        openingText(one.opens),
        one.whileOpen.map(actionText).join("; "),
        recoveryText(one.recovers),
        one.meets.join(", "),
        obeyedBy(one.name),
      ]),
  ),
  MODES: table(["ladder", "mode", "works", "brought about by", "left", "requirements"], ({ modes }) =>
    modes.map((mode) => [
      mode.ladder,
      mode.name,
      worksTexts(mode.works).join("; "),
      ["a person", ...mode.entered.map(({ signal, is, value }) => `${signal} ${is} ${value}`)].join(", "),
      mode.calmSeconds === undefined ? "by a person" : `after ${readableSeconds(mode.calmSeconds)} of calm`,
      mode.meets.join(", "),
    ]),
  ),
  LIMITS: table(["limit", "at most", "from", "at the limit", "requirements", "obeyed by"], (platform) =>
    platform.limits.map((limit) => [
      limit.name,
      amountText(limit),
      limit.warnsAtRatio === undefined ? "" : readablePercent(limit.warnsAtRatio),
      limit.reached.join(", "),
      limit.meets.join(", "),
      // Told by a setting: agents that register are not the spawner's.
      limit.name === "agent-silence" && platform.name === "nexus"
        ? "`ORCHESTRATOR_LEASE_SECONDS`"
        : obeyedBy(limit.name),
    ]),
  ),
};

test.each(Object.keys(tables) as (keyof typeof tables)[])("the page shows the %s of the catalog", (name) => {
  expect(page).toContain(tables[name]);
});

/** What a source calls a limit or breaker whose name it puts together. */
const partOf = (name: string) => name.replace(/^(session|model)-(?!length|provider).*/, "$1-${");

test("who is said to obey a limit, or to tell a breaker, names it; of those that are not played nothing but gauges knows", async () => {
  const read = async (path: string) => readFile(join(rootFolder, "orchestrator", path), "utf8");
  for (const [name, path] of Object.entries(sources))
    expect([name, (await read(path)).includes(partOf(name))]).toEqual([name, true]);
  const names = platforms.flatMap(({ limits, breakers }) => [...limits, ...breakers].map((one) => one.name));
  const others = names.filter((name) => sources[name] === undefined);
  const files = (await readdir(join(rootFolder, "orchestrator"), { recursive: true })).filter(
    (path) => path.endsWith(".ts") && !/test\.ts$|^telemetry/.test(path),
  );
  const text = (await Promise.all(files.map(read))).join("\n");
  expect(others.filter((name) => text.includes(`"${name}"`))).toEqual([]);
});
