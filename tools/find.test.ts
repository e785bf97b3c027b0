import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, join, relative } from "node:path";
import { expect, test } from "vitest";
import { fakeTool, temporaryFolder } from "./fake-tools.ts";
import { findTool, requireTool } from "./find.ts";
import { ToolMissingError } from "./missing.ts";
import type { ToolName } from "./pins.ts";

async function lookIn(...folders: string[]) {
  return { env: { PATH: folders.join(delimiter), FAIRLEAD_CACHE: await temporaryFolder() } };
}

test.each<[ToolName, string, string]>([
  ["k6", "k6 v1.0.0 (go1.24.1, linux/amd64)", "1.0.0"],
  ["k6", "k6 v2.1.0 (go1.26.1, linux/amd64)", "2.1.0"],
  ["promtool", "promtool, version 3.0.0 (branch: HEAD)", "3.0.0"],
  ["amtool", "amtool, version 0.27.0 (branch: HEAD)", "0.27.0"],
  ["terraform", "Terraform v1.13.0-beta1", "1.13.0-beta1"],
  ["kubectl", "Client Version: v1.32.4-dispatcher", "1.32.4-dispatcher"],
])("%s on the PATH that says %j is accepted", async (name, says, version) => {
  const folder = await fakeTool(name, says);
  const found = await findTool(name, await lookIn(folder));
  expect(found).toEqual({ name, where: "path", path: join(folder, name), version });
});

test.each<[ToolName, string]>([
  ["k6", "k6 v0.57.0 (go1.23.6, linux/amd64)"],
  ["k6", "k6 v3.0.0-rc1 (go1.26.1, linux/amd64)"],
  ["promtool", "promtool, version 2.53.0 (branch: HEAD)"],
  ["alertmanager", "alertmanager, version 0.26.0 (branch: HEAD)"],
  ["terraform", "Terraform v1.4.7"],
  ["terraform", "Terraform v2.0.0"],
])("%s on the PATH that says %j is not accepted", async (name, says) => {
  const found = await findTool(name, await lookIn(await fakeTool(name, says)));
  expect(found).toMatchObject({ where: "missing", rule: "tool/version-not-accepted" });
});

test("an old version that comes first on the PATH does not hide an accepted one behind it", async () => {
  const old = await fakeTool("k6", "k6 v0.57.0");
  const accepted = await fakeTool("k6", "k6 v1.8.1");
  expect(await findTool("k6", await lookIn(old, accepted))).toMatchObject({ path: join(accepted, "k6") });
});

test("a program that does not tell its version is not accepted, and the report says so", async () => {
  const folder = await fakeTool("k6", "usage: something else");
  const found = await findTool("k6", await lookIn(folder));
  expect(found).toMatchObject({ where: "missing", rule: "tool/version-not-accepted" });
  expect(found).toHaveProperty("tried.0", `${join(folder, "k6")} does not tell its version (version)`);
});

test("a folder and a file that cannot be executed are not programs", async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "k6"));
  await writeFile(join(folder, "promtool"), "#!/bin/sh\n", { mode: 0o644 });
  const options = await lookIn(folder);
  expect(await findTool("k6", options)).toMatchObject({ where: "missing", rule: "tool/missing" });
  expect(await findTool("promtool", options)).toMatchObject({ where: "missing", rule: "tool/missing" });
});

test("an empty or relative entry of the PATH does not run programs from the working folder", async () => {
  const below = relative(process.cwd(), await fakeTool("k6", "k6 v1.8.1"));
  const found = await findTool("k6", await lookIn("", ".", below));
  expect(found).toMatchObject({ where: "missing", rule: "tool/missing" });
});

test("a missing tool says where it was looked for and how to get it", async () => {
  const options = await lookIn(await fakeTool("k6", "k6 v0.57.0"));
  const error = await requireTool("k6", options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ToolMissingError);
  const [problem] = (error as ToolMissingError).problems;
  const { PATH, FAIRLEAD_CACHE } = options.env;
  expect(problem).toEqual({
    rule: "tool/version-not-accepted",
    severity: "error",
    message:
      `k6 is missing: ${PATH}/k6 is 0.57.0, accepted is 1.x || 2.x; ` +
      `no build of 1.8.1 in the cache ${FAIRLEAD_CACHE}`,
    fix: "run `fairlead tools install k6`, or install k6 1.x or 2.x from Grafana's packages or your package manager",
  });
});

test("Terraform, which cannot be built, is not offered to be built", async () => {
  const found = await findTool("terraform", await lookIn());
  expect(found).toMatchObject({ where: "missing", tried: ["not on the PATH"] });
  expect(found).toHaveProperty("fix", expect.not.stringContaining("tools install"));
});
