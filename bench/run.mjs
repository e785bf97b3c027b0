// `npm run bench [-- --only TEXT] [--report]`: medians of whole processes beside a bare Node process in the same run, peak memory,
// and the targets. Exits 1 when a target is missed; --report writes docs/reports/bench.md.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { cases, projects } from "./cases.mjs";
import { measure } from "./measure.mjs";
import { measureScript } from "./measure-script.mjs";
import { measureWatch } from "./measure-watch.mjs";

const root = resolve(import.meta.dirname, "..");
const { values } = parseArgs({ options: { only: { type: "string" }, report: { type: "boolean" } } });

execFileSync(process.execPath, ["build.mjs"], { cwd: root, stdio: "inherit" });
const folders = projects();
try {
  const chosen = cases(folders).filter(({ name }) => values.only === undefined || name.includes(values.only));
  const results = [];
  for (const one of chosen) {
    const all = one.measureAll ? await one.measureAll() : [{ ...one, ...(await measured(one)) }];
    for (const result of all) {
      results.push(result);
      process.stderr.write(`${row(result, results).join("  ")}\n`);
    }
  }
  const text = report(results);
  process.stdout.write(`\n${text}`);
  if (values.report) {
    mkdirSync(join(root, "docs/reports"), { recursive: true });
    writeFileSync(join(root, "docs/reports/bench.md"), text);
  }
  if (results.some((result) => isMissed(result, results))) process.exitCode = 1;
} finally {
  folders.remove();
}

function measured(one) {
  if (one.script) return measureScript(one);
  return one.edit ? measureWatch(one) : measure(one);
}

function report(results) {
  const head = ["Benchmark", "Seconds", "Peak MiB", "Target", "Met"];
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
  return [
    "# Benchmarks",
    "",
    `Medians of whole processes, after runs to warm up, by \`npm run bench -- --report\` on ${machine}.`,
    "",
    ...[head, head.map(() => "-"), ...results.map((result) => row(result, results))].map(
      (cells) => `| ${cells.join(" | ")} |`,
    ),
    "",
  ].join("\n");
}

/** How many times as long as what it is compared with a case may take and takes; nothing where that was not measured. */
function timesOf({ seconds, target }, results) {
  const compared = results.find(({ name }) => name === target?.of);
  return compared && { may: target.times, does: seconds / compared.seconds };
}

function row(result, results) {
  const { name, seconds, memory, target } = result;
  if (result.script) return [name, result.shown, "", result.wanted, isMissed(result, results) ? "no" : "yes"];
  const times = timesOf(result, results);
  const wanted = [
    times ? [`≤ ${times.may} × the comparison (${times.does.toFixed(2)})`] : [],
    target?.seconds === undefined ? [] : [`< ${target.seconds} s`],
    target?.memory === undefined ? [] : [`≤ ${target.memory} MiB`],
  ].flat();
  const met = target === undefined ? "" : isMissed(result, results) ? "no" : "yes";
  return [
    name,
    seconds < 1 ? seconds.toFixed(3) : seconds.toFixed(2),
    Number.isNaN(memory) ? "" : String(memory),
    wanted.join(", "),
    met,
  ];
}

function isMissed(result, results) {
  const { seconds, memory, met, target = {} } = result;
  const times = timesOf(result, results);
  return (
    met === false ||
    (times !== undefined && times.does > times.may) ||
    seconds >= (target.seconds ?? Number.POSITIVE_INFINITY) ||
    memory > (target.memory ?? Number.POSITIVE_INFINITY)
  );
}
