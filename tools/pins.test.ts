import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { packageFile } from "../package-root.ts";
import { type BuildName, builds } from "./builds.ts";
import { findCachedBuild } from "./cache.ts";
import { type ToolName, toolNames, tools } from "./pins.ts";

const buildNames = Object.keys(builds) as BuildName[];
const goBuilds = buildNames.filter((name) => builds[name].language !== "python");
const pythonBuilds = buildNames.filter((name) => builds[name].language === "python");

test.each(pythonBuilds)(
  "the requirements of %s name the pinned version, and each package by version and digest",
  async (name) => {
    const { folder, module } = builds[name];
    const text = await readFile(packageFile(`${folder}/requirements.txt`), "utf8");
    const wanted = text
      .replaceAll("\\\n", " ")
      .split("\n")
      .filter((line) => /^[^#\s]/.test(line));
    expect(wanted.some((line) => line.startsWith(`${module.path}==${module.version} `))).toBe(true);
    for (const line of wanted)
      expect(line).toMatch(/^[a-z0-9._-]+==\S+ (; [^-]+)?.*--hash=sha256:[0-9a-f]{64}/);
    expect(await readFile(packageFile(`${folder}/requirements.in`), "utf8")).toBe(
      `${module.path}==${module.version}\n`,
    );
  },
);

test.each(goBuilds)(
  "the go.mod of %s requires the pinned version, and go.sum holds its checksum",
  async (name) => {
    const { folder, module } = builds[name];
    const goMod = await readFile(packageFile(`${folder}/go.mod`), "utf8");
    const goSum = await readFile(packageFile(`${folder}/go.sum`), "utf8");
    expect(goMod).toMatch(
      new RegExp(`^\\s*(require )?${module.path} ${module.version}( // indirect)?$`, "m"),
    );
    expect(goSum).toContain(`${module.path} ${module.version} h1:`);
  },
);

test.each(goBuilds)("the go.mod of %s replaces no module by a folder", async (name) => {
  const goMod = await readFile(packageFile(`${builds[name].folder}/go.mod`), "utf8");
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

/** The tools that are built already, on a machine that has them, and where they lie. */
const cached: [ToolName, string][] = [];
for (const name of toolNames) {
  const build = tools[name].build;
  const found = build && (await findCachedBuild(build));
  if (found) cached.push([name, join(found.folder, name)]);
}

test.runIf(cached.length > 0).each(cached)(
  "the built %s runs and tells the pinned version",
  async (name, path) => {
    const { path: pathPin, build } = tools[name];
    if (name.startsWith("terraform-provider-")) {
      // A provider only speaks to Terraform; providers.test.ts lets it.
      expect((await execa(path, { reject: false, timeout: 30_000 })).stderr).toContain(
        "This binary is a plugin",
      );
      return;
    }
    const args = pathPin?.versionArgs ?? ["kube-apiserver", "--version"];
    // checkov reads all of its policies before it says its version.
    const { stdout } = await execa(path, [...args], { timeout: 180_000 });
    expect(stdout).toMatch(new RegExp(`\\bv?${build && builds[build].version}\\b`));
  },
);

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
