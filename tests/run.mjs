// `npm test`: gets the outside tools, then type-check, lint and all tests; ends with one plain line that counts them.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MINUTE = 60_000;
const node = process.execPath;
const bin = (path) => [node, join("node_modules", path)];
const folder = mkdtempSync(join(tmpdir(), "fairlead-tests-"));
const report = join(folder, "vitest.json");
const env = { ...process.env, FORCE_COLOR: "0", DO_NOT_TRACK: "1", CHECKPOINT_DISABLE: "1" };

const steps = [
  { name: "build", command: [node, "build.mjs", "--types"], limit: 5 * MINUTE },
  { name: "outside tools", command: [node, "dist/cli/main.js", "tools", "install"], limit: 45 * MINUTE },
  { name: "types", command: [...bin("typescript/bin/tsc"), "--noEmit"], limit: 10 * MINUTE },
  { name: "format and lint", command: [...bin("@biomejs/biome/bin/biome"), "check", "."], limit: 5 * MINUTE },
  { name: "unused code", command: [...bin("knip/bin/knip.js")], limit: 5 * MINUTE },
];

let passed = 0;
let failed = 0;
try {
  for (const step of steps) {
    console.log(`\n— ${step.name}`);
    if (await run(step)) passed += 1;
    else failed += 1;
  }
  console.log("\n— tests");
  const only = process.argv.slice(2);
  const vitest = [
    ...bin("vitest/vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ];
  const ended = await run({ command: [...vitest, ...only], limit: 60 * MINUTE });
  const counted = count(report);
  passed += counted.passed;
  // A suite that could not even load has no test that failed.
  failed += ended ? counted.failed : Math.max(1, counted.failed);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function count(file) {
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(file, "utf8"));
    return { passed: numPassedTests, failed: Math.max(numFailedTests, numFailedTestSuites > 0 ? 1 : 0) };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

/** Whether a step ended well within its time; its children end with it. */
function run({ command: [file, ...args], limit }) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ["ignore", "inherit", "inherit"], env, detached: true });
    const end = (signal) => {
      try {
        process.kill(-child.pid, signal);
      } catch {
        // It has ended already.
      }
    };
    const timer = setTimeout(() => {
      console.log(`took longer than ${limit / MINUTE} minutes and was ended`);
      end("SIGKILL");
    }, limit);
    const interrupted = () => {
      end("SIGTERM");
      process.exit(130);
    };
    process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
    child.once("error", () => resolve(false));
    child.once("exit", (code) => {
      clearTimeout(timer);
      process.removeListener("SIGINT", interrupted).removeListener("SIGTERM", interrupted);
      resolve(code === 0);
    });
  });
}
