import { expect, test } from "vitest";
import { scaledClock } from "../clock.ts";
import type { DomainEvent } from "../domain/event.ts";
import { recoveryLimitsOf } from "../resilience/recovery.ts";
import type { ProviderLine } from "./fail-over.ts";
import { ModelFailure } from "./model.ts";
import { modelProviders } from "./model-providers.ts";
import { rateLimitQueue } from "./rate-limit-queue.ts";

const clock = scaledClock(1_000);
const request = { system: "You plan.", prompt: "Plan it.", maxOutputTokens: 300 };
const caller = { runId: "run", signal: new AbortController().signal };

function tried({ locked = (): boolean => false } = {}) {
  const state = { isDown: false, isOpen: false, calls: 0 };
  const events: DomainEvent[] = [];
  const line: ProviderLine = {
    ...{
      name: "openai",
      model: "small",
      queue: rateLimitQueue({ atOnce: 5, clock }),
      pace: async () => undefined,
    },
    async call() {
      state.calls++;
      if (state.isDown) throw new ModelFailure("down", { kind: "unavailable", provider: "openai" });
      return { text: "", inputTokens: 1, outputTokens: 1, costUsd: 0, provider: "openai", model: "small" };
    },
    breaker: { execute: (call) => call(), isOpen: () => state.isOpen },
  };
  const providers = modelProviders([line], {
    ...{ clock, locked, limits: recoveryLimitsOf({ limits: [] }) },
    record: (event) => events.push(event),
  });
  return { state, events, providers };
}

test("callers of an outage wait for the one probe, and people are told of it once (WV-15)", async () => {
  const { state, events, providers } = tried();
  state.isDown = true;
  const failures = [];
  for (let i = 0; i < 3; i++)
    failures.push(await providers.call(request, caller).catch((thrown: unknown) => thrown));
  expect(failures).toMatchObject(Array.from({ length: 3 }, () => ({ name: "Postponed" })));
  expect(providers.down()).toBe(1);
  expect(events.filter(({ type }) => type === "failure.handled")).toEqual([
    { type: "failure.handled", resolution: "person" },
  ]);
  state.isDown = false;
  await Promise.all(failures.map((postponed) => (postponed as { until(): Promise<void> }).until()));
  expect(providers.down()).toBe(0);
  expect(await providers.call(request, caller)).toMatchObject({ provider: "openai" });
});

test("a provider whose breaker is open counts as down", () => {
  const { state, providers } = tried();
  state.isOpen = true;
  expect(providers.down()).toBe(1);
});

test("locked keys are not used: no provider is called (AH-6)", async () => {
  const { state, providers } = tried({ locked: () => true });
  await expect(providers.call(request, caller)).rejects.toMatchObject({ name: "Postponed" });
  expect(state.calls).toBe(0);
});
