import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { actionText, amountText, openingText, recoveryText } from "../../model/resilience-words.ts";
import { ownPlatform } from "../../tests/project-model.ts";
import { rootFolder } from "../../tests/structure/source-files.ts";
import { toolScript } from "../mcp/tool-script.ts";
import { modelBreakers } from "../providers/provider-lines.ts";
import { providerScript } from "../providers/provider-script.ts";
import { readModels } from "./models-file.ts";
import { outcomesOfCalls } from "./start-work.ts";

const names = ["agenthive", "commandcenter", "nexus", "production", "weathervane"];
const platforms = await Promise.all(names.map(ownPlatform));
const page = await readFile(join(rootFolder, "docs/orchestrator/models.md"), "utf8");

const obeyed = ["task-tokens", "hourly-tokens", "task-evidence", "queued-model-calls", "mcp-restarts"];

const tables = {
  breakers: table(
    ["platform", "breaker", "of", "opens", "while it is open", "closes"],
    platforms.flatMap((platform) =>
      platform.breakers
        .filter(({ name }) => name in outcomesOfCalls(platform))
        .map((one) => [
          ...[platform.name, one.name, modelBreakers(platform).includes(one.name) ? "models" : "tools"],
          ...[openingText(one.opens), one.whileOpen.map(actionText).join("; "), recoveryText(one.recovers)],
        ]),
    ),
  ),
  limits: table(
    ["platform", "limit", "at most", "at the limit"],
    platforms.flatMap(({ name, limits }) =>
      limits
        .filter((limit) => obeyed.includes(limit.name))
        .map((limit) => [name, limit.name, amountText(limit), limit.reached.join(", ")]),
    ),
  ),
  "script of the provider": fields(providerScript),
  "script of the tools": fields(toolScript),
};

function fields(script: z.ZodType): string {
  const { properties = {} } = z.toJSONSchema(script, { io: "input" });
  const rows = Object.entries(properties).map(([name, field]) => {
    const usual = typeof field === "object" ? field.default : undefined;
    return [`\`${name}\``, usual === undefined ? "" : `\`${JSON.stringify(usual)}\``];
  });
  return rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

test.each(["breakers", "limits"] as const)("the page shows the %s that models and tools obey", (name) => {
  expect(page).toContain(tables[name]);
});

test.each(["script of the provider", "script of the tools"] as const)(
  "the page shows each field of the %s",
  (name) => {
    for (const row of tables[name].split("\n")) expect(page).toContain(row.replace(/ \|$/, ""));
  },
);

test("the settings that the page shows are read as they stand there", async () => {
  const [example = ""] = /(?<=```yaml\n)[\s\S]*?(?=```)/.exec(page) ?? [];
  const folder = await mkdtemp(join(tmpdir(), "fairlead-page-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "key"), "canary-model-key");
  const path = join(folder, "models.yaml");
  await writeFile(path, example.replace("/run/secrets/anthropic", join(folder, "key")));
  expect(await readModels(path, {})).toMatchObject({
    providers: [{ name: "anthropic", timeoutMs: 60_000, atOnce: 10 }, { name: "openai" }],
    tools: { server: { command: ["node", "dist/orchestrator/local-tools.js", "--stdio"] } },
  });
});
