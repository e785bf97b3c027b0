import type { Fault } from "../fault.ts";
import type { Field } from "../field.ts";
import { isClosed, usual } from "./weathervane.ts";

const heal: Fault["heal"] = async (field) => {
  await field.provider("anthropic", {});
  await field.provider("openai", {});
};

let triedAt = 0;

/** A breaker's trial is a call, and somebody has to make one: each second, since calls wait in line while it is open. */
async function tryProvider(field: Field): Promise<void> {
  if (Date.now() - triedAt < 1_000) return;
  triedAt = Date.now();
  await field.offer("drill-model");
}

/** The main provider does something that its breaker counts; enough tasks ask it for the breaker to open. */
function mainProvider(
  name: string,
  { title, script }: { title: string; script: Record<string, unknown> },
): Fault {
  return {
    ...{ ...usual, name, title, heal },
    once: "its breaker is tried after a minute",
    fires: [{ alert: "BreakerTripped" }],
    byItself: "asks the back-up at once; the breaker opens after five failures and is tried after a minute",
    healthyAgain: "when the breaker's trial succeeds",
    async inject(field) {
      await field.provider("anthropic", script);
      await field.start("drill-model", { runs: 8 });
    },
    async isHealthy(field) {
      if (await isClosed(field, "model-provider")) return true;
      await tryProvider(field);
      return false;
    },
  };
}

/** Whether new work is accepted again. The rest of the way to normal takes five minutes more, which the drill does not wait for. */
async function isAccepting(field: Field): Promise<boolean> {
  const isReadOnly = await field.metric("autopilot", 'weathervane_mode{mode="read-only"}');
  if (isReadOnly !== 0) return false;
  await field.ask("PUT", "/v1/mode", { body: { mode: "normal", because: "the drill goes on" } });
  return true;
}

let limited: readonly string[] = [];

const rateLimited: Fault = {
  ...{ ...usual, heal, name: "provider-rate-limiting", title: "The model provider limits the rate of calls" },
  fires: [],
  byItself: "calls wait in order; no task fails, and no breaker opens",
  healthyAgain: "when the tasks that waited are done",
  async inject(field) {
    await field.provider("anthropic", { rateLimit: { calls: 1, perSeconds: 4 } });
    limited = await field.start("drill-model", { runs: 5 });
  },
  isHealthy: (field) => field.succeeded(limited),
};

const allDown: Fault = {
  ...{ ...usual, heal, name: "providers-down", title: "The model provider and its back-up are down" },
  once: "new work is accepted again after five minutes of calm",
  fires: [{ alert: "BreakerTripped" }],
  mayFire: [
    "DashboardApiAvailabilityPageQuick",
    "DashboardApiAvailabilityPageSlow",
    "DashboardApiHttpErrors",
  ],
  byItself:
    "pauses the runs that need a model, goes read-only, asks again, and goes on; takes new work after five minutes of calm",
  healthyAgain: "when new work is accepted again",
  async inject(field) {
    await field.provider("anthropic", { down: true });
    await field.provider("openai", { down: true });
    await field.start("drill-model", { runs: 8 });
  },
  async isHealthy(field) {
    await tryProvider(field);
    return (await isClosed(field, "model-provider")) && isAccepting(field);
  },
};

/** What model providers do wrong. */
export const providerFaults: readonly Fault[] = [
  mainProvider("provider-down", { title: "The model provider is down", script: { down: true } }),
  mainProvider("provider-slow", {
    title: "The model provider is slower than calls may take",
    script: { latencyMs: { from: 5_000, to: 6_000 } },
  }),
  mainProvider("provider-malformed", {
    title: "The model provider's answers are malformed",
    script: { malformed: 1 },
  }),
  rateLimited,
  allDown,
];
