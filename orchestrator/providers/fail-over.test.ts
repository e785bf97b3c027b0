import { ConsecutiveBreaker, circuitBreaker, handleAll } from "cockatiel";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { wallClock } from "../clock.ts";
import type { DomainEvent } from "../domain/event.ts";
import { recoveryLimitsOf } from "../resilience/recovery.ts";
import { chatCompletions } from "./chat-completions.ts";
import { failOver, NoProvider, type ProviderLine } from "./fail-over.ts";
import { type LocalProvider, startLocalProvider } from "./local-provider.ts";
import { rateLimitQueue } from "./rate-limit-queue.ts";

let first: LocalProvider;
let second: LocalProvider;
beforeAll(async () => {
  [first, second] = await Promise.all([startLocalProvider(), startLocalProvider()]);
});
beforeEach(() => {
  for (const provider of [first, second]) provider.follow({ latencyMs: { from: 0, to: 1 } });
});
afterAll(() => Promise.all([first.close(), second.close()]));

const limits = recoveryLimitsOf({ limits: [] });
const request = { system: "You plan.", prompt: "Plan it.", maxOutputTokens: 300 };

function line(name: string, provider: LocalProvider): ProviderLine {
  const breaker = circuitBreaker(handleAll, { halfOpenAfter: 60_000, breaker: new ConsecutiveBreaker(5) });
  return {
    ...{ name, model: "small", queue: rateLimitQueue({ atOnce: 10, clock: wallClock }) },
    call: chatCompletions({
      ...{ name, baseUrl: provider.baseUrl, apiKey: "k", model: "small", timeoutMs: 500 },
      usdPerMillionTokens: { input: 1, output: 1 },
    }),
    pace: async () => undefined,
    breaker: { execute: (call) => breaker.execute(call), isOpen: () => breaker.state === 1 },
  };
}

function ask() {
  const events: DomainEvent[] = [];
  const lines = [line("anthropic", first), line("openai", second)];
  const call = failOver(lines, { limits, clock: wallClock, record: (event) => events.push(event) });
  const caller = { runId: "run", stage: "plan", signal: new AbortController().signal };
  return { call: () => call(request, caller), events };
}

describe("fail-over to the back-up provider (WV-11, WV-15)", () => {
  test("while the first one answers, the back-up is not asked", async () => {
    const before = second.calls().received;
    const { call, events } = ask();
    expect(await call()).toMatchObject({ provider: "anthropic" });
    expect(second.calls().received).toBe(before);
    expect(events).toMatchObject([
      { type: "model.called", provider: "anthropic", stage: "plan", error: "", outputTokens: 200 },
    ]);
  });

  test.each([
    ["down", { down: true }, "_OTHER"],
    ["out of order", { errors: 1, errorStatus: 503 }, "503"],
    ["hanging", { hangs: 1 }, "timeout"],
    ["talking nonsense", { malformed: 1 }, "_OTHER"],
  ] as const)(
    "the back-up answers while the first is %s, and both calls are recorded",
    async (_, script, error) => {
      first.follow(script);
      const { call, events } = ask();
      expect(await call()).toMatchObject({ provider: "openai" });
      expect(events).toMatchObject([
        { provider: "anthropic", error },
        { provider: "openai", error: "" },
        { type: "failure.handled", resolution: "self-healed" },
      ]);
    },
  );

  test("after five failures in a row the first one is not asked any more", async () => {
    first.follow({ down: true });
    const { call } = ask();
    for (let i = 0; i < 5; i++) await call();
    const asked = first.calls().received;
    expect(await call()).toMatchObject({ provider: "openai" });
    expect(first.calls().received).toBe(asked);
  });

  test("with both down the caller is told to wait, with what each of them said", async () => {
    first.follow({ down: true });
    second.follow({ errors: 1, errorStatus: 500 });
    const error = await ask()
      .call()
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    expect(error).toBeInstanceOf(NoProvider);
    expect(String(error)).toBe(
      "NoProvider: no model provider could answer: anthropic cannot be reached; openai answered with 500",
    );
  });

  test("a request that is wrong goes to nobody else", async () => {
    const before = second.calls().received;
    const call = failOver([line("anthropic", first), line("openai", second)], {
      ...{ limits, clock: wallClock, record: () => undefined },
    });
    const wrong = call(
      { ...request, maxOutputTokens: 0 },
      { runId: "r", signal: new AbortController().signal },
    );
    await expect(wrong).rejects.toMatchObject({ kind: "refused" });
    expect(second.calls().received).toBe(before);
  });
});
