import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { builds } from "./builds.ts";
import { buildFolderStem, inputsDigest, sha256File } from "./cache.ts";
import { fakeTool, temporaryFolder } from "./fake-tools.ts";
import { toolNames, tools } from "./pins.ts";
import { toolReport } from "./report.ts";

/** A finished build of k6 in a cache of its own, as `installTools` would leave it. */
async function cacheWithK6(): Promise<{ cache: string; binary: string }> {
  const cache = await temporaryFolder();
  const inputs = await inputsDigest(builds.k6);
  const folder = join(cache, "tools", `${buildFolderStem("k6", inputs)}-go1.99`);
  await mkdir(folder, { recursive: true });
  const binary = join(folder, "k6");
  await writeFile(binary, "the program", { mode: 0o755 });
  const binaries = { k6: { sha256: await sha256File(binary), bytes: 11 } };
  const record = { build: "k6", version: "1.8.1", builtAt: "2026-01-01T00:00:00.000Z", binaries };
  await writeFile(join(folder, "build.json"), JSON.stringify(record));
  return { cache, binary };
}

test("on an empty machine every tool is missing, with why and how to get it, and nothing is built", async () => {
  const env = { PATH: "", FAIRLEAD_CACHE: await temporaryFolder() };
  const report = await toolReport({ env });
  expect(report.tools.map((tool) => tool.name)).toEqual(toolNames);
  for (const tool of report.tools) {
    expect(tool.where).toBe("missing");
    expect(tool.problem?.fix, tool.name).toBeTruthy();
  }
  expect(report.problems).toHaveLength(toolNames.filter((name) => !tools[name].optional).length);
  expect(report.programs.map(({ name, version }) => [name, version])).toEqual([
    ["node", process.versions.node],
    ["go", undefined],
    ["git", undefined],
  ]);
  expect(report.cache).toEqual({ folder: env.FAIRLEAD_CACHE, bytes: 0 });
});

test("a tool of the user's own is told with its path, version and digest", async () => {
  const folder = await fakeTool("k6", "k6 v1.9.0");
  const git = await fakeTool("git", "git version 2.47.1");
  const env = { PATH: [folder, git].join(delimiter), FAIRLEAD_CACHE: await temporaryFolder() };
  const report = await toolReport({ env });
  const sha256 = await sha256File(join(folder, "k6"));
  expect(report.tools[0]).toMatchObject({
    where: "path",
    path: join(folder, "k6"),
    version: "1.9.0",
    sha256,
  });
  expect(report.tools[0]).not.toHaveProperty("builtFrom");
  expect(report.programs[2]).toMatchObject({ name: "git", version: "2.47.1" });
});

test("a build of ours is told with the module it came from, and counts towards the cache's size", async () => {
  const { cache } = await cacheWithK6();
  const report = await toolReport({ env: { PATH: "", FAIRLEAD_CACHE: cache } });
  expect(report.tools[0]).toMatchObject({ where: "cache", builtFrom: "go.k6.io/k6@v1.8.1" });
  expect(report.problems.filter((problem) => problem.rule === "tool/altered")).toEqual([]);
  expect(report.cache.bytes).toBeGreaterThan(11);
});

test("a built tool that was altered since is an error", async () => {
  const { cache, binary } = await cacheWithK6();
  await writeFile(binary, "another program");
  const report = await toolReport({ env: { PATH: "", FAIRLEAD_CACHE: cache } });
  expect(report.problems[0]).toMatchObject({ rule: "tool/altered", severity: "error" });
  expect(report.problems[0]?.message).toContain(binary);
});
