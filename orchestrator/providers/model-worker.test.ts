import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wallClock } from "../clock.ts";
import type { Assignment } from "../domain/agent.ts";
import { type LocalToolServer, startLocalToolServer } from "../mcp/local-server.ts";
import { mcpTools } from "../mcp/tools.ts";
import { scrubber } from "../security/redaction.ts";
import { chatCompletions } from "./chat-completions.ts";
import { type LocalProvider, startLocalProvider } from "./local-provider.ts";
import { modelWorker } from "./model-worker.ts";

let provider: LocalProvider;
let server: LocalToolServer;
beforeAll(async () => {
  [provider, server] = await Promise.all([startLocalProvider(), startLocalToolServer()]);
});
afterAll(() => Promise.all([provider.close(), server.close()]));

interface More {
  isFull?: boolean;
  flags?: NonNullable<Assignment["flags"]>;
}

function work(input: Record<string, unknown>, { isFull = false, flags }: More = {}) {
  const kept: unknown[] = [];
  const prompts: string[] = [];
  const systems: string[] = [];
  const tools = mcpTools({
    server: { url: server.url },
    timeoutMs: 1_000,
    record: () => undefined,
    clock: wallClock,
  });
  const call = chatCompletions({
    ...{ name: "openai", baseUrl: provider.baseUrl, apiKey: "k", model: "small", timeoutMs: 1_000 },
    usdPerMillionTokens: { input: 1, output: 1 },
  });
  const worker = modelWorker({
    ...{ tools, maxOutputTokens: 500, scrub: scrubber(["canary-secret"]) },
    callModel: (request, { signal }) => {
      prompts.push(request.prompt);
      systems.push(request.system);
      return call(request, signal);
    },
    writeEvidence: async (_, evidence) => {
      if (isFull) throw new Error("no space left");
      kept.push(evidence);
      return JSON.stringify(evidence).length;
    },
  });
  const assignment: Assignment = {
    ...{
      key: "r/review/1",
      runId: "r",
      stepId: "review",
      attempt: 1,
      agent: "reviewer-1",
      type: "reviewer",
      input,
      ...(flags && { flags }),
    },
  };
  return { result: worker(assignment, new AbortController().signal), kept, prompts, systems };
}

describe("an agent that works by a model", () => {
  test("is told what it is to do as the flag decided of its run (WV-19)", async () => {
    const told = async (value?: string) => {
      const more = value === undefined ? {} : { flags: { "agent-instructions": { variant: "v", value } } };
      const { result, systems } = work({ title: "Review" }, more);
      await result;
      return systems;
    };
    const plain = await told();
    expect(plain).toEqual([expect.stringMatching(/^You are the reviewer agent .* nothing else\.$/)]);
    expect(await told("plain")).toEqual(plain);
    expect(await told("open-questions")).toEqual([expect.stringContaining('its list "open"')]);
  });

  test("its output is the model's JSON, with tokens, cost and evidence", async () => {
    provider.follow({ answers: ['Here it is: {"verdict":"approved","score":0.9}'] });
    const { result, kept } = work({ title: "Review" });
    const { output, tokens, costUsd, evidenceBytes } = await result;
    expect(output).toEqual({ verdict: "approved", score: 0.9 });
    expect(tokens).toBeGreaterThan(200);
    expect(costUsd).toBeCloseTo(tokens / 1e6, 12);
    expect(evidenceBytes).toBe(JSON.stringify(kept[0]).length);
  });

  test("a tool that its input names is asked first, and its answer is evidence", async () => {
    provider.follow({});
    const { result, kept } = work({ tool: "run-tests", question: "header.test" });
    expect((await result).output).toEqual({ text: expect.stringContaining("Done with") });
    expect(kept).toMatchObject([{ found: "1 passed, 0 failed: header.test" }]);
  });

  test("where its evidence cannot be written, the failure says what the model took", async () => {
    provider.follow({});
    const { tokens, costUsd } = await work({}).result;
    expect(tokens).toBeGreaterThan(200);
    const failed: unknown = await work({}, { isFull: true }).result.catch((error: unknown) => error);
    expect(failed).toMatchObject({ message: "no space left", spent: { tokens, costUsd, evidenceBytes: 0 } });
  });

  test("words that only look like JSON are kept as words", async () => {
    provider.follow({ answers: ["{not json}"] });
    expect((await work({}).result).output).toEqual({ text: "{not json}" });
  });
});

test("CC-12: secrets that came in with the input, or with a tool's answer, are not sent on to the provider", async () => {
  const { result, prompts } = work({ tool: "search-code", question: "canary-secret", note: "canary-secret" });
  await result.catch(() => undefined);
  expect(prompts).toHaveLength(1);
  expect(prompts[0]).toContain("[redacted]");
  expect(prompts[0]).not.toContain("canary-secret");
});
