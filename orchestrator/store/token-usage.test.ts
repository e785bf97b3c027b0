import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Clock } from "../clock.ts";
import { Postponed } from "../domain/agent.ts";
import { recoverExecutor } from "../engine/recovery.ts";
import type { ModelAnswer, ModelCaller } from "../providers/model.ts";
import { TokensSpent, withinBudget } from "../providers/token-budget.ts";
import type { Store } from "./database.ts";
import { temporaryStore } from "./temporary-store.ts";
import { tokenLedger, tokensOfHour } from "./token-usage.ts";

let store: Store;
beforeAll(async () => {
  store = await temporaryStore();
});
beforeEach(() => store.pool.query("TRUNCATE token_usage"));
afterAll(() => store.close());

// A clock that stands still until someone sleeps.
function steppedClock(): Clock & { slept: number[] } {
  let now = Date.parse("2026-03-01T08:00:00Z");
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    async sleep(ms) {
      slept.push(ms);
      now += ms;
    },
  };
}

const executorId = "here";
const limits = { perRun: 10_000, perHour: 100_000 };
const prompt = { system: "", prompt: "x".repeat(350), maxOutputTokens: 900 };
const answered = async (): Promise<ModelAnswer> => ({
  ...{ text: "", inputTokens: 100, outputTokens: 900, costUsd: 0, provider: "openai", model: "small" },
});
const caller = (runId = randomUUID()): ModelCaller => ({ runId, signal: new AbortController().signal });

describe("token budgets (WV-14)", () => {
  test("a run may use 10,000 tokens to the last, and is stopped before it uses more", async () => {
    const clock = steppedClock();
    const call = withinBudget(answered, { ledger: tokenLedger(store, { executorId, clock }), clock, limits });
    const run = caller();
    for (let i = 0; i < 10; i++) await call(prompt, run);
    await expect(call(prompt, run)).rejects.toThrow(TokensSpent);
    expect(await tokensOfHour(store.pool, clock.now())).toBe(10_000);
    expect(await call(prompt, caller())).toMatchObject({ outputTokens: 900 });
  });

  test("100,000 tokens may be used in any hour: the next call is postponed until enough of them are an hour old", async () => {
    const clock = steppedClock();
    const ledger = tokenLedger(store, { executorId, clock });
    const call = withinBudget(answered, { ledger, clock, limits });
    for (let i = 0; i < 100; i++) {
      await call(prompt, caller());
      await clock.sleep(1_000);
    }
    clock.slept.length = 0;
    const postponed = await call(prompt, caller()).catch((thrown: unknown) => thrown);
    if (!(postponed instanceof Postponed)) throw new Error("it was not postponed");
    await postponed.until(new AbortController().signal);
    await call(prompt, caller());
    expect(clock.slept).toEqual([3_600_000 - 100_000]);
    expect(await tokensOfHour(store.pool, clock.now())).toBe(100_000);
  });

  test("a call that failed gives back what was set aside for it", async () => {
    const clock = steppedClock();
    const failing = withinBudget(() => Promise.reject(new Error("down")), {
      ...{ ledger: tokenLedger(store, { executorId, clock }), clock, limits },
    });
    await expect(failing(prompt, caller())).rejects.toThrow("down");
    expect(await tokensOfHour(store.pool, clock.now())).toBe(0);
  });

  test("what a killed process had set aside is given back when others take its runs over", async () => {
    const clock = steppedClock();
    const gone = tokenLedger(store, { executorId: "gone", clock });
    const runId = randomUUID();
    const settled = await gone.reserve({ runId, tokens: 500, ...limits });
    await gone.settle(settled.kind === "reserved" ? settled.entry : "", 400);
    await gone.reserve({ runId, tokens: 9_000, ...limits });
    await recoverExecutor(store.pool, "gone");
    expect(await tokensOfHour(store.pool, clock.now())).toBe(400);
    const call = withinBudget(answered, { ledger: tokenLedger(store, { executorId, clock }), clock, limits });
    for (let i = 0; i < 9; i++) await call(prompt, caller(runId));
    expect(await tokensOfHour(store.pool, clock.now())).toBe(9_400);
  });

  test("while the database is away a call waits: tokens are set aside once, and a paid answer is not lost", async () => {
    const clock = steppedClock();
    const failures = ["reserve", "settle"];
    const away = () => Promise.reject(Object.assign(new Error("gone"), { code: "57P01" }));
    const shaky: Pick<Store, "pool" | "transaction"> = {
      // The first time it is done, and only the answer is lost.
      transaction: async (work) => {
        const result = await store.transaction(work);
        return failures.shift() === "reserve" ? away() : result;
      },
      pool: Object.assign(Object.create(store.pool), {
        query: (text: string, values: unknown[]) =>
          failures.shift() === "settle" ? away() : store.pool.query(text, values),
      }),
    };
    let calls = 0;
    const call = withinBudget(
      async () => {
        calls += 1;
        // Nothing is lost now but the answer to the first try.
        failures.splice(0, failures.length, "settle");
        return answered();
      },
      { ledger: tokenLedger(shaky, { executorId, clock }), clock, limits: { ...limits, perRun: 1_500 } },
    );
    expect(await call(prompt, caller())).toMatchObject({ outputTokens: 900 });
    expect({ calls, used: await tokensOfHour(store.pool, clock.now()) }).toEqual({ calls: 1, used: 1_000 });
    const { rows } = await store.pool.query("SELECT 1 FROM token_usage WHERE executor IS NOT NULL");
    expect(rows).toEqual([]);
  });

  test("calls at the same time never pass the limit together", async () => {
    const clock = steppedClock();
    const ledger = tokenLedger(store, { executorId, clock });
    const runId = randomUUID();
    const kinds = await Promise.all(
      Array.from({ length: 30 }, async () => (await ledger.reserve({ runId, tokens: 900, ...limits })).kind),
    );
    expect(kinds.filter((kind) => kind === "reserved")).toHaveLength(11);
    expect(kinds.filter((kind) => kind === "run-spent")).toHaveLength(19);
  });
});
