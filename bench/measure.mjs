// Whole processes: seconds from start to end, seconds of processors, and the peak of their memory.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const reportMemory = join(import.meta.dirname, "report-memory.mjs");
// The shell tells what its children took of the processors (POSIX `times`, second line).
const TIMED =
  '"$@" & pid=$!; trap "kill $pid" TERM; wait $pid; status=$?; times >"$FAIRLEAD_BENCH_TIMES"; exit $status';

/**
 * Runs cases in turn, so that what else the machine does is shared alike: Node, or `program`, with `args` in `cwd`, `before` each; the first's `warmUp`
 * times without looking and its `runs` times with, or as many as begin within its `limitSeconds`. Returns each one's medians: seconds, those of
 * processors, and MiB (of a program other than Node where /proc tells). Throws when a run fails.
 */
export async function measure(cases) {
  const { warmUp = 2, runs = 9, limitSeconds = 90 } = cases[0];
  const folder = mkdtempSync(join(tmpdir(), "fairlead-bench-"));
  const taken = cases.map(() => []);
  const ends = performance.now() + limitSeconds * 1000;
  try {
    for (let run = 0; run < warmUp + runs; run += 1) {
      if (performance.now() > ends && taken[0].length > 0) break;
      // What warms up is looked at too where there is no time for more.
      const isWarm = run >= warmUp || performance.now() > ends;
      for (const [i, one] of cases.entries()) {
        const took = runOnce(one, folder);
        if (isWarm) taken[i].push(took);
      }
    }
    return await Promise.all(cases.map((one, i) => medians(one, taken[i])));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runOnce({ name, program, args, cwd, env = {}, before = () => {}, limitSeconds = 90 }, folder) {
  const [memory, times] = [join(folder, "memory.txt"), join(folder, "times.txt")];
  before();
  const started = performance.now();
  const command = program ? [program] : [process.execPath, "--import", reportMemory];
  const { status, stderr, error } = spawnSync("sh", ["-c", TIMED, "sh", ...command, ...args], {
    cwd,
    env: { ...process.env, ...env, FAIRLEAD_BENCH_MEMORY: memory, FAIRLEAD_BENCH_TIMES: times },
    encoding: "utf8",
    timeout: limitSeconds * 1000,
    maxBuffer: 2 ** 26,
  });
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`${name} failed: ${error?.message ?? stderr}`);
  const kibibytes = program ? Number.NaN : Number(readFileSync(memory, "utf8"));
  return { seconds, processor: processorSeconds(readFileSync(times, "utf8")), memory: kibibytes / 1024 };
}

/** User and system seconds of the children: "0m1.23s 0m0.45s" in the second line. */
function processorSeconds(text) {
  const children = text.trim().split("\n")[1] ?? "";
  const each = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  return each.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}

async function medians({ program, args, cwd }, taken) {
  const of = (what) => median(taken.map((one) => one[what]));
  const memory = program ? await peakOf(program, { args, cwd }) : of("memory");
  return { seconds: of("seconds"), processor: of("processor"), memory: Math.round(memory) };
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
