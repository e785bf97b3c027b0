// The whole service, with what leaves it: log lines, metrics, spans, answers, rows.
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Worker } from "../domain/agent.ts";
import { platforms } from "./platforms.ts";
import { traceOf } from "./tracing.ts";
import { type WholeService, wholeService } from "./whole-service.ts";

const password = "canary-5Zx9-database-password";
const providerKey = "sk-canary-Wq7R-provider-key-0123456789";

/** An agent that says what it must not, as a driver's error or a careless tool would. */
const leaking: Worker = async ({ stepId, input }) => {
  if (stepId === "fail")
    throw new Error(`connect postgresql://u:${password}@db/x with ${providerKey} failed`);
  return {
    output: { said: `key ${providerKey}`, list: [`Bearer ${password}`], run: input.run ?? null },
    ...{ tokens: 1, costUsd: 0, evidenceBytes: 0 },
  };
};

let service: WholeService;
beforeEach(async () => {
  service = await wholeService({
    platform: "commandcenter",
    worker: leaking,
    secrets: [password, providerKey],
  });
}, 60_000);
afterEach(() => service?.close(), 60_000);

async function run(token: string, name: string, steps: unknown[]): Promise<{ id: string; body: string }> {
  const saved = await service.ask("POST", "/v1/workflows", { token, body: { name, steps } });
  expect(saved.status, saved.body).toBe(201);
  const { body } = await service.ask("POST", `/v1/workflows/${name}/run-and-wait`, {
    token,
    body: { input: {} },
  });
  return { id: (JSON.parse(body) as { id: string }).id, body };
}

test("no secret leaves by a log line, metric, span, answer or row, whoever says it (CC-12)", {
  timeout: 60_000,
}, async () => {
  const token = await service.issue();
  const told = await run(token, "telling", [{ id: "tell", agent: "tester" }]);
  const failed = await run(token, "failing", [{ id: "fail", agent: "tester", attempts: 1 }]);
  expect([told.body, failed.body].map((body) => body.includes("[redacted]"))).toEqual([true, true]);
  const answers = [
    await service.ask("GET", `/v1/workflows/${password}`, { token: providerKey }),
    await service.ask("GET", `/v1/runs/${failed.id}`, { token }),
    await service.ask("GET", "/v1/events?limit=200", { token }),
  ];
  const metrics: string[] = [];
  for (const name of platforms.commandcenter?.services ?? [])
    metrics.push(await (await fetch(`${service.metricsUrl}/${name}/metrics`)).text());
  expect(metrics.join("")).toContain('commandcenter_secrets_masked_total{place="output"} 2');
  await service.stop();
  const { rows: tables } = await service.store.pool.query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_schema IN ('orchestrator', 'dbos') AND table_type = 'BASE TABLE'`,
  );
  expect(tables.length).toBeGreaterThan(15);
  const rows: unknown[] = [];
  for (const { name } of tables) rows.push((await service.store.pool.query(`SELECT * FROM ${name}`)).rows);
  const places = { told, failed, answers, metrics, lines: service.lines, traces: service.traces, rows };
  for (const [place, written] of Object.entries(places)) {
    const text = JSON.stringify(written);
    expect(text.length, place).toBeGreaterThan(10);
    for (const secret of [password, providerKey, token, token.split(".")[2] ?? token])
      expect(text.includes(secret), `a secret in ${place}`).toBe(false);
  }
});

test("a run is one trace, which log lines name, and its spans are counted (CC-4)", {
  timeout: 60_000,
}, async () => {
  const token = await service.issue();
  const { id } = await run(token, "two", [
    { id: "first", agent: "tester" },
    { id: "second", agent: "reviewer", needs: ["first"] },
  ]);
  const read = async () => (await fetch(`${service.metricsUrl}/orchestrator/metrics`)).text();
  await expect
    .poll(read, { timeout: 20_000 })
    .toContain('otel_sdk_exporter_span_exported_total{error_type=""} 3');
  const text = await read();
  expect(text).toContain('otel_sdk_span_started_total{otel_span_sampling_result="RECORD_AND_SAMPLE"} 3');
  expect(text).toContain("otel_sdk_processor_span_queue_size 0");
  expect(text).toContain("otel_sdk_processor_span_queue_capacity 2048");
  const { traceId, spanId } = traceOf(id);
  const spans = service.spans();
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
  await service.close();
  service = await wholeService({ platform: "weathervane" });
  const token = await service.issue();
  const read = async () => (await fetch(`${service.metricsUrl}/dashboard-api/metrics`)).text();
  expect(await read()).toContain("weathervane_dashboard_sessions 0");
  const ending = new AbortController();
  const stream = await fetch(`${service.url}/v1/events/stream`, {
    headers: { authorization: `Bearer ${token}` },
    signal: ending.signal,
  });
  expect(stream.status).toBe(200);
  expect(await read()).toContain("weathervane_dashboard_sessions 1");
  ending.abort();
  await expect.poll(read, { timeout: 10_000 }).toContain("weathervane_dashboard_sessions 0");
});
