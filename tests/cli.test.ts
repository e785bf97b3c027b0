import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { edit, newProject } from "./project-folder.ts";
import { rootFolder } from "./structure/source-files.ts";

const CATALOG = "catalog/platforms/hello/index.ts";
const cli = join(rootFolder, "dist/cli/main.js");

const fairlead = (cwd: string, args: string[], env: Record<string, string> = {}) =>
  execa(process.execPath, [cli, ...args], { cwd, env, reject: false, timeout: 120_000 });

test.each(["init", "generate", "check", "explain", "runbook", "budget", "diff", "notify", "tools", "start"])(
  "%s has help with an example",
  async (command) => {
    const { exitCode, stdout } = await fairlead(rootFolder, [command, "--help"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`Example:\\n {2}fairlead ${command}`));
  },
);

test.each([
  [["nonsense"]],
  [["generate", "--nonsense"]],
  [["explain"]],
  [["explain", "availability", "--env", "prd"]],
  [["diff"]],
  [["diff", "no-such-revision"]],
  [["generate", "--watch", "--check"]],
  [["check", "--only", "nonsense"]],
  [["check", "--platform", "nonsense", "--only", "catalog"]],
  [["check", "--today", "tomorrow"]],
  [["check", "--scrape", "http://127.0.0.1:1/metrics", "--only", "catalog"]],
  [["check", "--scrape", "http://127.0.0.1:1/metrics", "--service", "nonsense"]],
  [["check", "--service", "hello"]],
  [["generate", "--env", "nonsense"]],
  [["explain", "nonsense"]],
  [["runbook", "nonsense"]],
  [["runbook", "queue-long", "--prometheus", "file:///etc/passwd"]],
  [["runbook", "queue-long", "--at", "yesterday"]],
  [["budget", "nonsense", "--prometheus", "http://127.0.0.1:9"]],
  [["budget", "--prometheus", "file:///etc/passwd"]],
  [["budget"]],
  [["notify", "nonsense", "--env", "local", "--severity", "critical"]],
  [["notify", "test", "--env", "nonsense", "--severity", "critical"]],
  [["notify", "test", "--env", "local"]],
  [["notify", "test", "--env", "local", "--severity", "warning", "--alertmanager", "file:///etc/passwd"]],
  [["tools", "remove"]],
  [["tools", "install", "nonsense"]],
])("fairlead %j is wrong usage", async (args) => {
  const { exitCode, stderr, stdout } = await fairlead(await newProject(), args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).not.toMatch(/\n {4}at /);
});

test("runbook shows a page with commands filled in, also when the Prometheus is not there", async () => {
  const folder = await newProject();
  const asked = await fairlead(folder, ["runbook", "QueueLong", "--env", "prod"]);
  expect(asked.exitCode).toBe(0);
  expect(asked.stdout).toMatch(/\$ kubectl --context \S+ -n \S+ /);
  const gone = await fairlead(folder, [
    "runbook",
    "QueueLong",
    "--env",
    "prod",
    "--prometheus",
    "http://127.0.0.1:9",
  ]);
  expect({ ...gone, exitCode: gone.exitCode }).toMatchObject({ exitCode: 1, stdout: asked.stdout });
  expect(gone.stderr).toMatch(/Prometheus at http:\/\/127\.0\.0\.1:9 does not answer: /);
  expect(gone.stderr).toMatch(
    /→ catalog\/platforms\/hello\/index\.ts:\d+:\d+, alerts\.queue-long +live\/unreachable/,
  );
  const json = await fairlead(folder, ["runbook", "hello/roll-back", "--format", "json"]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    id: "hello/roll-back",
    kind: "procedure",
    page: { title: "Roll back" },
  });
});

test("check --scrape compares a live service with the metrics that are declared of it", async () => {
  const server = createServer((_request, response) =>
    response
      .setHeader("Content-Type", "text/plain; version=0.0.4")
      .end("# TYPE queue_length counter\nqueue_length 1\n"),
  ).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  const { exitCode, stdout } = await fairlead(await newProject(), ["check", "--scrape", url]);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(
    /queue_length of service ".*" is a counter, and declared as a gauge\n.*index\.ts:\d+:\d+/,
  );
});

test("a folder without a catalog says how to begin", async () => {
  const folder = await newProject();
  const { exitCode, stderr } = await fairlead(join(folder, "policies"), ["generate"]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("load/no-platforms");
  expect(stderr).toContain("fairlead init");
});

test("a catalog with mistakes is refused with all of them, and generated files stay as they were", async () => {
  const folder = await newProject();
  await fairlead(folder, ["generate"]);
  const before = await readFile(join(folder, "generated/alerts/hello/prod/rules/availability.yaml"), "utf8");
  await edit(folder, CATALOG, 'objective: "99.5%"', 'objective: "99.9%"');
  await edit(folder, CATALOG, "max(queue_length)", "max(queue_lenght)");
  await edit(folder, CATALOG, 'for: "10m"', 'for: "ten minutes"');
  const { exitCode, stderr, stdout } = await fairlead(folder, ["generate"]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toMatch(/→ catalog\/platforms\/hello\/index\.ts:\d+:\d+, .*promql\/unknown-metric/);
  expect(stderr).toMatch(/→ catalog\/platforms\/hello\/index\.ts:\d+:\d+, .*schema\/wrong-value/);
  expect(stderr).toContain("2 errors");
  expect(await readFile(join(folder, "generated/alerts/hello/prod/rules/availability.yaml"), "utf8")).toBe(
    before,
  );
});

test("generate --check names the file, the line and the entry, and writes nothing", async () => {
  const folder = await newProject();
  await fairlead(folder, ["generate"]);
  expect((await fairlead(folder, ["generate", "--check"])).exitCode).toBe(0);
  const file = "generated/alerts/hello/prod/rules/queue-long.yaml";
  await edit(folder, file, "> 100", "> 200");
  await writeFile(join(folder, "generated/alerts/hello/prod/rules/old.yaml"), "");
  const { exitCode, stdout } = await fairlead(folder, ["generate", "--check"]);
  expect(exitCode).toBe(1);
  expect(stdout).toContain(`${file} is not what the catalog says`);
  expect(stdout).toMatch(/line \d+ is {9}.*> 200/);
  expect(stdout).toMatch(/from catalog\/platforms\/hello\/index\.ts:\d+:\d+, alerts\.queue-long/);
  expect(stdout).toContain("rules/old.yaml is not generated from anything any more");
  expect(existsSync(join(folder, "generated/alerts/hello/prod/rules/old.yaml"))).toBe(true);
  await fairlead(folder, ["generate"]);
  expect(existsSync(join(folder, "generated/alerts/hello/prod/rules/old.yaml"))).toBe(false);
});

test("a platform or environment that does not exist gets its near match", async () => {
  const folder = await newProject();
  const { exitCode, stderr } = await fairlead(folder, ["generate", "--platform", "helo", "--env", "prd"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('did you mean "hello"?');
  expect(stderr).toContain('did you mean "prod"?');
});

test("a check that does not exist is a Problem like any other, with its near match or all that there are", async () => {
  const folder = await newProject();
  const { stderr } = await fairlead(folder, ["check", "--only", "polices", "--only", "nonsense"]);
  expect(stderr).toMatchInlineSnapshot(`
    "✖ no check "nonsense"
      there are catalog, lints, policies, schemas, output, links, rules, alertmanager, runbooks, panels, load-tests, kube-score, terraform, rule-tests, checkov, cluster        reference/unknown-check
                                                  docs/rules/reference/unknown-check.md

    ✖ no check "polices"
      did you mean "policies"?                    reference/unknown-check
                                                  docs/rules/reference/unknown-check.md

    2 errors"
  `);
});

test("checks that need no outside tool run without any on the PATH", async () => {
  const folder = await newProject();
  const empty = { PATH: "", FAIRLEAD_CACHE: join(folder, "cache") };
  const only = ["check", "--only", "catalog", "--only", "policies"];
  expect((await fairlead(folder, only, empty)).exitCode).toBe(0);
  const { exitCode, stderr } = await fairlead(folder, ["check", "--only", "rules"], empty);
  expect(exitCode).toBe(4);
  expect(stderr).toContain("promtool");
  expect(stderr).toContain("tool/");
});

test.each([[["check", "--only", "checkov"]], [["tools", "install", "checkov"]]])(
  "fairlead %j without Python says what to install, and exits with 4",
  async (args) => {
    const folder = await newProject();
    const { exitCode, stderr } = await fairlead(folder, args, {
      PATH: "",
      FAIRLEAD_CACHE: join(folder, "cache"),
    });
    expect(exitCode).toBe(4);
    expect(stderr).toContain("checkov is missing: not on the PATH");
    expect(stderr).toContain("because python3 is not on the PATH");
    expect(stderr).toContain("install Python 3.10 to 3.13 with its venv module");
    expect(existsSync(join(folder, "cache"))).toBe(false);
  },
);

test("a lint of a new project's catalog fails a run that asks for it, until it is allowed, up to that day", async () => {
  const folder = await newProject();
  const lints = (...more: string[]) => fairlead(folder, ["check", "--only", "lints", ...more]);
  expect((await lints("--fail-on", "info")).exitCode).toBe(0);
  await edit(folder, CATALOG, 'objective: "99.5%"', 'objective: "80%"');
  const found = await lints();
  expect(found.exitCode).toBe(0);
  expect(found.stdout).toMatch(/^⚠ at 80% SLO "availability" never fires in page-quick/);
  expect((await lints("--fail-on", "warning")).exitCode).toBe(1);
  const allowed = `{ rule: "lint/dead-tier", at: "slos.availability", reason: "It is only an example.", until: "2027-03-31" }`;
  await edit(folder, CATALOG, "parts: [", `parts: [{ allow: [${allowed}] }, `);
  expect((await lints("--fail-on", "info", "--today", "2027-03-31")).exitCode).toBe(0);
  const expired = await lints("--today", "2027-04-01");
  expect(expired.exitCode).toBe(1);
  expect(expired.stdout).toContain("lint/allowance-expired");
}, 60_000);

test("check reports in the formats of machines, with places in the sources", async () => {
  const folder = await newProject();
  await edit(folder, CATALOG, 'objective: "99.5%"', 'objective: "100%"');
  const report = async (format: string) =>
    fairlead(folder, ["check", "--only", "catalog", "--format", format]);
  const json = await report("json");
  expect(json.exitCode).toBe(1);
  expect(JSON.stringify(JSON.parse(json.stdout))).toContain(`"file":"${CATALOG}"`);
  expect(JSON.parse((await report("sarif")).stdout)).toMatchObject({ version: "2.1.0" });
  expect((await report("github")).stdout).toMatch(new RegExp(`^::error .*file=${CATALOG},line=\\d+`, "m"));
  expect((await report("junit")).stdout).toMatch(/^<\?xml/);
});

test("the admission policy of a new project's README is green, and brings what the cluster asks", async () => {
  const folder = await newProject();
  const readme = await readFile(join(folder, "README.md"), "utf8");
  const [, policy = ""] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
  await writeFile(join(folder, "policies/hello/admission.yaml"), policy);
  expect((await fairlead(folder, ["generate"])).exitCode).toBe(0);
  const checked = await fairlead(folder, [
    "check",
    "--only",
    "catalog",
    "--only",
    "policies",
    "--only",
    "schemas",
  ]);
  expect(checked).toMatchObject({ exitCode: 0, stdout: "" });
  const bindings = async (env: string) => {
    const files = await readdir(join(folder, "generated/policies/hello", env, "admission"));
    return files.filter((file) => file.endsWith(".binding.yaml"));
  };
  expect(await bindings("local")).toEqual([
    "approved-images.binding.yaml",
    "requests-and-limits.binding.yaml",
  ]);
  expect(await bindings("prod")).toEqual([...(await bindings("local")), "signed-releases.binding.yaml"]);
}, 60_000);

test("init never writes into a folder that holds something", async () => {
  const folder = await newProject();
  const { exitCode, stderr } = await fairlead(folder, ["init", "catalog"]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("init/folder");
  await mkdir(join(folder, "new"));
  expect((await fairlead(folder, ["init", "new"])).exitCode).toBe(0);
  expect(existsSync(join(folder, "new/.gitignore"))).toBe(true);
});

test("a new project with promotion is right at once (WV-19)", async () => {
  const folder = await newProject();
  expect((await fairlead(folder, ["init", "new", "--promotion"])).stderr).toContain("approvers.json");
  const project = join(folder, "new");
  const checked = await fairlead(project, ["check", "--only", "catalog", "--only", "policies"]);
  expect(checked.exitCode, checked.stdout + checked.stderr).toBe(0);
});

test("data goes to stdout without colour, and a reader that goes away is no error", async () => {
  const folder = await newProject();
  const { stdout } = await fairlead(folder, ["explain", "availability", "--format", "json"]);
  expect(JSON.parse(stdout)).toMatchObject([
    { id: "hello/availability", defined: expect.stringContaining(`${CATALOG}:`) },
  ]);
  const piped = await execa({
    cwd: folder,
    shell: "/bin/bash",
  })`set -o pipefail; ${process.execPath} ${cli} explain availability | head -n 1`;
  expect(piped.stdout).toBe("hello/availability (slo): Requests succeed");
});
