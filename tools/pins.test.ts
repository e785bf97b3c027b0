import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "./package-root.ts";
import { type BuildName, builds, type ToolName, toolNames, tools } from "./pins.ts";

const buildNames = Object.keys(builds) as BuildName[];

test.each(buildNames)(
  "the go.mod of %s requires the pinned version, and go.sum holds its checksum",
  async (name) => {
    const { folder, module } = builds[name];
    const goMod = await readFile(join(packageRoot(), folder, "go.mod"), "utf8");
    const goSum = await readFile(join(packageRoot(), folder, "go.sum"), "utf8");
    expect(goMod).toMatch(
      new RegExp(`^\\s*(require )?${module.path} ${module.version}( // indirect)?$`, "m"),
    );
    expect(goSum).toContain(`${module.path} ${module.version} h1:`);
  },
);

test.each(buildNames)("the go.mod of %s replaces no module by a folder", async (name) => {
  const goMod = await readFile(join(packageRoot(), builds[name].folder, "go.mod"), "utf8");
  expect(goMod).not.toMatch(/=> *[./]/);
});

test("every tool is found on the PATH or built, and what is built has its name", () => {
  for (const name of toolNames) {
    const { path, build } = tools[name];
    expect(path ?? build, name).toBeDefined();
    if (build) expect(builds[build].packages.map((each) => basename(each))).toContain(name);
  }
});

test("a variable that tells a version tells the pinned one", () => {
  for (const pin of Object.values(builds)) {
    for (const [variable, value] of Object.entries(pin.variables)) {
      if (/version$/i.test(variable)) expect(value.replace(/^v/, "")).toBe(pin.version);
    }
  }
});

test.each<[ToolName, string, string]>([
  ["k6", "k6 v1.8.1 (go1.26.8, linux/amd64)", "1.8.1"],
  ["k6", "k6 v2.0.0-rc1 (commit/abc, go1.25.1, linux/arm64)", "2.0.0-rc1"],
  ["promtool", "promtool, version 3.15.0 (branch: , revision: unknown)\n  build user: x", "3.15.0"],
  ["alertmanager", "alertmanager, version 0.28.1 (branch: HEAD, revision: b2099e)", "0.28.1"],
  ["terraform", "Terraform v1.11.4\non linux_amd64", "1.11.4"],
  ["kubectl", "Client Version: v1.33.1\nKustomize Version: v5.6.0", "1.33.1"],
])("%s says %j, which is read as %s", (name, says, version) => {
  expect(tools[name].path?.versionPattern.exec(says)?.[1]).toBe(version);
});
