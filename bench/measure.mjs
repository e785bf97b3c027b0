// Whole processes: seconds from start to end, and the peak of their memory.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const reportMemory = join(import.meta.dirname, "report-memory.mjs");

/**
 * Runs Node, or `program`, with `args` in `cwd`, `warmUp` times without looking and `runs` times with, `before` each. Returns the medians: seconds, and MiB (of a program other than Node where /proc tells).
 * Throws when a run fails.
 */
export async function measure({
  name,
  program,
  args,
  cwd,
  env = {},
  before = () => {},
  warmUp = 2,
  runs = 9,
}) {
  const folder = mkdtempSync(join(tmpdir(), "fairlead-bench-"));
  try {
    const report = join(folder, "memory.txt");
    const seconds = [];
    const memory = [];
    for (let run = 0; run < warmUp + runs; run += 1) {
      before();
      const started = performance.now();
      const [command, ...first] = program ? [program] : [process.execPath, "--import", reportMemory];
      const { status, stderr } = spawnSync(command, [...first, ...args], {
        cwd,
        env: { ...process.env, ...env, FAIRLEAD_BENCH_MEMORY: report },
        encoding: "utf8",
        timeout: 600_000,
        maxBuffer: 2 ** 26,
      });
      const took = (performance.now() - started) / 1000;
      if (status !== 0) throw new Error(`${name} failed:\n${stderr}`);
      if (run < warmUp) continue;
      seconds.push(took);
      if (!program) memory.push(Number(readFileSync(report, "utf8")) / 1024);
    }
    const peak = program ? await peakOf(program, { args, cwd }) : median(memory);
    return { seconds: median(seconds), memory: Math.round(peak) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** A program's peak memory in MiB, in a run of its own, asked for every few milliseconds: only Node tells its own. */
async function peakOf(program, { args, cwd }) {
  const child = spawn(program, args, { cwd, stdio: "ignore" });
  let peak = Number.NaN;
  const timer = setInterval(() => {
    try {
      const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8")) ?? [];
      if (kilobytes) peak = Number(kilobytes) / 1024;
    } catch {
      // It has ended, or this system has no /proc.
    }
  }, 2);
  await new Promise((resolve) => child.once("exit", resolve));
  clearInterval(timer);
  return peak;
}
