// `npm run bench`: whole processes, warm-up first, medians and peak memory, beside a bare Node process in the same run.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";

const WARM_UP = 2;
const RUNS = 9;
const root = resolve(import.meta.dirname, "..");
const cli = join(root, "dist/cli/main.js");
const synth = join(root, "dist/stacks/main.js");

execFileSync(process.execPath, ["build.mjs"], { cwd: root, stdio: "inherit" });
const project = mkdtempSync(join(tmpdir(), "fairlead-bench-"));
try {
  for (const folder of ["catalog", "policies", "package.json", "tsconfig.json", "cdktf.json"]) {
    cpSync(join(root, folder), join(project, folder), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(project, "node_modules"));
  const fresh = () => rmSync(join(project, "generated"), { recursive: true, force: true });
  const cold = () => {
    fresh();
    rmSync(join(project, "node_modules/.cache/fairlead"), { recursive: true, force: true });
  };
  const one = { FAIRLEAD_PLATFORM: "weathervane", FAIRLEAD_ENV: "prod" };
  const results = [
    measure("node -e 0 (comparison)", { args: ["-e", "0"] }),
    measure("fairlead --help", { args: [cli, "--help"], target: 0.15 }),
    measure("generate WeatherVane, catalog cached", {
      args: [cli, "generate", "--platform", "weathervane"],
      before: fresh,
      target: 1,
    }),
    measure("generate WeatherVane, nothing cached", {
      args: [cli, "generate", "--platform", "weathervane"],
      before: cold,
    }),
    measure("generate all platforms, nothing changed", { args: [cli, "generate"] }),
    measure("synth WeatherVane prod", { args: [synth], env: one, target: 1.5 }),
  ];
  const [{ name }] = cpus();
  console.log(
    `\n${cpus().length} × ${name ?? cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  );
  console.log(`median of ${RUNS} runs after ${WARM_UP} to warm up\n`);
  console.table(results);
} finally {
  rmSync(project, { recursive: true, force: true });
}

function measure(name, { args, env = {}, before = () => {}, target }) {
  const seconds = [];
  const memory = [];
  for (let run = 0; run < WARM_UP + RUNS; run += 1) {
    before();
    const report = join(project, "memory.txt");
    const started = performance.now();
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--import", join(root, "bench/report-memory.mjs"), ...args],
      {
        cwd: project,
        env: { ...process.env, ...env, FAIRLEAD_BENCH_MEMORY: report },
        encoding: "utf8",
        timeout: 60_000,
      },
    );
    if (status !== 0) throw new Error(`${name} failed:\n${stderr}`);
    if (run < WARM_UP) continue;
    seconds.push((performance.now() - started) / 1000);
    memory.push(Number(readFileSync(report, "utf8")) / 1024);
  }
  const result = {
    benchmark: name,
    seconds: median(seconds).toFixed(3),
    "peak MiB": Math.round(median(memory)),
  };
  return { ...result, target: target === undefined ? "" : `< ${target} s` };
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
