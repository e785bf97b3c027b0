import { describe, expect, test } from "vitest";
import {
  approver,
  benchmark,
  changes,
  cobertura,
  cycloneDx,
  drill,
  istanbul,
  jscpd,
  k6,
  load,
  npmAudit,
  run,
  sarif,
} from "../fixtures/reports.ts";
import type { ReadFor } from "../measured.ts";
import { formats } from "./index.ts";
import type { FormatName } from "./names.ts";

const context: ReadFor = {
  at: new Date("2026-03-01T12:00:00Z"),
  environment: "prod",
  release: "1.0",
  approvers: [],
};
const read = async (format: FormatName, content: string | object, also: Partial<ReadFor> = {}) =>
  formats[format].read(typeof content === "string" ? content : JSON.stringify(content), {
    ...context,
    ...also,
  });
const valuesOf = async (...of: Parameters<typeof read>) =>
  Object.fromEntries(Object.entries((await read(...of)).values).map(([name, { value }]) => [name, value]));

const later = { endedAt: "2026-03-01T11:20:00.000Z" };
const lcov = "TN:\nSF:a.ts\nFNF:4\nFNH:3\nDA:1,1\nDA:2,0\nLF:2\nLH:1\nBRF:0\nBRH:0\nend_of_record\n";
const junit = `<testsuites><testsuite name="a" tests="3"><testcase name="1"/><testcase name="2"><failure/></testcase><testcase name="3"><skipped/></testcase></testsuite></testsuites>`;
const plan = {
  format_version: "1.2",
  terraform_version: "1.11.4",
  planned_values: {},
  resource_changes: [["create"], ["update"], ["delete", "create"], ["delete"], ["no-op"]].map(
    (actions, i) => ({
      address: `a.b${i}`,
      change: { actions, before: { password: "hunter2" } },
    }),
  ),
};

describe("what a report says (PM-12, WV-18)", () => {
  test.each([
    ["k6", k6, { p50: 0.05, p95: 0.2, p99: 0.3, "error-rate": 0.001, throughput: 10 }],
    ["load", load, { p50: 0.05, p95: 0.25, p99: 0.3, "error-rate": 0.001, throughput: 10 }],
    ["run", run, { p50: 0.05, p95: 0.2, p99: 0.3, "error-rate": 0.001, throughput: 10 }],
    ["lcov", lcov, { lines: 0.5, functions: 0.75 }],
    ["cobertura", cobertura, { lines: 0.9, branches: 0.8 }],
    ["istanbul", istanbul, { lines: 0.9, branches: 0.8, functions: 0.95 }],
    ["sarif", sarif, { errors: 1, warnings: 1, notes: 1, severe: 1 }],
    ["npm-audit", npmAudit, { critical: 1, high: 0, moderate: 1, low: 0 }],
    ["cyclonedx", cycloneDx, { critical: 2, high: 0, moderate: 1, low: 0 }],
    ["jscpd", jscpd, { lines: 0.03 }],
    ["junit", junit, { passed: 1, failed: 1, skipped: 1 }],
    ["terraform-plan", plan, { created: 1, changed: 1, replaced: 1, destroyed: 1 }],
    ["drill", drill, { notification: 4, missed: 0, "false-alarms": 1 }],
    ["changes", changes, { files: 2, lines: 55 }],
  ] as const)("%s", async (format, content, values) => {
    expect(await valuesOf(format, content)).toEqual(values);
  });

  test("answers take as much longer as their parts do, by their share of the time", async () => {
    expect((await valuesOf("benchmark", benchmark))["latency-increase"]).toBeCloseTo(0.15);
  });

  test("a load is as fresh as its oldest run, a record as its window's end; what one run did not measure has no value", async () => {
    expect((await read("load", load)).at).toBe("2026-03-01T11:00:00.000Z");
    expect((await read("run", run)).at).toBe("2026-03-01T11:00:00.000Z");
    const half = { ...load, runs: [...load.runs, { ...later, summary: { ...k6, p99: null } }] };
    expect(await valuesOf("load", half)).not.toHaveProperty("p99");
    expect((await read("load", load)).values.p95?.samples).toBe(600);
  });

  test("of a plan no value is kept", () => {
    const kept = formats["terraform-plan"].keep(JSON.stringify(plan));
    expect(kept).toContain("a.b0");
    expect(kept).not.toContain("hunter2");
  });
});

const changed = <T extends object>(content: T, change: object) => ({ ...content, ...change });

const listing = (...hits: string[]) =>
  cobertura.replace(
    "<packages/>",
    `<packages><package><classes><class filename="a"><lines>${hits.map((hit, i) => `<line number="${i}" hits="${hit}"/>`).join("")}</lines></class></classes></package></packages>`,
  );

describe("a report that cannot be relied on says why", () => {
  test.each<[string, FormatName, string | object, string]>([
    ["nothing at all", "sarif", "", "the file is empty"],
    ["half of it", "istanbul", JSON.stringify(istanbul).slice(0, 80), "no whole JSON"],
    ["half of a tracefile", "lcov", lcov.slice(0, 60), "does not end with end_of_record"],
    ["a tracefile that lacks lines", "lcov", lcov.replace("DA:2,0\n", ""), "lists 1 lines and counts 2"],
    ["more covered than there is", "lcov", lcov.replace("FNH:3", "FNH:5"), "5 of 4"],
    ["half of XML", "cobertura", cobertura.slice(0, 250), "no whole XML"],
    ["entities", "junit", `<!DOCTYPE a [<!ENTITY x "y">]><testsuites>&x;</testsuites>`, "no whole XML"],
    ["other XML", "junit", "<html/>", "no testsuites or testsuite"],
    ["no test", "junit", "<testsuites/>", "no test ran"],
    [
      "tests that are missing",
      "junit",
      junit.replace('tests="3"', 'tests="9"'),
      "counts 9 tests and lists 3",
    ],
    ["a load without requests", "k6", changed(k6, { requests: 0, throughput: 0 }), "sent no request"],
    ["percentiles that fall", "k6", changed(k6, { p95: 0.4 }), "do not rise"],
    ["another number of requests", "k6", changed(k6, { requests: 9000 }), "do not fit each other"],
    ["NaN", "k6", JSON.stringify(k6).replace("0.2", "NaN"), "no whole JSON"],
    ["a number as text", "k6", changed(k6, { p95: "NaN" }), "of another form (p95"],
    ["a load that was inconclusive", "load", changed(load, { verdict: "inconclusive" }), "was inconclusive"],
    [
      "a run of a load that sent nothing",
      "load",
      changed(load, { runs: [...load.runs, { ...later, summary: changed(k6, { requests: 0 }) }] }),
      "sent no request",
    ],
    [
      "a run of a load twice",
      "load",
      changed(load, { runs: [...load.runs, load.runs[0]] }),
      "stands in it twice",
    ],
    [
      "a file of a tracefile twice",
      "lcov",
      lcov + lcov.replace("a.ts", "./a.ts"),
      '"a.ts" stands in it twice',
    ],
    [
      "a tracefile cut between two files",
      "lcov",
      lcov.replace("end_of_record\n", "") + lcov.replace("a.ts", "b.ts"),
      "begins where another has not ended",
    ],
    [
      "lines that were not covered",
      "lcov",
      lcov.replace("DA:1,1", "DA:1,0"),
      "lists 0 covered lines and counts 1",
    ],
    ["a count twice", "lcov", lcov.replace("LH:1", "LH:1\nLH:1"), "says LH twice"],
    ["a count of no file", "lcov", `LH:5\n${lcov}`, "is of no file"],
    [
      "lines that the root does not count",
      "cobertura",
      listing("1", "0"),
      "counts 180 of 200 lines and lists 1 of 2",
    ],
    [
      "failures that no test shows",
      "junit",
      junit.replace('tests="3"', 'tests="3" failures="2"'),
      "counts 2 failures and lists others",
    ],
    [
      "a failure that is not counted",
      "junit",
      junit.replace('tests="3"', 'tests="3" failures="0"'),
      "counts 0 failures",
    ],
    [
      "errors of all that no test shows",
      "junit",
      junit.replace("<testsuites", '<testsuites failures="1" errors="1"'),
      "counts 2 failures",
    ],
    [
      "a time that is none",
      "junit",
      junit.replace('tests="3"', 'timestamp="yesterday"'),
      'timestamp="yesterday" is no time',
    ],
    ["a load without a run", "load", changed(load, { runs: [] }), "of another form (runs"],
    ["a record of nothing", "run", changed(run, { samples: 0 }), "sent no request"],
    ["a record that proved nothing", "run", changed(run, { verdict: "inconclusive" }), "was inconclusive"],
    [
      "a record of times below zero",
      "run",
      changed(run, { measures: { p95: -1 } }),
      "measured less than nothing",
    ],
    [
      "a record with a measure of its own",
      "run",
      changed(run, { measures: { joy: 1 } }),
      "no load measures joy",
    ],
    [
      "a record that ends before it begins",
      "run",
      changed(run, { window: { from: run.window.to, to: run.window.from } }),
      "ends before it begins",
    ],
    [
      "a scan that failed",
      "sarif",
      changed(sarif, { runs: [{ ...sarif.runs[0], invocations: [{ executionSuccessful: false }] }] }),
      "did not end well",
    ],
    [
      "a scan that looked for nothing",
      "sarif",
      changed(sarif, { runs: [{ tool: { driver: { name: "x" } } }] }),
      "x did not look for anything",
    ],
    ["an audit that npm could not do", "npm-audit", { error: { code: "ENOTFOUND" } }, "of another form"],
    [
      "an audit that counts otherwise",
      "npm-audit",
      changed(npmAudit, { vulnerabilities: {} }),
      "counts 1 moderate and lists 0",
    ],
    [
      "an SBOM without a look at vulnerabilities",
      "cyclonedx",
      changed(cycloneDx, { vulnerabilities: undefined }),
      "does not tell of vulnerabilities",
    ],
    ["an SBOM of nothing", "cyclonedx", changed(cycloneDx, { components: [] }), "lists no component"],
    ["a plan with an error", "terraform-plan", changed(plan, { errored: true }), "ended with an error"],
    ["a plan of a part", "terraform-plan", changed(plan, { complete: false }), "not complete"],
    ["clones that are missing", "jscpd", changed(jscpd, { duplicates: [] }), "counts 1 clones and lists 0"],
    ["a drill without a fault", "drill", changed(drill, { injections: [] }), "no fault was injected"],
    [
      "a drill that left all out",
      "drill",
      changed(drill, { injections: drill.injections.map((one) => ({ ...one, verdict: "left out" })) }),
      "no fault was injected",
    ],
    ["a drill that never ended", "drill", changed(drill, { seconds: 1e300 }), "ends at no time"],
    ["no change", "changes", changed(changes, { files: [] }), "nothing was changed"],
    [
      "a file twice",
      "changes",
      changed(changes, { files: [changes.files[0], changes.files[0]] }),
      "stands in it twice",
    ],
    [
      "noise",
      "benchmark",
      changed(benchmark, { benchmarks: [{ ...benchmark.benchmarks[0], after: [1, 2, 3, 1, 2] }] }),
      "too noisy to judge: parse",
    ],
    [
      "too few runs",
      "benchmark",
      changed(benchmark, { benchmarks: [{ ...benchmark.benchmarks[0], after: [1] }] }),
      "of another form",
    ],
    [
      "more than all of the time",
      "benchmark",
      changed(benchmark, { benchmarks: benchmark.benchmarks.map((one) => ({ ...one, share: 0.9 })) }),
      "more than the whole time",
    ],
  ])("%s", async (_what, format, content, message) => {
    await expect(read(format, content)).rejects.toThrow(message);
    await expect(read(format, content)).rejects.toMatchObject({ name: "UnreadableError" });
  });
});

describe("approvals", async () => {
  const [ann, bob, eve] = [await approver("ann"), await approver("bob"), await approver("eve")];
  const approvers = [ann.key, bob.key];
  const says = { release: "1.0", environment: "prod", until: "2026-03-02T00:00:00Z" };
  const fileOf = async (...signed: Promise<string>[]) => ({
    version: 1,
    approvals: await Promise.all(signed),
  });
  const people = async (...signed: Promise<string>[]) =>
    (await valuesOf("approvals", await fileOf(...signed), { approvers })).approvers;

  test("count people, each once, for this release, this environment, this time", async () => {
    expect(await people(ann.sign(says), bob.sign(says))).toBe(2);
    expect(await people(ann.sign(says), ann.sign({ ...says, until: "2026-03-03T00:00:00Z" }))).toBe(1);
    const other = [{ release: "0.9" }, { environment: "staging" }, { until: "2026-03-01T12:00:00Z" }];
    expect(await people(...other.map((one) => ann.sign({ ...says, ...one })))).toBe(0);
  });

  test("of strangers, forged or for no release make the file unreadable", async () => {
    await expect(people(ann.sign(says), eve.sign(says))).rejects.toThrow(
      "not by any of the project's approvers",
    );
    const forged = await approver("ann");
    await expect(people(forged.sign(says))).rejects.toThrow("the signature of ann does not hold");
    await expect(people(Promise.resolve("ann"))).rejects.toThrow("is no signature");
    const file = await fileOf(ann.sign(says));
    await expect(read("approvals", file, { approvers, release: undefined })).rejects.toThrow("none is named");
  });
});
