import { mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { packageFile } from "../package-root.ts";
import { type BuildPin, builds } from "./builds.ts";
import type { BuildRecord } from "./cache.ts";
import { fakeTool, temporaryFolder } from "./fake-tools.ts";
import { findOnPath, findTool } from "./find.ts";
import { type InstallProgress, installTools, progressLine } from "./install.ts";
import { ToolMissingError } from "./missing.ts";

vi.mock("./builds.ts", async (original) => {
  const { builds } = await original<typeof import("./builds.ts")>();
  return { builds: { ...builds } };
});

const [go] = await findOnPath("go");

/** Lets the pin of amtool and alertmanager be a program of a few lines, which builds in a second. */
async function pinTinyModule(source: string, goVersion = "1.24"): Promise<void> {
  const folder = await temporaryFolder();
  for (const command of ["alertmanager", "amtool"]) {
    await mkdir(join(folder, "cmd", command), { recursive: true });
    await writeFile(join(folder, "cmd", command, "main.go"), source);
  }
  await writeFile(join(folder, "go.mod"), `module tiny\n\ngo ${goVersion}\n`);
  await writeFile(join(folder, "go.sum"), "");
  const pin: BuildPin = {
    ...builds.alertmanager,
    folder: relative(packageFile("."), folder),
    packages: ["./cmd/alertmanager", "./cmd/amtool"],
    variables: { "main.version": builds.alertmanager.version },
  };
  (builds as Record<string, BuildPin>).alertmanager = pin;
}

const tells = (program: string) => `package main
var version = "unset"
func main() { println("${program}, version " + version) }
`;

async function onlyGo(): Promise<NodeJS.ProcessEnv> {
  return { ...process.env, PATH: dirname(go ?? ""), FAIRLEAD_CACHE: await temporaryFolder() };
}

async function missingFrom(install: Promise<unknown>): Promise<ToolMissingError> {
  const error = await install.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ToolMissingError);
  return error as ToolMissingError;
}

describe.skipIf(!go)("with Go", () => {
  test("what is missing is built once, with progress, and found from then on", async () => {
    await pinTinyModule(tells("amtool"));
    const env = await onlyGo();
    const progress: InstallProgress[] = [];
    const options = { env, onProgress: (each: InstallProgress) => progress.push(each) };
    const [found, sibling] = await installTools(["amtool", "alertmanager"], options);
    expect(found).toMatchObject({ name: "amtool", where: "cache", version: "0.28.1" });
    expect(sibling).toMatchObject({ name: "alertmanager", where: "cache" });
    expect(progress.at(0)).toMatchObject({ build: "alertmanager", step: "start", position: 1, total: 1 });
    expect(progress.at(-1)).toMatchObject({ step: "done" });

    progress.length = 0;
    await installTools(["amtool"], options);
    expect(progress).toEqual([]);
  });

  test("the record beside the binaries says what they are", async () => {
    await pinTinyModule(tells("amtool"));
    const [found] = await installTools(["amtool"], { env: await onlyGo() });
    const record = JSON.parse(
      await readFile(join(dirname(found?.path ?? ""), "build.json"), "utf8"),
    ) as BuildRecord;
    expect(record).toMatchObject({
      build: "alertmanager",
      version: "0.28.1",
      module: builds.alertmanager.module,
    });
    expect(record.builtWith).toMatch(/^go1\./);
    expect(Object.keys(record.binaries)).toEqual(["alertmanager", "amtool"]);
    expect(record.binaries.amtool?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test("a tool stays found when Go is gone, and is built anew when its sources change", async () => {
    await pinTinyModule(tells("amtool"));
    const env = await onlyGo();
    await installTools(["amtool"], { env });
    const withoutGo = { ...env, PATH: "" };
    expect(await findTool("amtool", { env: withoutGo })).toMatchObject({ where: "cache" });
    await pinTinyModule(tells("another amtool"));
    expect(await findTool("amtool", { env: withoutGo })).toMatchObject({ where: "missing" });
  });

  test.each(["amtool", "build.json"])("a build that lost its %s is made anew", async (file) => {
    await pinTinyModule(tells("amtool"));
    const env = await onlyGo();
    const [found] = await installTools(["amtool"], { env });
    await rm(join(dirname(found?.path ?? ""), file));
    expect(await findTool("amtool", { env })).toMatchObject({ where: "missing" });
    expect(await installTools(["amtool"], { env })).toEqual([found]);
  });

  test("two installations at once both succeed and leave one build", async () => {
    await pinTinyModule(tells("amtool"));
    const env = await onlyGo();
    const both = await Promise.all([installTools(["amtool"], { env }), installTools(["amtool"], { env })]);
    expect(both[0]).toEqual(both[1]);
    expect(await readdir(join(env.FAIRLEAD_CACHE ?? "", "tools"))).toHaveLength(1);
  });

  test("a build that fails says what the compiler said and leaves nothing behind", async () => {
    await pinTinyModule("package main\nfunc main() { undefinedFunction() }\n");
    const env = await onlyGo();
    const error = await missingFrom(installTools(["amtool"], { env }));
    expect(error.problems).toMatchObject([{ rule: "tool/build-failed" }]);
    expect(error.message).toContain("undefined: undefinedFunction");
    expect(error.message).not.toContain("module proxy");
    expect(await readdir(join(env.FAIRLEAD_CACHE ?? "", "tools"))).toEqual([]);
  });

  test("a Go that is too old is told which Go is needed", async () => {
    await pinTinyModule(tells("amtool"), "1.99.0");
    const env = { ...(await onlyGo()), GOTOOLCHAIN: "local" };
    const error = await missingFrom(installTools(["amtool"], { env }));
    expect(error.message).toContain("go.mod requires go >= 1.99.0");
    expect(error.message).toContain("install Go 1.99.0 or newer");
  });

  test("what a killed build left behind is removed after a day, and not earlier", async () => {
    await pinTinyModule(tells("amtool"));
    const env = await onlyGo();
    const root = join(env.FAIRLEAD_CACHE ?? "", "tools");
    const [old, young] = [join(root, ".building-k6-old"), join(root, ".building-k6-young")];
    await mkdir(old, { recursive: true });
    await mkdir(young);
    const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 60 * 60;
    await utimes(old, twoDaysAgo, twoDaysAgo);
    await installTools(["amtool"], { env });
    const left = await readdir(root);
    expect(left).toContain(".building-k6-young");
    expect(left).not.toContain(".building-k6-old");
  });

  test("without a module proxy the missing module is named, and the tools that can be had are installed", async () => {
    await pinTinyModule(tells("amtool"));
    const env = { ...(await onlyGo()), GOPROXY: "off", GOMODCACHE: await temporaryFolder() };
    const error = await missingFrom(installTools(["k6", "amtool"], { env }));
    expect(error.missing).toHaveLength(1);
    expect(error.problems[0]).toMatchObject({ rule: "tool/build-failed" });
    expect(error.message).toMatch(
      /^k6 is missing: not on the PATH; no build of 1\.8\.1 in the cache .*; building go\.k6\.io\/k6@v1\.8\.1 failed: /,
    );
    expect(error.message).toContain("module lookup disabled by GOPROXY=off");
    expect(error.message).toContain("give Go access to a module proxy");
    expect(await findTool("amtool", { env })).toMatchObject({ where: "cache" });
  });
});

test("without Go every tool that is missing is named at once, with the Go it needs", async () => {
  const env = {
    PATH: await fakeTool("terraform", "Terraform v0.11.0"),
    FAIRLEAD_CACHE: await temporaryFolder(),
  };
  const error = await missingFrom(installTools(["k6", "promtool", "terraform"], { env }));
  expect(error.missing.map((tool) => [tool.name, tool.rule])).toEqual([
    ["k6", "tool/missing"],
    ["promtool", "tool/missing"],
    ["terraform", "tool/version-not-accepted"],
  ]);
  expect(
    error.message.replaceAll(env.FAIRLEAD_CACHE, "CACHE").replaceAll(env.PATH, "BIN"),
  ).toMatchInlineSnapshot(`
    "k6 is missing: not on the PATH; no build of 1.8.1 in the cache CACHE; cannot be built, because Go is not on the PATH
      → install Go 1.25.0 or newer and put it on the PATH, then run \`fairlead tools install k6\`; or install k6 1.x or 2.x from Grafana's packages or your package manager
    promtool is missing: not on the PATH; no build of 3.15.0 in the cache CACHE; cannot be built, because Go is not on the PATH
      → install Go 1.26.0 or newer and put it on the PATH, then run \`fairlead tools install promtool\`; or install Prometheus 3.x, whose release archive contains promtool
    terraform is missing: BIN/terraform is 0.11.0, accepted is >=1.5.0 <2.0.0
      → install Terraform 1.5 or newer from HashiCorp's packages; it cannot be built from Go modules"
  `);
});

test("a progress line says what is built, which of how many, and for how long", () => {
  const progress: InstallProgress = {
    ...{ build: "k6", version: "1.8.1", position: 1, total: 3, expectedSeconds: 60 },
    ...{ step: "compile", modulesDownloaded: 90, packagesCompiled: 312, elapsedSeconds: 41.4 },
  };
  expect(progressLine(progress)).toBe(
    "k6 1.8.1 (1 of 3): compiling, 312 packages so far, 41 s, usually 60 s on 2 cores",
  );
  expect(progressLine({ ...progress, step: "done" })).toBe("k6 1.8.1 (1 of 3): built, 41 s");
});
