// Evidence that something happened to: it never makes a gate pass that would not have passed, and never ends the program.
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { howMany } from "../../tests/how-many.ts";
import { mutated } from "../../tests/mutated.ts";
import { seededNumbers } from "../../tests/seeded-numbers.ts";
import { evaluate } from "../gate/evaluate.ts";
import { collect } from "./collect.ts";
import { evidenceOf, policyOf } from "./fixtures/gate-of.ts";
import * as reports from "./fixtures/reports.ts";
import { formats } from "./formats/index.ts";
import { type FormatName, formatNames } from "./formats/names.ts";
import { UnreadableError } from "./measured.ts";
import { store } from "./store.ts";

const lcov = "TN:\nSF:a.ts\nFNF:4\nFNH:3\nDA:1,1\nDA:2,0\nLF:2\nLH:1\nend_of_record\n";
const junit = `<testsuite name="a" tests="2"><testcase name="1"/><testcase name="2"><failure/></testcase></testsuite>`;
const plan = {
  ...{ format_version: "1.2", terraform_version: "1.11.4", planned_values: {} },
  resource_changes: [{ address: "a.b", change: { actions: ["delete"] } }],
};
const whole: Record<FormatName, string | object> = {
  ...{ k6: reports.k6, lcov, cobertura: reports.cobertura, istanbul: reports.istanbul, sarif: reports.sarif },
  ...{ "npm-audit": reports.npmAudit, cyclonedx: reports.cycloneDx, jscpd: reports.jscpd, junit },
  ...{ "terraform-plan": plan, drill: reports.drill, changes: reports.changes, benchmark: reports.benchmark },
  ...{ load: reports.load, run: reports.run, approvals: { version: 1, approvals: ["a.b.c"] } },
};
const textOf = (format: FormatName) => {
  const content = whole[format];
  return typeof content === "string" ? content : JSON.stringify(content);
};

// Each of them would pass if its file said something better, and does not by what its file says.
const policy = policyOf({
  coverage: { indicator: evidenceOf("coverage", "lines", "ratio"), pass: ">=60%" },
  findings: { indicator: evidenceOf("findings", "severe"), pass: "=0" },
  vulnerabilities: { indicator: evidenceOf("vulnerabilities", "critical"), pass: "=0" },
  duplication: { indicator: evidenceOf("duplication", "lines", "ratio"), pass: "<=1%" },
  tests: { indicator: evidenceOf("tests", "failed"), pass: "=0" },
  plan: { indicator: evidenceOf("terraform-plan", "destroyed"), pass: "=0" },
  drill: { indicator: evidenceOf("drill", "false-alarms"), pass: "=0" },
  changes: { indicator: evidenceOf("changes", "lines"), pass: "<=10" },
  benchmark: { indicator: evidenceOf("benchmark", "latency-increase", "ratio"), pass: "<=10%" },
  ...Object.fromEntries(
    ["smoke", "soak", "spike"].map((profile) => [
      profile,
      { indicator: { kind: "load", profile, measure: "p95", unit: "seconds" }, pass: "<=100ms" },
    ]),
  ),
});
const stored = formatNames.filter(
  (name) => !["cobertura", "istanbul", "npm-audit", "approvals"].includes(name),
);

test("mutated files and labels of evidence never make an objective pass", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-evidence-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const about = { at: "2026-03-01T11:00:00.000Z", origin: "test" };
  for (const format of stored) await store(folder, Buffer.from(textOf(format)), { format, ...about });
  const verdicts = async () => {
    const sources = { platform: "shop", environment: "prod", approvers: [], folder };
    const readings = await collect(policy, { ...sources, at: new Date("2026-03-01T12:00:00Z") });
    return evaluate(policy, { at: about.at, readings, accepted: [] }).objectives;
  };
  expect((await verdicts()).map(({ verdict }) => verdict)).toEqual(policy.objectives.map(() => "fail"));
  const names = await readdir(folder);
  const random = seededNumbers(7);
  for (let i = 0; i < howMany(2_000, 10_000); i += 1) {
    const path = join(folder, names[i % names.length] ?? "");
    const clean = await readFile(path);
    await writeFile(path, mutated(clean, random));
    const passed = (await verdicts()).filter(({ verdict }) => verdict === "pass" || verdict === "warn");
    expect(passed.map(({ name }) => `${path}: ${name}`)).toEqual([]);
    await writeFile(path, clean);
  }
});

test("mutated reports are read or refused in words, and what is read is a measurement", async () => {
  const random = seededNumbers(11);
  const context = {
    at: new Date("2026-03-01T12:00:00Z"),
    environment: "prod",
    release: "1.0",
    approvers: [],
  };
  let refused = 0;
  const count = howMany(2_000, 10_000);
  for (let i = 0; i < count; i += 1) {
    const format = formatNames[i % formatNames.length] ?? "k6";
    const text = mutated(Buffer.from(textOf(format)), random).toString();
    try {
      const { values } = await formats[format].read(text, context);
      for (const { value } of Object.values(values)) expect(Number.isFinite(value), text).toBe(true);
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw new Error(`${format}: ${text}`, { cause: error });
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(count / 4);
});
