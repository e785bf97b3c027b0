import { expect, test } from "vitest";
import { ownPlatform } from "../../tests/project-model.ts";
import type { Clock } from "../clock.ts";
import { Resilience } from "../resilience/resilience.ts";
import { ownStates } from "../resilience/state-store.ts";
import { ModelFailure } from "./model.ts";
import { outcomeOfModelCall, providerLines } from "./provider-lines.ts";

/** A clock that stands still. */
function still(): Clock & { slept: number[] } {
  const slept: number[] = [];
  return { slept, now: () => 0, sleep: async (ms) => void slept.push(ms) };
}

async function lines(platformName: string, names: string[]) {
  const platform = await ownPlatform(platformName);
  const clock = still();
  const resilience = new Resilience({
    ...{ platform, clock, record: () => undefined },
    stores: { breakers: ownStates(), modes: ownStates() },
  });
  const providers = names.map((name) => ({
    ...{ name, baseUrl: "http://127.0.0.1:1/v1", apiKey: "k", model: "small", timeoutMs: 100, atOnce: 1 },
    usdPerMillionTokens: { input: 1, output: 1 },
  }));
  return { clock, resilience, lines: providerLines(providers, { platform, resilience, clock }) };
}

test("after the first provider comes the back-up that its breaker names, then the others (WV-11)", async () => {
  const { lines: order } = await lines("weathervane", ["anthropic", "local", "openai"]);
  expect(order.map(({ name }) => name)).toEqual(["anthropic", "openai", "local"]);
});

test("while the first provider's breaker is open, the back-up is asked once a second (WV-11)", async () => {
  const { clock, resilience, lines: order } = await lines("weathervane", ["anthropic", "openai"]);
  const [first, second] = order;
  const never = new AbortController().signal;
  const thrice = async () => {
    clock.slept.length = 0;
    for (let i = 0; i < 3; i++) await second?.pace(never);
    return clock.slept;
  };
  expect(await thrice()).toEqual([]);
  await resilience.breakers.get("model-provider")?.set("open", "ann");
  expect(first?.breaker.isOpen()).toBe(true);
  expect(second?.breaker.isOpen()).toBe(false);
  expect(await thrice()).toEqual([1_000, 2_000]);
});

test("of Agent Hive each provider has its breaker, whose trials are its own (AH-8)", async () => {
  const { resilience, lines: order } = await lines("agenthive", ["anthropic", "openai"]);
  await resilience.breakers.get("model-openai")?.set("open", "ann");
  expect(order.map(({ name, breaker }) => [name, breaker.isOpen()])).toEqual([
    ["anthropic", false],
    ["openai", true],
  ]);
});

test("the 501st call that would wait in a gateway waits at its caller (AH-8)", async () => {
  const { lines: order } = await lines("agenthive", ["anthropic"]);
  const queue = order[0]?.queue;
  const stop = new AbortController();
  const never = () => new Promise<never>((_, stopped) => stop.signal.addEventListener("abort", stopped));
  const calls = Array.from({ length: 501 }, () => queue?.run(never, stop.signal));
  for (const call of calls) call?.catch(() => undefined);
  expect(queue?.waiting).toBe(500);
  await expect(queue?.run(never, stop.signal)).rejects.toMatchObject({ name: "Postponed" });
  stop.abort();
});

test.each([
  ["refused", "success"],
  ["rate-limited", "success"],
  ["timeout", "timeout"],
  ["unavailable", "failure"],
  ["malformed", "failure"],
] as const)("for a breaker, a call that was %s is a %s", (kind, outcome) => {
  expect(outcomeOfModelCall(new ModelFailure("said", { kind, provider: "openai" }))).toBe(outcome);
});

test("a call that its caller gave up says nothing of the provider", () => {
  expect(outcomeOfModelCall(new DOMException("stopped", "AbortError"))).toBeUndefined();
});
