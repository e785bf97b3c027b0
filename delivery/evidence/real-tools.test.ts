// What the tools themselves write. `npm audit` asks a registry, and is not run: its report is of the documented form.
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { loadTests } from "../../load-tests/index.ts";
import { modelOf } from "../../tests/model-of.ts";
import { policies, shop } from "../../tests/shop.ts";
import { rootFolder } from "../../tests/structure/source-files.ts";
import { requireTool } from "../../tools/find.ts";
import { changesSince } from "./changed-files.ts";
import { problemsReport } from "./fixtures/problems-report.ts";
import { formats } from "./formats/index.ts";
import type { FormatName } from "./formats/names.ts";
import { riskOf } from "./regression-risk.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-tools-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
});
const write = (name: string, text: string) => writeFile(join(folder, name), text);
const runs = (program: string, ...args: string[]) =>
  execa(program, args, { cwd: folder, reject: false, stdin: "ignore", timeout: 120_000 });
const read = async (format: FormatName, text: string) =>
  formats[format].read(text, { at: new Date(), environment: "prod", approvers: [] });
const written = (name: string) => readFile(join(folder, name), "utf8");

test("Node's own test runner: coverage as lcov, results as JUnit", async () => {
  await write(
    "sum.mjs",
    "export const add = (a, b) => a + b;\nexport const never = (a) => {\n  return a;\n};\n",
  );
  await write(
    "sum.test.mjs",
    'import { test } from "node:test";\nimport { add } from "./sum.mjs";\ntest("adds", () => add(1, 2));\ntest("fails", () => { throw new Error("no"); });\n',
  );
  await runs(
    process.execPath,
    ...[
      "--test",
      "--experimental-test-coverage",
      "--test-reporter=lcov",
      "--test-reporter-destination=lcov.info",
    ],
    ...["--test-reporter=junit", "--test-reporter-destination=junit.xml", "sum.test.mjs"],
  );
  const { values } = await read("lcov", await written("lcov.info"));
  expect(values.lines?.value).toBeGreaterThan(0.5);
  expect(values.lines?.value).toBeLessThan(1);
  expect((await read("junit", await written("junit.xml"))).values).toMatchObject({
    passed: { value: 1 },
    failed: { value: 1 },
  });
});

test("c8 of one run: istanbul's summary, Cobertura's XML and lcov's tracefile say the same", async () => {
  await write(
    "sign.mjs",
    "export function sign(a) {\n  if (a < 0) return -1;\n  return 1;\n}\nexport function never() {\n  return 0;\n}\nsign(1);\n",
  );
  const reporters = ["lcov", "cobertura", "json-summary"].map((name) => `--reporter=${name}`);
  const c8 = join(rootFolder, "node_modules/c8/bin/c8.js");
  await runs(process.execPath, c8, ...reporters, "--reports-dir=out", process.execPath, "sign.mjs");
  const summary = await read("istanbul", await written("out/coverage-summary.json"));
  const cobertura = await read("cobertura", await written("out/cobertura-coverage.xml"));
  const lcov = await read("lcov", await written("out/lcov.info"));
  expect(summary.values.lines?.value).toBeCloseTo(6 / 8);
  expect(summary.values.functions?.value).toBeCloseTo(1 / 2);
  expect(lcov.values).toEqual(summary.values);
  expect(cobertura.values.lines).toEqual(summary.values.lines);
  expect(cobertura.values.branches).toEqual(summary.values.branches);
  expect(Math.abs(Date.parse(cobertura.at ?? "") - Date.now())).toBeLessThan(3_600_000);
});

test("jscpd: how much of the code stands there twice (WV-18)", async () => {
  const functions = Array.from(
    { length: 8 },
    (_, i) =>
      `export function f${i}(a, b) {\n  const c = a * ${i} + b;\n  if (c > 10) return c - 1;\n  return b;\n}\n`,
  );
  const whole = functions.join("");
  const jscpd = join(rootFolder, "node_modules/jscpd/bin/jscpd");
  const similarity = async (...texts: string[]) => {
    await mkdir(join(folder, "src"), { recursive: true });
    for (const [i, text] of texts.entries()) await write(`src/${i}.js`, text);
    const args = ["--reporters", "json", "--output", "out", "--silent", "src"];
    await runs(process.execPath, jscpd, ...args);
    return (await read("jscpd", await written("out/jscpd-report.json"))).values.lines?.value ?? Number.NaN;
  };
  expect(await similarity(whole, "export const one = 1;\n")).toBe(0);
  expect(await similarity(whole, whole)).toBeCloseTo(0.5, 1);
});

test("promtool: results of rule tests as JUnit", async () => {
  await write("rules.yaml", "groups: [{ name: a, rules: [{ record: x:y:z, expr: vector(1) }] }]\n");
  const testOf = (value: number) =>
    `rule_files: [rules.yaml]\nevaluation_interval: 1m\ntests: [{ interval: 1m, promql_expr_test: [{ expr: "x:y:z", eval_time: 1m, exp_samples: [{ labels: "x:y:z", value: ${value} }] }] }]\n`;
  await write("good.yaml", testOf(1));
  await write("bad.yaml", testOf(2));
  await runs(await requireTool("promtool"), "test", "rules", "--junit=junit.xml", "good.yaml", "bad.yaml");
  expect((await read("junit", await written("junit.xml"))).values).toMatchObject({
    passed: { value: 1 },
    failed: { value: 1 },
  });
});

test("Terraform: what a saved plan does", async () => {
  await write("main.tf", 'resource "terraform_data" "a" { input = "x" }\nresource "terraform_data" "b" {}\n');
  const terraform = await requireTool("terraform");
  await runs(terraform, "init", "-no-color");
  await runs(terraform, "plan", "-out=a.tfplan", "-no-color");
  const { stdout } = await runs(terraform, "show", "-json", "a.tfplan");
  const measured = await read("terraform-plan", stdout);
  expect(measured.values).toMatchObject({ created: { value: 2 }, destroyed: { value: 0 } });
  expect(Date.parse(measured.at ?? "")).toBeLessThan(Date.now() + 60_000);
  expect(await read("terraform-plan", formats["terraform-plan"].keep(stdout))).toEqual(measured);
});

test("npm: an SBOM lists components, and says nothing of vulnerabilities", async () => {
  const { stdout } = await execa(
    "npm",
    ["sbom", "--sbom-format=cyclonedx", "--package-lock-only", "--offline"],
    {
      ...{ cwd: rootFolder, stdin: "ignore", timeout: 120_000 },
    },
  );
  expect(JSON.parse(stdout).components.length).toBeGreaterThan(100);
  await expect(read("cyclonedx", stdout)).rejects.toThrow("does not tell of vulnerabilities");
});

test("fairlead check: findings as SARIF", async () => {
  expect((await read("sarif", problemsReport)).values).toMatchObject({
    errors: { value: 1 },
    warnings: { value: 2 },
  });
});

test("Git: what a release changes, and how much its files were worked on", async () => {
  const git = (...args: string[]) => runs("git", "-c", "user.name=a", "-c", "user.email=a@b", ...args);
  await git("init", "--quiet", "--initial-branch=main");
  for (const text of ["1\n", "1\n2\n", "1\n2\n3\n"]) {
    await write("odd name\t.txt", text);
    await git("add", "--all");
    await git("commit", "--quiet", "--message=one");
  }
  await git("tag", "v1");
  await write("odd name\t.txt", "1\n4\n");
  await write("new.bin", "\0");
  await git("add", "--all");
  await git("commit", "--quiet", "--message=two");
  const found = await changesSince(folder, "v1");
  if (typeof found === "string") throw new Error(found);
  expect(found.files).toEqual([
    { path: "new.bin", added: 1, deleted: 0, earlierChanges: 0 },
    { path: "odd name\t.txt", added: 1, deleted: 2, earlierChanges: 3 },
  ]);
  expect((await read("changes", JSON.stringify(found))).values).toMatchObject({ lines: { value: 4 } });
  expect(riskOf(found, 0.9)).toBeGreaterThan(0);
  expect(await changesSince(folder, "--help")).toBe('there is no revision "--help" here');
});

test("Git: a change cannot say of itself how large it is, nor can settings", async () => {
  const git = (...args: string[]) => runs("git", "-c", "user.name=a", "-c", "user.email=a@b", ...args);
  const commit = async (message: string) => {
    await git("add", "--all");
    await git("commit", "--quiet", `--message=${message}`);
  };
  await git("init", "--quiet", "--initial-branch=main");
  await write("a.ts", "1\n");
  await commit("one");
  await write("link", "1\n2\n");
  await commit("link");
  await git("tag", "v1");
  await rm(join(folder, "link"));
  await symlink("a.ts", join(folder, "link"));
  await write("a.ts", "1\n".repeat(100));
  await write("b.ts", "2\n".repeat(50));
  await write("c.ts", "3\n".repeat(25));
  await write("d.ts", `// \0\n${"4\n".repeat(12)}`);
  await write("e.ts", "diff --git a/x b/x\n@@ -1,9 +1,9 @@\n");
  await write(".gitattributes", "a.ts -diff\nb.ts binary\nc.ts diff=short\n");
  await git("config", "diff.short.textconv", "head -n 1");
  await git("config", "diff.external", "true");
  await git("config", "diff.short.command", "true");
  await git("config", "diff.ignoreSubmodules", "all");
  await commit("two");
  const found = await changesSince(folder, "v1");
  if (typeof found === "string") throw new Error(found);
  expect(found.files.map(({ path, added }) => [path, added])).toEqual([
    [".gitattributes", 3],
    ["a.ts", 99],
    ["b.ts", 50],
    ["c.ts", 25],
    ["d.ts", 13],
    ["e.ts", 2],
    ["link", 1],
  ]);

  // A clone of a part of the history knows too little of how much its files were worked on.
  await git("clone", "--quiet", "--depth=1", "--no-single-branch", `file://${folder}`, "part");
  expect(await changesSince(join(folder, "part"), "HEAD")).toContain("git fetch --unshallow");
});

test("k6: the summary of a generated load test", async () => {
  const server = createServer((request, response) => {
    response.statusCode = request.method === "POST" ? 201 : 200;
    response.end("done");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  const model = structuredClone(modelOf([shop], policies));
  for (const profile of model.platforms.flatMap(({ loadProfiles }) => loadProfiles))
    profile.arrivals = { kind: "constant", perSecond: 20, seconds: 2, maxUsers: 10 };
  for (const { path, content } of loadTests(model))
    if (path.includes("/smoke/")) await write(path.slice(path.lastIndexOf("/") + 1), content);
  const k6 = await requireTool("k6");
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await runs(
    k6,
    "run",
    "--quiet",
    "--no-usage-report",
    "--address",
    "",
    "-e",
    `BASE_URL=${base}`,
    "-e",
    "SUMMARY=summary.json",
    "script.js",
  );
  const { subject, values } = await read("k6", await written("summary.json"));
  expect(subject).toBe("shop/smoke");
  expect(values["error-rate"]).toMatchObject({ value: 0 });
  expect(values.p95?.value).toBeGreaterThan(0);
  expect(values.throughput?.value).toBeGreaterThan(10);
});
