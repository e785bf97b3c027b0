import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { filesBelow } from "../output/compare.ts";
import { rootFolder } from "./structure/source-files.ts";

const MINUTE = 60_000;
let folder: string;
let project: string;

// What `npm ci` has fetched already is not asked for again.
const npm = (cwd: string, ...args: string[]) =>
  execa("npm", [...args, "--no-fund", "--no-audit", "--prefer-offline"], { cwd, timeout: 5 * MINUTE });
const fairlead = (cwd: string, ...args: string[]) =>
  execa(process.execPath, [join(cwd, "node_modules/fairlead/dist/cli/main.js"), ...args], {
    cwd,
    timeout: 10 * MINUTE,
    reject: false,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-outside-"));
  project = join(folder, "mine");
  const packed = await npm(rootFolder, "pack", "--ignore-scripts", "--pack-destination", folder);
  const tarball = join(folder, packed.stdout.trim().split("\n").at(-1) ?? "");
  await writeFile(join(folder, "package.json"), '{ "private": true }\n');
  await npm(folder, "install", tarball);
  await fairlead(folder, "init", "mine");
  const manifest = JSON.parse(await readFile(join(project, "package.json"), "utf8"));
  manifest.dependencies.fairlead = `file:${tarball}`;
  await writeFile(join(project, "package.json"), JSON.stringify(manifest));
  await npm(project, "install", "--omit=dev");
}, 10 * MINUTE);

afterAll(() => rm(folder, { recursive: true, force: true }));

test("a packed package generates a new project, which then is what the catalog says", async () => {
  const generated = await fairlead(project, "generate");
  expect(generated.stderr).toMatch(/^\d+ files in generated\/: \d+ new, 0 changed, 0 removed/);
  expect((await fairlead(project, "generate", "--check")).exitCode).toBe(0);
  const files = await filesBelow(project, "generated");
  expect(files.filter((file) => /weathervane|nexus/.test(file))).toEqual([]);
  for (const kind of ["alerts", "compose", "dashboards", "runbooks", "load-tests", "policies", "stacks"]) {
    expect(
      files.some((file) => file.startsWith(`generated/${kind}/hello/`)),
      kind,
    ).toBe(true);
  }
});

test(
  "the new project passes every check of the real tools",
  async () => {
    const { exitCode, stdout, stderr } = await fairlead(project, "check");
    expect(exitCode, stdout + stderr).toBe(0);
  },
  15 * MINUTE,
);

test("its types are found, and a wrong reference in it is a compile error", async () => {
  const tsc = join(rootFolder, "node_modules/typescript/bin/tsc");
  const compile = () =>
    execa(process.execPath, [tsc, "--noEmit", "--pretty", "false"], {
      cwd: project,
      reject: false,
      timeout: 2 * MINUTE,
    });
  expect((await compile()).stdout).toBe("");
  const file = join(project, "catalog/platforms/hello/index.ts");
  const source = await readFile(file, "utf8");
  await writeFile(file, source.replace('alerts: ["queue-long"]', 'alerts: ["queue-lnog"]'));
  const wrong = await compile();
  await writeFile(file, source);
  expect(wrong.stdout).toContain(`Type '"queue-lnog"' is not assignable to type '"queue-long"'`);
});

test("a pack that ships with the package joins the project by one line, and the compiler knows its names", async () => {
  const file = join(project, "catalog/platforms/hello/index.ts");
  const source = await readFile(file, "utf8");
  const withPack = source
    .replace(
      "const services =",
      'import { productionBase } from "fairlead/packs/production-base";\n\nconst services =',
    )
    .replace(
      "const metrics =",
      "const base = productionBase({ services }, { processes: { services: ['api'] } });\n\nconst metrics =",
    )
    .replace('alerts: ["queue-long"]', 'alerts: ["queue-long", "api-fds-low"]')
    .replace("slos, alerts }", "slos, alerts: { ...alerts, ...base.alerts } }")
    .replace("parts: [", "parts: [base, ");
  const tsc = join(rootFolder, "node_modules/typescript/bin/tsc");
  const compile = async (text: string) => {
    await writeFile(file, text);
    const options = { cwd: project, reject: false, timeout: 2 * MINUTE } as const;
    return (await execa(process.execPath, [tsc, "--noEmit", "--pretty", "false"], options)).stdout;
  };
  expect(await compile(withPack.replace('"api-fds-low"', '"api-fds-lwo"'))).toContain(
    "'\"api-fds-lwo\"' is not assignable",
  );
  expect(await compile(withPack)).toBe("");
  expect((await fairlead(project, "generate")).stderr).toContain("files in generated/");
  expect(existsSync(join(project, "generated/runbooks/hello/api-fds-low.md"))).toBe(true);
  await writeFile(file, source);
  await fairlead(project, "generate");
});

test("cdktf synthesises its local stacks", async () => {
  const cdktf = join(rootFolder, "node_modules/cdktf-cli/bundle/bin/cdktf.js");
  const env = { CHECKPOINT_DISABLE: "1", CI: "true" };
  await execa(process.execPath, [cdktf, "synth"], { cwd: project, env, timeout: 5 * MINUTE });
  for (const layer of ["foundation", "services", "observability"]) {
    expect(existsSync(join(project, `cdktf.out/stacks/hello-local-${layer}/cdk.tf.json`)), layer).toBe(true);
  }
});

test("explain knows what the project describes", async () => {
  const { stdout } = await fairlead(project, "explain", "availability");
  expect(stdout).toContain("hello/availability (slo): Requests succeed");
  expect(stdout).toMatch(
    /page-quick\s+page\s+5m \/ 1h\s+2% × 30 d ÷ 1h = 14\.4\s+14\.4 × 0\.005 = 0\.072\s+4 min 19 s/,
  );
  expect(stdout).toMatch(/defined in catalog\/platforms\/hello\/index\.ts:\d+:\d+/);
});
