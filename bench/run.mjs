// `npm run bench [-- --only TEXT] [--report]`: medians of whole processes beside a bare Node process in the same run, peak memory,
// and the targets. Exits 1 when a target is missed; --report writes docs/reports/bench.md.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { cases, projects } from "./cases.mjs";
import { measure } from "./measure.mjs";
import { measureWatch } from "./measure-watch.mjs";

const root = resolve(import.meta.dirname, "..");
const { values } = parseArgs({ options: { only: { type: "string" }, report: { type: "boolean" } } });

execFileSync(process.execPath, ["build.mjs"], { cwd: root, stdio: "inherit" });
const folders = projects();
try {
  const chosen = cases(folders).filter(({ name }) => values.only === undefined || name.includes(values.only));
  const results = [];
  for (const one of chosen) {
    const result = { ...one, ...(one.edit ? await measureWatch(one) : measure(one)) };
    process.stderr.write(`${row(result).join("  ")}\n`);
    results.push(result);
  }
  const text = report(results);
  process.stdout.write(`\n${text}`);
  if (values.report) {
    mkdirSync(join(root, "docs/reports"), { recursive: true });
    writeFileSync(join(root, "docs/reports/bench.md"), text);
  }
  if (results.some(isMissed)) process.exitCode = 1;
} finally {
  folders.remove();
}

function report(results) {
  const head = ["Benchmark", "Seconds", "Peak MiB", "Target", "Met"];
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
  return [
    "# Benchmarks",
    "",
    `Medians of whole processes, after runs to warm up, by \`npm run bench -- --report\` on ${machine}.`,
    "",
    ...[head, head.map(() => "-"), ...results.map(row)].map((cells) => `| ${cells.join(" | ")} |`),
    "",
  ].join("\n");
}

function row(result) {
  const { name, seconds, memory, target } = result;
  const wanted = [
    target?.seconds === undefined ? [] : [`< ${target.seconds} s`],
    target?.memory === undefined ? [] : [`≤ ${target.memory} MiB`],
  ].flat();
  const met = target === undefined ? "" : isMissed(result) ? "no" : "yes";
  return [name, seconds.toFixed(2), Number.isNaN(memory) ? "" : String(memory), wanted.join(", "), met];
}

function isMissed({ seconds, memory, target = {} }) {
  return (
    seconds >= (target.seconds ?? Number.POSITIVE_INFINITY) ||
    memory > (target.memory ?? Number.POSITIVE_INFINITY)
  );
}
