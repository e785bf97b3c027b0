import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundledApp, shopProject } from "./fixtures/bundled-app.ts";

let app: Awaited<ReturnType<typeof bundledApp>>;
let folder: string;

beforeAll(async () => {
  app = await bundledApp();
  folder = await mkdtemp(join(tmpdir(), "fairlead-main-"));
});
afterAll(async () => {
  await app.remove();
  await rm(folder, { recursive: true, force: true });
});

/** Runs the app as cdktf does, and returns what it said and which stacks it wrote. */
async function synth(env: Record<string, string>, cwd = shopProject) {
  const outdir = await mkdtemp(join(folder, "out-"));
  const { stderr, exitCode } = await execa(process.execPath, [app.file], {
    cwd,
    env: { ...env, CDKTF_OUTDIR: outdir },
    reject: false,
    timeout: 60_000,
  });
  const stacks = await readdir(join(outdir, "stacks")).catch(() => []);
  return { stderr, exitCode, outdir, stacks };
}

test("without a selection the app writes the local stacks alone", async () => {
  const { stderr, exitCode, stacks } = await synth({});
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  expect(stacks).toEqual(["shop-local-foundation", "shop-local-observability", "shop-local-services"]);
});

test("platforms and environments are chosen by name", async () => {
  const { stacks } = await synth({ FAIRLEAD_PLATFORM: "shop", FAIRLEAD_ENV: "cluster,prod" });
  expect(stacks.map((id) => id.replace(/-[a-z]+$/, ""))).toEqual([
    ...["shop-cluster", "shop-cluster", "shop-cluster"],
    ...["shop-prod", "shop-prod", "shop-prod"],
  ]);
});

test("an unknown name is a Problem with the near match, and writes nothing", async () => {
  const { stderr, exitCode, stacks } = await synth({ FAIRLEAD_PLATFORM: "shpo", FAIRLEAD_ENV: "prd" });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('no platform "shpo"');
  expect(stderr).toContain('did you mean "shop"?');
  expect(stderr).toContain('no environment "prd"');
  expect(stderr).toContain('did you mean "prod"?');
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stacks).toEqual([]);
});

test("a folder without a project is a Problem, not a stack trace", async () => {
  const { stderr, exitCode } = await synth({}, folder);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("catalog/platforms holds no platform");
  expect(stderr).not.toMatch(/^\s+at /m);
});

test("local state can be kept in another folder for one run", async () => {
  const { outdir } = await synth({ FAIRLEAD_STATE: join(folder, "elsewhere") });
  const stack = await readFile(join(outdir, "stacks", "shop-local-services", "cdk.tf.json"), "utf8");
  expect(JSON.parse(stack).terraform.backend.local.path).toBe(
    "../../../elsewhere/shop-local-services.tfstate",
  );
});
