// What a script measures by itself and prints as one line of JSON.
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";

const LIMIT_SECONDS = 240;

const root = resolve(import.meta.dirname, "..");

/** Bundles a script of `bench/`, runs it with the arguments, and gives what the case reads from its last line: what to show, what was wanted, whether it is met. */
export function measureScript({ script, args = [], limitSeconds = LIMIT_SECONDS, read }) {
  const outfile = join(root, "node_modules/.cache/fairlead-bench", script.replace(/\.ts$/, ".mjs"));
  buildSync({
    entryPoints: [join(root, "bench", script)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "warning",
  });
  const lines = execFileSync(process.execPath, [outfile, ...args], {
    cwd: root,
    encoding: "utf8",
    timeout: limitSeconds * 1000,
  });
  return read(JSON.parse(lines.trim().split("\n").at(-1)));
}
