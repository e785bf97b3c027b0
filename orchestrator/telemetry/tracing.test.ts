import http from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Assignment } from "../domain/agent.ts";
import { startTracing, type Tracing, traceOf } from "./tracing.ts";

const runId = "0190f3a0-1111-7000-8000-000000000001";
const assignment: Assignment = {
  ...{
    key: `${runId}/review/1`,
    runId,
    stepId: "review",
    attempt: 1,
    agent: "reviewer-1",
    type: "reviewer",
    input: {},
  },
};
const answer = {
  ...{
    text: "canary-answer",
    inputTokens: 10,
    outputTokens: 20,
    costUsd: 0,
    provider: "openai",
    model: "small",
  },
};
const never = new AbortController().signal;
const ended = {
  ...{
    type: "run.finished" as const,
    runId,
    workflow: "review-change",
    priority: "normal" as const,
    outcome: "failed" as const,
  },
  ...{
    project: "shop",
    steps: { succeeded: 0, failed: 1, skipped: 0 },
    sinceAcceptedSeconds: 3,
    forPeopleSeconds: 0,
  },
  ...{ seconds: 3, tokens: 30, costUsd: 0, evidenceBytes: 0, incident: false, intervention: false },
};

let exporter: InMemorySpanExporter;
let tracing: Tracing;
beforeEach(() => {
  exporter = new InMemorySpanExporter();
  tracing = startTracing({ service: "autopilot", processors: [new SimpleSpanProcessor(exporter)] });
});
afterEach(() => tracing.shutdown());

const spans = () => new Map(exporter.getFinishedSpans().map((span) => [span.name, span]));

async function work(fail = false): Promise<void> {
  const tools = tracing.tracedTools({
    call: async () => "found",
    list: async () => [],
    close: async () => undefined,
  });
  const callModel = tracing.tracedModel(async () => {
    if (fail) throw new TypeError("canary-secret in a message");
    return answer;
  });
  const worker = tracing.tracedWorker(async (_, signal) => {
    await tools.call("search-code", { question: "canary-question", signal });
    await callModel({ system: "", prompt: "canary-prompt", maxOutputTokens: 1 }, { runId, signal });
    return { output: {}, tokens: 30, costUsd: 0, evidenceBytes: 0 };
  });
  await worker(assignment, never);
}

describe("traces (CC-4)", () => {
  test("a run, its agents and their calls of models and tools are one trace, whose id is the run's", async () => {
    await work();
    tracing.runEnded(ended, Date.now());
    const all = spans();
    const { traceId, spanId } = traceOf(runId);
    expect([...all.keys()]).toEqual([
      "execute_tool search-code",
      "chat small",
      "invoke_agent reviewer",
      "invoke_workflow review-change",
    ]);
    expect([...all.values()].map((span) => span.spanContext().traceId)).toEqual(Array(4).fill(traceId));
    const id = (name: string) => (all.get(name) as ReadableSpan).spanContext().spanId;
    expect(id("invoke_workflow review-change")).toBe(spanId);
    expect(all.get("invoke_agent reviewer")?.parentSpanContext?.spanId).toBe(spanId);
    for (const call of ["chat small", "execute_tool search-code"]) {
      expect(all.get(call)?.parentSpanContext?.spanId).toBe(id("invoke_agent reviewer"));
    }
  });

  test("attributes are those of the conventions for generative AI", async () => {
    await work();
    expect(spans().get("chat small")?.attributes).toEqual({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "small",
      "gen_ai.usage.input_tokens": 10,
      "gen_ai.usage.output_tokens": 20,
    });
  });

  test("a run's span says on which side of a flag it was (WV-19)", () => {
    const flags = { "agent-instructions": { variant: "canary", value: "open-questions" } };
    tracing.runEnded({ ...ended, flags }, Date.now());
    expect(spans().get("invoke_workflow review-change")?.events).toMatchObject([
      {
        name: "feature_flag.evaluation",
        attributes: {
          "feature_flag.key": "agent-instructions",
          "feature_flag.result.variant": "canary",
        },
      },
    ]);
  });

  test("a failure is an error of its span and of the agent's, and no span holds a message, prompt or answer (CC-12)", async () => {
    await expect(work(true)).rejects.toThrow(TypeError);
    tracing.runEnded(ended, Date.now());
    expect([...spans().values()].filter(({ status }) => status.code === 2).map(({ name }) => name)).toEqual([
      "chat",
      "invoke_agent reviewer",
      "invoke_workflow review-change",
    ]);
    const told = exporter
      .getFinishedSpans()
      .map(({ name, attributes, events, status }) => ({ name, attributes, events, status }));
    expect(JSON.stringify(told)).not.toContain("canary");
  });

  test("spans are sent by OTLP, and a collector that is away holds nobody up", async () => {
    await tracing.shutdown();
    const received: string[] = [];
    const collector = http.createServer((request, response) => {
      request.on("data", (chunk) => received.push(String(chunk)));
      request.on("end", () => response.writeHead(200, { "content-type": "application/json" }).end("{}"));
    });
    await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
    const { port } = collector.address() as AddressInfo;
    tracing = startTracing({ service: "autopilot", endpoint: `http://127.0.0.1:${port}/v1/traces` });
    await work();
    await tracing.shutdown();
    expect(received.join("")).toContain("invoke_agent reviewer");
    await new Promise((resolve) => collector.close(resolve));
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
    const nobody = (gone.address() as AddressInfo).port;
    await new Promise((resolve) => gone.close(resolve));
    tracing = startTracing({ service: "autopilot", endpoint: `http://127.0.0.1:${nobody}/v1/traces` });
    await work();
  });
});
