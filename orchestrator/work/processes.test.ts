// The programs as they were built, as a person starts them.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { rootFolder } from "../../tests/structure/source-files.ts";
import { wallClock } from "../clock.ts";
import { startProcess } from "../engine/process-of-test.ts";
import { openLocalIssuer } from "../security/local-issuer.ts";
import { storeOfTest } from "../store/temporary-store.ts";

const programs = fileURLToPath(new URL("../../dist/orchestrator/", import.meta.url));
const put = (url: string, body: unknown) =>
  fetch(url, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** Starts a local program; gives what its first line says. */
async function local(
  name: string,
  ...args: string[]
): Promise<{ child: ChildProcess; ready: Record<string, string> }> {
  const child = spawn(process.execPath, [`${programs}${name}.js`, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const line = await new Promise<string>((said, failed) => {
    let text = "";
    child.stdout?.on("data", (chunk) => {
      text += chunk;
      if (text.includes("\n")) said(text);
    });
    child.on("exit", (code) => failed(new Error(`it ended with ${code}`)));
  });
  return { child, ready: JSON.parse(line) };
}

test("a service works with a provider and tools in processes of their own, whose scripts are changed while they run", async () => {
  const [provider, tools] = await Promise.all([local("local-provider"), local("local-tools")]);
  const folder = await mkdtemp(join(tmpdir(), "fairlead-processes-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const names = { issuer: "urn:fairlead:local", audience: "orchestrator" };
  const issuer = await openLocalIssuer(folder, { ...names, clock: wallClock });
  const models = {
    providers: [
      {
        ...{
          name: "anthropic",
          baseUrl: provider.ready.baseUrl,
          model: "small",
          key: { variable: "MODEL_KEY" },
        },
        usdPerMillionTokens: { input: 1, output: 5 },
      },
    ],
    tools: { url: tools.ready.url },
  };
  await writeFile(join(folder, "models.json"), JSON.stringify(models));
  const store = await storeOfTest();
  const service = startProcess({
    ...{ DATABASE_URL: store.url, ORCHESTRATOR_PORT: "0", ORCHESTRATOR_KEYS: issuer.publicFolder },
    ...{ ORCHESTRATOR_PROJECT: rootFolder, ORCHESTRATOR_LOG_LEVEL: "silent", MODEL_KEY: "canary-model-key" },
    ...{ ORCHESTRATOR_MODELS: join(folder, "models.json"), ORCHESTRATOR_EVIDENCE: join(folder, "evidence") },
  });
  onTestFinished(() => service.kill("SIGKILL"));
  await service.ready;
  const { url } = JSON.parse(service.lines.find((line) => line.includes('"ready"')) ?? "{}") as {
    url: string;
  };
  const authorization = `Bearer ${await issuer.issue({ subject: "ada", project: "shop", roles: ["developer"] })}`;
  const post = async (path: string, body: unknown) => {
    const headers = { authorization, "content-type": "application/json" };
    return (await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) })).json();
  };
  const find = { id: "find", agent: "coder", input: { tool: "search-code", question: "parse header" } };
  await post("/v1/workflows", { name: "look", steps: [find] });
  await put(provider.ready.script ?? "", { answers: ['{"found":1}'] });
  const done = await post("/v1/workflows/look/run-and-wait", { input: {} });
  expect(done).toMatchObject({ state: "succeeded", steps: [{ output: { found: 1 } }] });
  await put(tools.ready.script ?? "", { errors: 1 });
  expect(await post("/v1/workflows/look/run-and-wait", { input: {} })).toMatchObject({
    state: "failed",
    error: "find: search-code failed",
  });
  expect((await put(provider.ready.script ?? "", { errors: 2 })).status).toBe(422);
  expect(service.lines.join("")).not.toContain("canary");
  service.kill("SIGTERM");
  expect(await service.exited).toBe(0);
});

test("a tools' server that was started for somebody ends with their end of its standard input", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-tools-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "ready.json");
  const child = spawn(process.execPath, [`${programs}local-tools.js`, "--stdio", "--ready", file], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await new Promise((ready) => child.stderr?.once("data", ready));
  // Who passes nothing of what it says on, as an orchestrator does, has it write where it listens.
  const { script } = JSON.parse(await readFile(file, "utf8")) as { script: string };
  expect((await fetch(script)).status).toBe(200);
  const exited = new Promise((ended) => child.on("exit", ended));
  child.stdin?.end();
  expect(await exited).toBe(0);
});

test.each(["local-provider", "local-tools"])(
  "%s says what it takes when its arguments are wrong",
  async (name) => {
    const child = spawn(process.execPath, [`${programs}${name}.js`, "--nonsense"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr?.on("data", (chunk) => {
      said += chunk;
    });
    expect(await new Promise((ended) => child.on("close", ended))).toBe(2);
    expect(said).toContain(`${name} [--port 0]`);
  },
);
