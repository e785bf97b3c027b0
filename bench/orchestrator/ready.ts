// Seconds from the start of a process of the orchestrator, as built, until it is ready: with a PostgreSQL of its own that it makes
// first, with one whose data are there, and with one that runs. Prints JSON.
import { spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbedded } from "../../orchestrator/store/embedded.ts";

const runs = 5;

async function untilReady(environment: Record<string, string>): Promise<number> {
  const started = performance.now();
  const child = spawn(process.execPath, ["dist/orchestrator/main.js"], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise((done) => child.on("exit", done));
  let text = "";
  for await (const chunk of child.stdout) {
    text += chunk;
    if (text.includes('"ready"')) break;
  }
  const seconds = (performance.now() - started) / 1_000;
  child.kill("SIGTERM");
  await exited;
  if (!text.includes('"ready"')) throw new Error(`it ended before it was ready: ${text}`);
  return seconds;
}

async function medianOf(environment: () => Record<string, string>): Promise<number> {
  const seconds: number[] = [];
  for (let run = 0; run < runs; run++) seconds.push(await untilReady(environment()));
  return seconds.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? 0;
}

const folder = await mkdtemp(join(tmpdir(), "fairlead-bench-"));
// Where the orchestrator runs as root, its PostgreSQL does not.
await chmod(folder, 0o755);
let fresh = 0;
const server = await startEmbedded();
const seconds = {
  fresh: await medianOf(() => ({ ORCHESTRATOR_STATE: join(folder, `fresh-${fresh++}`) })),
  kept: await medianOf(() => ({ ORCHESTRATOR_STATE: join(folder, "fresh-0") })),
  running: await medianOf(() => ({ DATABASE_URL: server.url })),
};
await server.stop();
await rm(folder, { recursive: true });
console.log(JSON.stringify(seconds));
