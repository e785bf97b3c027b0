import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chatCompletions } from "./chat-completions.ts";
import { type LocalProvider, startLocalProvider } from "./local-provider.ts";
import type { ModelFailure } from "./model.ts";

let provider: LocalProvider;
beforeAll(async () => {
  provider = await startLocalProvider();
});
beforeEach(() => provider.follow({ latencyMs: { from: 0, to: 1 } }));
afterAll(() => provider.close());

const request = { system: "You review.", prompt: "Review this change.", maxOutputTokens: 300 };
const key = "canary-model-key-0b1c";

const caller = (timeoutMs = 2_000) =>
  chatCompletions({
    ...{ name: "openai", baseUrl: provider.baseUrl, apiKey: key, model: "small", timeoutMs },
    usdPerMillionTokens: { input: 2, output: 10 },
  });

const failure = (timeoutMs?: number): Promise<ModelFailure> =>
  caller(timeoutMs)(request, new AbortController().signal).then(
    () => {
      throw new Error("it was answered");
    },
    (error: ModelFailure) => error,
  );

describe("calling a model over HTTP (AH-8)", () => {
  test("an answer comes with its tokens and what they cost", async () => {
    const answer = await caller()(request, new AbortController().signal);
    expect(answer).toMatchObject({ provider: "openai", model: "small", inputTokens: 8, outputTokens: 200 });
    expect(answer.costUsd).toBeCloseTo((8 * 2 + 200 * 10) / 1e6, 12);
    expect(answer.text).toMatch(/^Done with [0-9a-f]{12}\.$/);
  });

  test.each([
    ["an overloaded provider", { errors: 1, errorStatus: 529 }, { kind: "unavailable", status: 529 }],
    ["a provider that is down", { down: true }, { kind: "unavailable", status: undefined }],
    ["an answer that is cut off", { malformed: 1 }, { kind: "malformed" }],
  ] as const)("%s is told apart", async (_, script, expected) => {
    provider.follow(script);
    expect(await failure()).toMatchObject({ name: "ModelFailure", provider: "openai", ...expected });
  });

  test("a call that hangs is given up after its time", async () => {
    provider.follow({ hangs: 1 });
    const before = provider.calls().received;
    expect(await failure(100)).toMatchObject({ kind: "timeout" });
    // It has arrived, so that it is not taken for one of the next test's calls.
    await expect.poll(() => provider.calls().received).toBe(before + 1);
  });

  test("a rate limit says how long to wait", async () => {
    provider.follow({ rateLimit: { calls: 1, perSeconds: 30 } });
    await caller()(request, new AbortController().signal);
    const limited = await failure();
    expect(limited).toMatchObject({ kind: "rate-limited", status: 429 });
    expect(limited.retryAfterMs).toBeGreaterThan(29_000);
    expect(limited.retryAfterMs).toBeLessThanOrEqual(30_000);
  });

  test("a request that is wrong is our fault", async () => {
    const broken = caller()({ ...request, maxOutputTokens: 0 }, new AbortController().signal);
    await expect(broken).rejects.toMatchObject({ kind: "refused", status: 400 });
  });

  test("what was stopped ends with the reason for it and not as a failure of the provider", async () => {
    provider.follow({ hangs: 1 });
    const stop = new AbortController();
    const call = caller()(request, stop.signal);
    setTimeout(() => stop.abort(new Error("emergency stop")), 20);
    await expect(call).rejects.toThrow("emergency stop");
  });

  test("no failure repeats the key or the prompt (CC-12)", async () => {
    for (const script of [{ errors: 1 }, { malformed: 1 }, { down: true }]) {
      provider.follow(script);
      const told = await failure();
      expect(`${told.message} ${JSON.stringify(told)} ${String(told.cause)}`).not.toMatch(
        /canary|Review this/,
      );
    }
  });
});
