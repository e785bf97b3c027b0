// `models.ts WORKFLOW AT_ONCE`: 100 tasks whose agents work by a model and a tool: the service, its provider and its tools as processes of their own, with the provider's
// scripted latency. Prints JSON.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wallClock } from "../../orchestrator/clock.ts";
import { openLocalIssuer } from "../../orchestrator/security/local-issuer.ts";
import { startEmbedded } from "../../orchestrator/store/embedded.ts";

const [workflow = "synthetic", atOnce = "10"] = process.argv.slice(2);
const tasks = Number(process.env.BENCH_TASKS ?? 100);
/** Milliseconds that a model thinks. */
const latencyMs = { from: 500, to: 2_500 };
/** Of each answer: all tasks of a case stay below WeatherVane's limit of an hour, at which no further task would start (WV-14). */
const outputTokens = 150;
const names = { issuer: "urn:fairlead:local", audience: "orchestrator" };

interface Started {
  child: ChildProcess;
  said: Record<string, string>;
}

/** Starts a program as it was built; gives what its line says that has the word "ready". */
async function start(
  program: string,
  { args = [], env = {} }: { args?: string[]; env?: Record<string, string> },
): Promise<Started> {
  const child = spawn(process.execPath, [`dist/orchestrator/${program}.js`, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  return new Promise((started, failed) => {
    child.on("exit", (code) => failed(new Error(`${program} ended with ${code}: ${text}`)));
    child.stdout?.on("data", (chunk) => {
      text += chunk;
      const line = text.split("\n").find((one) => one.includes('"ready"'));
      if (line) started({ child, said: JSON.parse(line) });
    });
  });
}

async function end({ child }: Started): Promise<void> {
  const exited = new Promise((ended) => child.on("exit", ended));
  child.kill("SIGTERM");
  await exited;
}

/** Resident memory of a process in MB, now or at most. */
async function memoryOf(pid: number | undefined, which: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return (Number(new RegExp(`${which}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1_024) / 1e6;
}

interface Ended {
  seconds: number;
  tokens: number;
  state: string;
}

/** A client of the service. */
function clientOf(url: string, token: string) {
  const ask = async (path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const answer = await fetch(
      `${url}${path}`,
      body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) },
    );
    return (await answer.json()) as Omit<Ended, "seconds">;
  };
  const run = async (workflow: string): Promise<Ended> => {
    const started = performance.now();
    const { state, tokens } = await ask(`/v1/workflows/${workflow}/run-and-wait?timeoutSeconds=300`, {});
    return { seconds: (performance.now() - started) / 1_000, tokens, state };
  };
  return { ask, run };
}

/** Runs of a workflow, so many at a time. */
async function runs(
  workflow: string,
  { client, atOnce }: { client: ReturnType<typeof clientOf>; atOnce: number },
) {
  const ended: Ended[] = [];
  let left = tasks;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left-- > 0) ended.push(await client.run(workflow));
    }),
  );
  const sorted = ended.map(({ seconds }) => seconds).sort((a, b) => a - b);
  const percentile = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return {
    ...{ p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) },
    failed: ended.filter(({ state }) => state !== "succeeded").length,
    tokens: Math.max(...ended.map(({ tokens }) => tokens)),
    seconds: (performance.now() - started) / 1_000,
  };
}

const agent = (id: string, more: object = {}) => ({ id, agent: "coder", ...more });
const single = { name: "single", steps: [agent("do", { input: { task: "Change one line." } })] };
const synthetic = {
  name: "synthetic",
  steps: [
    agent("plan", { input: { tool: "search-code", question: "where the header is parsed" } }),
    agent("implement", { needs: ["plan"], input: { task: "Parse the header anew." } }),
    agent("verify", { needs: ["implement"], input: { tool: "run-tests", question: "header" } }),
  ],
};

/**
 * What runs of a workflow take in a service, on a database of its own, that does so many of them at once. Memory is what each of them
 * added at most to the process before them, in MB.
 */
async function served(folder: string, { atOnce, workflow }: { atOnce: number; workflow: string }) {
  const database = await startEmbedded();
  const issuer = await openLocalIssuer(folder, { ...names, clock: wallClock });
  const service = await start("main", {
    env: {
      ...{ DATABASE_URL: database.url, ORCHESTRATOR_PORT: "0", ORCHESTRATOR_KEYS: issuer.publicFolder },
      ...{ ORCHESTRATOR_LOG_LEVEL: "error", ORCHESTRATOR_RUNS: String(atOnce) },
      ...{
        ORCHESTRATOR_MODELS: join(folder, "models.json"),
        ORCHESTRATOR_EVIDENCE: join(folder, "evidence"),
      },
    },
  });
  const token = await issuer.issue({ subject: "bench", project: "lab", roles: ["developer"] });
  const client = clientOf(service.said.url ?? "", token);
  for (const definition of [single, synthetic]) await client.ask("/v1/workflows", definition);
  await client.run("single");
  const before = await memoryOf(service.child.pid, "VmRSS");
  const measured = await runs(workflow, { client, atOnce });
  const memory = ((await memoryOf(service.child.pid, "VmHWM")) - before) / atOnce;
  await end(service);
  await database.stop();
  return { ...measured, memory };
}

const folder = await mkdtemp(join(tmpdir(), "fairlead-bench-models-"));
await writeFile(join(folder, "script.json"), JSON.stringify({ latencyMs, outputTokens }));
const provider = await start("local-provider", { args: ["--script", join(folder, "script.json")] });
const tools = await start("local-tools", {});
await writeFile(
  join(folder, "models.json"),
  JSON.stringify({
    providers: [
      {
        ...{ name: "anthropic", baseUrl: provider.said.baseUrl, model: "small", atOnce: 100 },
        usdPerMillionTokens: { input: 1, output: 5 },
      },
    ],
    tools: { url: tools.said.url },
  }),
);
const result = await served(folder, { atOnce: Number(atOnce), workflow });
await Promise.all([end(provider), end(tools)]);
await rm(folder, { recursive: true });
console.log(JSON.stringify(result));
