// `npm run bench [-- --only TEXT]`: medians of whole processes beside a bare Node process in the same run, peak memory, and the targets. Exits 1 when
// a target is missed or a case fails. A whole run writes docs/reports/bench.md, after each case anew: one that is cut is not lost.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { cases, projects } from "./cases.mjs";
import { measure } from "./measure.mjs";
import { measureScript } from "./measure-script.mjs";
import { measureWatch } from "./measure-watch.mjs";
import { isMissed, reportOf, row } from "./report.mjs";

const root = resolve(import.meta.dirname, "..");
const { values } = parseArgs({ options: { only: { type: "string" } } });

execFileSync(process.execPath, ["build.mjs"], { cwd: root, stdio: "inherit" });
const folders = projects();
process.once("exit", folders.remove);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));

const chosen = cases(folders).filter(({ name }) => values.only === undefined || name.includes(values.only));
const results = [];
for (const [i, one] of chosen.entries()) {
  const started = performance.now();
  const measured = await resultsOf(one);
  const took = (performance.now() - started) / 1000;
  results.push(...measured.map((result, part) => ({ ...result, ...(part === 0 && { took }) })));
  for (const result of measured) process.stderr.write(`${row({ ...result, took }, results).join("  ")}\n`);
  if (values.only === undefined) writeReport(chosen.length - i - 1);
}
process.stdout.write(`\n${reportOf(results)}`);
if (results.some((result) => isMissed(result, results))) process.exitCode = 1;

/** One result, or one for each of the cases that are compared; a case that fails is told, and the others go on. */
async function resultsOf(one) {
  try {
    if (one.measureAll) return await one.measureAll();
    if (one.script) return [{ ...one, ...measureScript(one) }];
    if (one.edit) return [{ ...one, ...(await measureWatch(one)) }];
    const all = one.inTurn ?? [one];
    const medians = await measure(all);
    return all.map((each, i) => ({ ...each, ...medians[i] }));
  } catch (error) {
    return [{ name: one.name, failure: String(error.message).trim().split("\n", 1)[0] }];
  }
}

function writeReport(missing) {
  mkdirSync(join(root, "docs/reports"), { recursive: true });
  writeFileSync(join(root, "docs/reports/bench.md"), reportOf(results, missing));
}
