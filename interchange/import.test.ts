import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { execa } from "execa";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { ProblemsError } from "../problems/problem.ts";
import { newProject } from "../tests/project-folder.ts";
import { rootFolder } from "../tests/structure/source-files.ts";
import { type Format, importPlatform, writePlatform } from "./import.ts";
import { literal } from "./literal.ts";

const fixture = (name: string) => `interchange/fixtures/${name}`;
const shop = (format: Format) =>
  importPlatform([fixture(`shop.${format}.yaml`)], { format, platform: "shop" });

async function specFile(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-spec-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "spec.yaml"), text);
  return relative(process.cwd(), join(folder, "spec.yaml"));
}

/** What is wrong with a text, as `rule line:column message`. */
async function wrongWith(format: Format, text: string): Promise<string[]> {
  const file = await specFile(text);
  const problems = await importPlatform([file], { format, platform: "shop" }).then(
    ({ warnings }) => warnings,
    (error: unknown) => {
      if (error instanceof ProblemsError) return error.problems;
      throw error;
    },
  );
  return problems.map(
    ({ rule, location, message }) => `${rule} ${location?.line}:${location?.column} ${message}`,
  );
}

test("queries of Sloth become structured SLIs where they can, and otherwise custom ones with an example", async () => {
  const { data } = await shop("sloth");
  expect(Object.fromEntries(Object.entries(data.slos).map(([name, { sli }]) => [name, sli]))).toEqual({
    "jobs-done": {
      kind: "good-events",
      good: { metric: "jobs_done_total" },
      total: { metric: "jobs_started_total" },
    },
    payments: {
      kind: "bad-events",
      bad: { metric: "payments_total", where: { outcome: ["failed", "declined"] } },
      total: { metric: "payments_total" },
    },
    "requests-availability": {
      kind: "custom",
      bad: 'sum(increase(http_requests_total{job="orders",code=~"(5..|429)"}[$window]))',
      total: 'sum(increase(http_requests_total{job="orders"}[$window]))',
      examples: [
        {
          title: "Some of the events are bad",
          series: {
            'http_requests_total{platform="shop",job="orders",code="500"}': "0+1x20",
            'http_requests_total{platform="shop",job="orders"}': "0+10x20",
          },
          expect: [{ at: "15m", events: 55, bad: 5, of: {} }],
        },
      ],
    },
    "requests-latency": {
      kind: "latency",
      metric: "http_request_duration_seconds",
      where: { verb: { not: "WATCH" } },
      threshold: "400ms",
    },
    satisfaction: {
      kind: "custom",
      good: "sum(sum_over_time(client_satisfaction_ratio[$window]))",
      total: "sum(count_over_time(client_satisfaction_ratio[$window]))",
      examples: [
        {
          title: "Some of the events are bad",
          series: { 'client_satisfaction_ratio{platform="shop"}': "0.5x20" },
          expect: [{ at: "15m", events: 5, bad: 2.5, of: {} }],
        },
      ],
    },
  });
});

test("what Sloth says and the catalog has no place for is reported where it stands", async () => {
  const { warnings } = await shop("sloth");
  expect(
    warnings.map(({ rule, location, message }) => `${rule} ${location?.line}:${location?.column} ${message}`),
  ).toMatchInlineSnapshot(`
    [
      "interchange/left-out 3:1 the label owner is left out: alerts have platform, service, slo, team, severity and tier",
      "interchange/target-label 12:22 the query selects job="orders", and the generated scrape configuration names it "shop-orders"",
      "interchange/left-out 14:13 alerts are named after their SLO and tier, not "OrdersFail"",
      "interchange/left-out 18:9 the label severity is left out: alerts have platform, service, slo, team, severity and tier",
      "interchange/left-out 32:13 alerts are named after their SLO and tier, not "OrdersSlow"",
      "interchange/left-out 40:13 alerts are named after their SLO and tier, not "PaymentsFail"",
      "interchange/left-out 48:13 alerts are named after their SLO and tier, not "JobsFail"",
      "interchange/left-out 69:15 alerts are named after their SLO and tier, not "Wifi"",
      "interchange/alert-disabled 71:20 the ticket alert is switched off, and here every SLO has it",
    ]
  `);
});

test("an OpenSLO file's objectives become an SLO each, with the period, the runbook and the service's own words", async () => {
  const { data, warnings } = await shop("openslo");
  expect(
    Object.entries(data.slos).map(([name, { objective, period, sli }]) => [name, objective, period, sli]),
  ).toEqual([
    ["availability-promised", "99%", "28d", expect.objectContaining({ kind: "good-events" })],
    [
      "availability-wanted",
      "99.9%",
      "28d",
      {
        kind: "good-events",
        good: { metric: "http_requests_total", where: { outcome: "ok" } },
        total: { metric: "http_requests_total" },
      },
    ],
    [
      "queue",
      "95%",
      "calendar-month",
      {
        kind: "gauge",
        metric: "queue_length",
        where: { queue: "orders" },
        aggregate: "max",
        is: "<=",
        value: 100,
      },
    ],
  ]);
  expect(data.services.orders).toMatchObject({ title: "Orders", description: "Takes orders." });
  expect(data.slos["availability-wanted"]?.runbook).toMatchObject({
    mitigation: [{ do: "Follow https://runbooks.example.com/orders" }, { do: "Undo what was changed last." }],
  });
  expect(warnings.map(({ rule, location }) => `${rule} ${location?.line}`)).toEqual([
    "interchange/left-out 13",
  ]);
});

const sloth = (slo: string) => `version: prometheus/v1\nservice: api\nslos:\n${slo}`;
const events = (error: string, total = "sum(rate(a_total[{{.window}}]))") =>
  sloth(
    `  - name: one\n    objective: 99\n    sli:\n      events:\n        error_query: ${error}\n        total_query: ${total}\n`,
  );
const openslo = (spec: string) =>
  `apiVersion: openslo/v1\nkind: SLO\nmetadata: { name: one }\nspec:\n  service: api\n  timeWindow: [{ duration: 30d, isRolling: true }]\n  objectives: [{ target: 0.99 }]\n${spec}`;
const ratio = (good: string) =>
  `  indicator:\n    spec:\n      ratioMetric:\n        good: { metricSource: ${good} }\n        total: { metricSource: { type: Prometheus, spec: { query: "sum(rate(a_total[5m]))" } } }\n`;

test.each<[string, Format, string, string]>([
  [
    "a plug-in",
    "sloth",
    sloth("  - { name: one, objective: 99, sli: { plugin: { id: x } } }"),
    'interchange/plugin 4:48 the SLI is worked out by the plug-in "x", a program of Sloth\'s',
  ],
  [
    "a query of something else",
    "sloth",
    events("histogram_quantile(0.9, sum(rate(a_bucket[{{.window}}])))"),
    'interchange/query 8:22 the query cannot be carried over: it adds up no counts at "histogram_quantile(0.9, sum(rate(a_bucket[$window])))"',
  ],
  [
    "groups",
    "sloth",
    events("sum by (x) (rate(a_total[{{.window}}]))"),
    "interchange/query 8:22 the query cannot be carried over: it keeps labels apart",
  ],
  [
    "a window of its own",
    "sloth",
    events("sum(rate(a_total[1h]))"),
    'interchange/query 8:22 the query cannot be carried over: it looks back over a window of its own at "a_total[1h]"',
  ],
  [
    "a query that does not parse",
    "sloth",
    events("sum(rate(a_total"),
    "interchange/query 8:22 the query cannot be carried over: it does not parse",
  ],
  [
    "a counter that is not named like one",
    "sloth",
    events("sum(rate(a{x='1'}[{{.window}}]))", "sum(rate(a[{{.window}}]))"),
    'metric/name-without-unit 4:11 a counter in count must be named …_total, not "a"',
  ],
  [
    "an objective of all",
    "sloth",
    events("sum(rate(b_total[{{.window}}]))").replace("99", "100"),
    "schema/wrong-value 5:16",
  ],
  [
    "an unknown key",
    "sloth",
    sloth("  - { name: one, objective: 99, sli: {}, slis: {} }"),
    'schema/unknown-key 4:42 unknown key "slis"',
  ],
  ["YAML that does not parse", "sloth", "version: [", "yaml/syntax-error 1:"],
  [
    "slices of time",
    "openslo",
    openslo(
      `  budgetingMethod: Timeslices\n${ratio('{ type: Prometheus, spec: { query: "sum(rate(b_total[5m]))" } }')}`,
    ),
    "interchange/budgeting 8:20 the budget counts Timeslices",
  ],
  [
    "another data source",
    "openslo",
    openslo(`  budgetingMethod: Occurrences\n${ratio("{ type: Datadog, spec: { query: x } }")}`),
    "interchange/source 12:31 the data source is Datadog",
  ],
  [
    "an indicator that is nowhere",
    "openslo",
    openslo("  budgetingMethod: Occurrences\n  indicatorRef: gone"),
    'interchange/reference 9:17 there is no SLI "gone" in the files; they have none',
  ],
  [
    "a window of another length",
    "openslo",
    openslo("  budgetingMethod: Occurrences\n  indicatorRef: gone").replace("30d", "12h"),
    'interchange/period 6:28 there is no period like the rolling window "12h"',
  ],
])("%s is told at its place, and nothing comes of it", async (_what, format, text, said) => {
  const all = await wrongWith(format, text);
  expect(all).toContainEqual(expect.stringContaining(said));
});

test("a folder that holds files is left alone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-import-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "mine.ts"), "");
  await expect(writePlatform(await shop("sloth"), folder)).rejects.toThrow("interchange/folder");
  expect(await readdir(folder)).toEqual(["mine.ts"]);
});

test("a literal means the data that it was written from, whatever its strings hold", async () => {
  const key = fc.string({ unit: "binary" }).filter((text) => text !== "__proto__");
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(key, fc.oneof(fc.string({ unit: "binary" }), fc.array(fc.jsonValue()))),
      async (value) => {
        const url = `data:text/javascript;base64,${Buffer.from(`export default ${literal(value)};`).toString("base64")}`;
        const read = (await import(/* @vite-ignore */ url)).default;
        expect(JSON.stringify(read)).toBe(JSON.stringify(value));
      },
    ),
    { numRuns: 200 },
  );
});

test("an imported platform type-checks, generates and passes the checks of its rules by the real promtool", async () => {
  const project = await newProject();
  await mkdir(join(project, "node_modules"));
  await symlink(rootFolder, join(project, "node_modules/fairlead"));
  for (const format of ["sloth", "openslo"] as const)
    await cp(join(rootFolder, fixture(`shop.${format}.yaml`)), join(project, `${format}.yaml`));
  const node = (...args: string[]) =>
    execa(process.execPath, args, { cwd: project, reject: false, timeout: 240_000 });
  const fairlead = (...args: string[]) => node(join(rootFolder, "dist/cli/main.js"), ...args);
  for (const format of ["sloth", "openslo"]) {
    const imported = await fairlead("import", format, `${format}.yaml`, "--platform", `from-${format}`);
    expect(imported.exitCode, imported.stderr).toBe(0);
  }
  expect((await node(join(rootFolder, "node_modules/typescript/bin/tsc"), "--noEmit")).stdout).toBe("");
  const scope = ["--platform", "from-sloth", "--platform", "from-openslo"];
  const generated = await fairlead("generate", ...scope);
  expect(generated.exitCode, generated.stderr).toBe(0);
  const checked = await fairlead(
    "check",
    "--only",
    "rules",
    "--only",
    "rule-tests",
    "--only",
    "catalog",
    ...scope,
  );
  expect(checked.exitCode, checked.stdout).toBe(0);
  expect(await readFile(join(project, "catalog/platforms/from-sloth/slos.ts"), "utf8")).toContain(
    'objective: "99.9%"',
  );
}, 300_000);
