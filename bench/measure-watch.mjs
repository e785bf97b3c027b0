// `generate --watch` after one edit: seconds as the warm process itself counts them, from the change it was told of to written files.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const reportMemory = join(import.meta.dirname, "report-memory.mjs");
const ROUND = /^\d+ files? changed in (\d+\.\d+) s$/m;

/**
 * Starts Node with `args` in `cwd`, which must say that it is ready, and each time that it is done, within `limitSeconds`; makes the edits of `edit` one after another, back and forth, and gives the median of the rounds after
 * `warmUp` of them, and the peak memory in MiB. Throws when the process ends by itself.
 */
export async function measureWatch({
  name,
  args,
  cwd,
  env = {},
  edit,
  warmUp = 2,
  runs = 7,
  limitSeconds = 60,
}) {
  const folder = mkdtempSync(join(tmpdir(), "fairlead-bench-"));
  const report = join(folder, "memory.txt");
  const child = spawn(process.execPath, ["--import", reportMemory, ...args], {
    cwd,
    env: { ...process.env, ...env, FAIRLEAD_BENCH_MEMORY: report },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  // Whoever ends the benchmark ends what it watches.
  const endChild = () => child.kill("SIGKILL");
  process.once("exit", endChild);
  const file = join(cwd, edit.file);
  const before = readFileSync(file, "utf8");
  try {
    const says = listener(child, { name, limitSeconds });
    await says(/watching catalog/);
    const seconds = [];
    for (let run = 0; run < warmUp + runs; run += 1) {
      // Another value each time: what was bundled before would be found again.
      writeFileSync(file, before.replace(edit.from, edit.to(run)));
      const [, took] = await says(ROUND);
      if (run >= warmUp) seconds.push(Number(took));
    }
    child.kill("SIGINT");
    await ended;
    const memory = Math.round(Number(readFileSync(report, "utf8")) / 1024);
    return { seconds: seconds.sort((a, b) => a - b)[Math.floor(seconds.length / 2)], memory };
  } finally {
    endChild();
    process.removeListener("exit", endChild);
    await ended;
    writeFileSync(file, before);
    rmSync(folder, { recursive: true, force: true });
  }
}

function listener(child, { name, limitSeconds }) {
  let text = "";
  let wake = () => {};
  let isOver = false;
  child.stderr.setEncoding("utf8").on("data", (more) => {
    text += more;
    wake();
  });
  child.once("exit", () => {
    isOver = true;
    wake();
  });
  return async (wanted) => {
    const late = new Error(`${name} did not say ${wanted} within ${limitSeconds} s`);
    const ends = performance.now() + limitSeconds * 1000;
    for (;;) {
      const found = wanted.exec(text);
      if (found) {
        text = text.slice(found.index + found[0].length);
        return found;
      }
      if (isOver) throw new Error(`${name} ended:\n${text}`);
      const left = ends - performance.now();
      if (left <= 0) throw late;
      let timer;
      await new Promise((resolve) => {
        wake = resolve;
        timer = setTimeout(resolve, left);
      });
      clearTimeout(timer);
    }
  };
}
