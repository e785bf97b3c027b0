// `npm test`: gets the outside tools, then type-check, lint and all tests; ends with one plain line that counts them.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

const MINUTE = 60_000;
/** More files than this do not fail by chance. */
const mostAgain = 5;
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
const failedSteps = [];
try {
  for (const step of steps) {
    console.log(`\n— ${step.name}`);
    if (await run(step)) {
      passed += 1;
      continue;
    }
    failed += 1;
    failedSteps.push(step.name);
  }
  console.log("\n— tests");
  const vitest = [
    ...bin("vitest/vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ];
  const all = await tests([...vitest, ...process.argv.slice(2)], 70 * MINUTE);
  passed += all.passed;
  failed += all.failed;
  // Two cores carry servers of several tests at once, and one may then wait longer than it should. What fails is run again with the
  // machine to itself: it counts as failed unless it passes there, and is named in either case.
  if (all.failed > 0 && all.files.length > 0 && all.files.length <= mostAgain) {
    console.log(`\n— again, alone: ${all.files.join(", ")}`);
    const again = await tests([...vitest, "--maxWorkers=1", ...all.files], 20 * MINUTE);
    if (again.failed === 0) {
      passed += all.failed;
      failed -= all.failed;
      console.log("\nPassed only at the second time, alone:");
      for (const name of all.names) console.log(`  ${name}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
// What they printed stands far above, before all tests.
for (const name of failedSteps) console.log(`\nFailed before the tests: ${name}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Runs vitest and counts its tests; `files`, `names`: of those that failed. */
async function tests(command, limit) {
  rmSync(report, { force: true });
  const ended = await run({ command, limit });
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
    const files = testResults.filter(({ status }) => status === "failed");
    const names = files.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === "failed")
        .map(({ fullName }) => `${relative(process.cwd(), name)}: ${fullName}`),
    );
    // A suite that could not even load has no test that failed.
    const failed = ended ? numFailedTests : Math.max(1, numFailedTests);
    return {
      passed: numPassedTests,
      failed,
      files: files.map(({ name }) => relative(process.cwd(), name)),
      names,
    };
  } catch {
    return { passed: 0, failed: 1, files: [], names: [] };
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
