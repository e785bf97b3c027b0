// The whole service, with what leaves it: log lines, metrics, spans, answers, rows, files, and what it asks of others.
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Worker } from "../domain/agent.ts";
import { startLocalToolServer } from "../mcp/local-server.ts";
import { findSecrets } from "../security/find-secrets.ts";
import { type Answer, serviceOfTest, type TriedService } from "../service-of-test.ts";
import { storeSteps } from "../store/temporary-store.ts";
import { modelKey, serviceWithModels } from "../work/models-of-test.ts";
import { platforms } from "./platforms.ts";
import { traceOf } from "./tracing.ts";

const password = "canary-5Zx9-database-password";
const providerKey = "sk-canary-Wq7R-provider-key-0123456789";
const toolsKey = "canary-8Kd2-tools-key";
/** What is no secret, said wherever secrets are said: found where they could have been. */
const plain = "plain-marker-word";
const said = `${plain} ${password} ${providerKey} ${toolsKey} ${modelKey}`;

/** An agent that says what it must not, as a driver's error or a careless tool would. */
const leaking: Worker = async ({ stepId, input }) => {
  if (stepId === "fail")
    throw new Error(`${plain}: connect postgresql://u:${password}@db/x with ${providerKey} failed`);
  return {
    output: { said: `${plain}: key ${providerKey}`, list: [`Bearer ${password}`], run: input.run ?? null },
    ...{ tokens: 1, costUsd: 0, evidenceBytes: 0 },
  };
};

async function run({ ask }: TriedService, name: string, steps: unknown[]): Promise<Answer> {
  const saved = await ask("POST", "/v1/workflows", { body: { name, steps, description: said } });
  expect(saved.status, saved.text).toBe(201);
  return ask("POST", `/v1/workflows/${name}/run-and-wait`, { body: { input: { said } } });
}

/** Requests whose every part says secrets; the answers. */
async function askBadly({ ask }: TriedService): Promise<Answer[]> {
  const path = encodeURIComponent(said);
  return [
    await ask("GET", `/v1/workflows/${path}`, { token: providerKey }),
    await ask("GET", `/v1/workflows/${path}`),
    // A secret that could be a name.
    await ask("DELETE", `/v1/workflows/${modelKey}`),
    await ask("DELETE", `/v1/agents/${modelKey}`),
    await ask("GET", `/v1/runs?limit=${path}&state=${path}`),
    await ask("GET", `/${path}`),
    await ask("POST", "/v1/runs", { body: `{"${said}` }),
    await ask("POST", "/v1/runs", { body: { workflow: said, [said]: said } }),
    await ask("POST", "/v1/runs", {
      body: { workflow: "telling" },
      headers: { "idempotency-key": password },
    }),
    await ask("GET", "/v1/runs", { headers: { "x-request-id": password, traceparent: password } }),
    await ask("PUT", "/v1/mode", { body: { mode: "normal", because: said } }),
    await ask("POST", "/v1/agents", { body: { id: password, type: "tester" } }),
    await ask("POST", "/v1/agents", { body: { id: "tester-1", type: "tester", [said]: 1 } }),
  ];
}

test("no secret leaves by a log line, metric, span, answer, row, file, prompt or tool's argument, whoever says it (CC-12)", {
  timeout: 120_000,
}, async () => {
  const requests: unknown[] = [];
  const calls: unknown[] = [];
  const server = await startLocalToolServer({ token: toolsKey, onRequest: (body) => calls.push(body) });
  onTestFinished(() => server.close());
  const service = await serviceWithModels({
    ...{ platform: "commandcenter", worker: leaking, onRequest: (body) => requests.push(body) },
    models: {
      tools: { server: { url: server.url, token: toolsKey }, timeoutMs: 20_000 },
      secrets: [modelKey, toolsKey, providerKey, password],
    },
  });
  const { ask, store, folder, lines, traces } = service;
  const secrets = [password, providerKey, toolsKey, modelKey];
  service.anthropic.follow({ answers: [`{"said":"${said}"}`] });
  const script = { input: { script: {} } };
  const told = await run(service, "telling", [{ id: "tell", agent: "tester", ...script }]);
  const failed = await run(service, "failing", [{ id: "fail", agent: "tester", attempts: 1, ...script }]);
  expect([told, failed].map(({ text }) => text.includes("[redacted]"))).toEqual([true, true]);
  // As it was stored before its secrets were known as such.
  await storeSteps(store, plain, { think: { input: { tool: "search-code", question: said } } });
  const { id } = await service.accept(plain);
  expect(await service.until(id)).toMatchObject({ state: "succeeded" });
  await store.pool.query("UPDATE workflows SET definition = '{}' WHERE name = $1", [plain]);
  const answers = [told, failed, ...(await askBadly(service))];
  for (const path of [`/v1/runs/${failed.body.id}`, "/v1/events?limit=200", "/v1/audit?limit=200"])
    answers.push(await ask("GET", path));
  expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
  const metrics: string[] = [];
  for (const name of platforms.commandcenter?.services ?? []) metrics.push(await service.metrics(name));
  await service.service.stop(2_000);
  await store.pool.query("CREATE TABLE public.packed AS SELECT convert_to($1, 'UTF8') AS bytes", [plain]);
  const searched = {
    ...{ store, folder: join(folder, "evidence") },
    seen: { answers, metrics, lines, traces: traces.bodies, requests, calls },
  };
  expect(await findSecrets(secrets, searched)).toEqual([]);
  // The search finds what is no secret, wherever a secret could have been.
  expect(await findSecrets([plain], searched)).toEqual(
    expect.arrayContaining([
      ...["answers", "calls", "lines", "requests", "traces", "public.packed.bytes"],
      ...["definition", "name"].map((column) => `orchestrator.workflows.${column}`),
      ...["orchestrator.steps.output", "orchestrator.steps.error", "orchestrator.runs.input"],
      expect.stringMatching(/^file .*think-1\.json$/),
    ]),
  );
  expect(await findSecrets([id], searched)).toEqual(
    expect.arrayContaining(["dbos.workflow_status.workflow_uuid", "orchestrator.events.body"]),
  );
});

test("a run is one trace, which log lines name, and its spans are counted (CC-4)", {
  timeout: 60_000,
}, async () => {
  const service = await serviceOfTest({ platform: "commandcenter" });
  const ran = await run(service, "two", [
    { id: "first", agent: "tester" },
    { id: "second", agent: "reviewer", needs: ["first"] },
  ]);
  const read = () => service.metrics("orchestrator");
  await expect
    .poll(read, { timeout: 20_000 })
    .toContain('otel_sdk_exporter_span_exported_total{error_type=""} 3');
  const text = await read();
  expect(text).toContain('otel_sdk_span_started_total{otel_span_sampling_result="RECORD_AND_SAMPLE"} 3');
  expect(text).toContain("otel_sdk_processor_span_queue_size 0");
  expect(text).toContain("otel_sdk_processor_span_queue_capacity 2048");
  const { traceId, spanId } = traceOf(ran.body.id ?? "");
  const spans = service.traces.spans();
  expect(spans.map(({ name }) => name).sort()).toEqual([
    "invoke_agent reviewer",
    "invoke_agent tester",
    "invoke_workflow two",
  ]);
  expect(spans.map((span) => span.traceId)).toEqual([traceId, traceId, traceId]);
  const parents = spans
    .filter(({ name }) => name.startsWith("invoke_agent"))
    .map((span) => span.parentSpanId);
  expect(parents).toEqual([spanId, spanId]);
  const logged = service.lines.map((line) => JSON.parse(line) as { msg: string; trace_id?: string });
  const ofRun = logged.filter((line) => line.trace_id === traceId).map(({ msg }) => msg);
  expect(ofRun).toEqual(
    expect.arrayContaining(["run.accepted", "step.started", "step.finished", "run.finished"]),
  );
});

test("live readers are counted while they read", { timeout: 60_000 }, async () => {
  const service = await serviceOfTest();
  const token = await service.issue();
  const read = () => service.metrics("dashboard-api");
  expect(await read()).toContain("weathervane_dashboard_sessions 0");
  const ending = new AbortController();
  const stream = await fetch(`${service.service.url}/v1/events/stream`, {
    headers: { authorization: `Bearer ${token}` },
    signal: ending.signal,
  });
  expect(stream.status).toBe(200);
  expect(await read()).toContain("weathervane_dashboard_sessions 1");
  ending.abort();
  await expect.poll(read, { timeout: 10_000 }).toContain("weathervane_dashboard_sessions 0");
});
