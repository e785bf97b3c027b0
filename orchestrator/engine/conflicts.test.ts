import { expect, onTestFinished, test, vi } from "vitest";
import type { DomainEvent } from "../domain/event.ts";
import { listApprovals } from "../store/approvals.ts";
import { storeSteps } from "../store/temporary-store.ts";
import { engineOfTests } from "./engine-of-test.ts";

const residents = ["ann", "bob", "cid"].map((name) => ({
  type: "scripted",
  capabilities: name === "cid" ? ["proof"] : [],
  capacity: 5,
}));
const tried = engineOfTests({ agents: { residents } });

const resolved = () =>
  tried.observed.flatMap((event: DomainEvent) =>
    event.type === "conflict.resolved" ? `${event.strategy} ${event.outcome}` : [],
  );
const during = async (what: () => Promise<unknown>) => {
  const before = resolved().length;
  await what();
  return resolved().slice(before);
};
const claims = (...parts: string[]) => [{ resource: "branch", alone: true, parts }];
/** 8 s of the wall: others are accepted meanwhile, also on a busy machine. */
const long = { a: { latencyMs: 400_000 } };
const timeoutSeconds = 3_600;
const patient = { timeout: 60_000 };

test("NX-5: of runs that want the same resource alone one has it at a time: the holder first, then the more urgent", async () => {
  await storeSteps(tried.store, "merge", { a: { claims: claims(), timeoutSeconds } });
  const happened = await during(async () => {
    const holder = await tried.accept("merge", { input: { script: long } });
    await expect.poll(() => tried.worked, patient).toEqual([`${holder.id}/a/1`]);
    const low = await tried.accept("merge", { priority: "low" });
    const urgent = await tried.accept("merge", { priority: "urgent" });
    await tried.until(low.id);
    expect(tried.worked).toEqual([holder, urgent, low].map(({ id }) => `${id}/a/1`));
  });
  expect(happened).toEqual(["priority resolved"]);
  const { rows } = await tried.store.pool.query("SELECT body FROM events WHERE type = 'conflict.resolved'");
  expect(rows).toHaveLength(1);
  await expect
    .poll(async () => (await tried.store.pool.query("SELECT 1 FROM claims")).rowCount, patient)
    .toBe(0);
});

test("NX-5: runs that need different parts of a resource have it side by side; what a cancelled run has is free again", async () => {
  await storeSteps(tried.store, "left", { a: { claims: claims("src/a.ts"), timeoutSeconds } });
  await storeSteps(tried.store, "right", { a: { claims: claims("src/b.ts"), timeoutSeconds } });
  const script = { a: { latencyMs: 3_000_000 } };
  const [left, right] = await Promise.all(
    ["left", "right"].map((name) => tried.accept(name, { input: { script } })),
  );
  await expect.poll(() => tried.worked, patient).toHaveLength(2);
  await tried.engine.cancel(left?.id ?? "");
  await tried.engine.cancel(right?.id ?? "");
  const whole = await tried.until((await tried.accept("merge")).id);
  expect(whole.state).toBe("succeeded");
});

const ask = async (name: string, answers: unknown[]) =>
  tried.accept(name, { input: { script: { a: { answers } } } });

test("NX-5: where the answers to a step differ, what most say holds; equal ones are no conflict", async () => {
  await storeSteps(tried.store, "vote", { a: { answers: 3 } });
  const happened = await during(async () => {
    const same = await tried.until((await ask("vote", ["x"])).id);
    expect(same.steps[0]).toMatchObject({ state: "succeeded", output: "x" });
    const most = await tried.until((await ask("vote", ["x", "y", "y"])).id);
    expect(most.steps[0]?.output).toBe("y");
  });
  expect(happened).toEqual(["consensus resolved"]);
  expect(tried.worked.map((key) => key.split("/").slice(1).join("/")).sort()).toEqual(
    ["a/1/1", "a/1/1", "a/1/2", "a/1/2", "a/1/3", "a/1/3"].sort(),
  );
});

test("a database that is away for a moment when answers are compared costs no attempt", async () => {
  await storeSteps(tried.store, "patient", { a: { answers: 3, attempts: 1 } });
  const { pool } = tried.store;
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown;
  let failed = 0;
  const spied = vi.spyOn(pool, "query").mockImplementation((...args: unknown[]) => {
    const isAsked = String(args[0]).startsWith("SELECT id, capabilities FROM agents WHERE id = ANY");
    if (!isAsked || failed++ > 0) return query(...args);
    return Promise.reject(Object.assign(new Error("away"), { code: "57P01" }));
  });
  onTestFinished(() => spied.mockRestore());
  const run = await tried.until((await ask("patient", ["x", "y", "y"])).id);
  expect(run).toMatchObject({ state: "succeeded", steps: [{ output: "y" }] });
  expect(failed).toBe(2);
});

test("NX-5: the answer of the agent that can do what is preferred holds; answers about different parts hold together", async () => {
  await storeSteps(tried.store, "proof", { a: { answers: 3, prefers: ["proof"] } });
  const happened = await during(async () => {
    const one = await tried.until((await ask("proof", ["x", "y", "z"])).id);
    const by = one.steps[0]?.agent;
    const { rows } = await tried.store.pool.query("SELECT id FROM agents WHERE 'proof' = ANY(capabilities)");
    expect(by).toBe(rows[0].id);
    const parts = [1, 2, 3].map((n) => ({ parts: [`src/${n}.ts`] }));
    const all = await tried.until((await ask("vote", parts)).id);
    expect(all.steps[0]?.output).toHaveLength(3);
  });
  expect(happened).toEqual(["capability resolved", "resource-sharing resolved"]);
});

test("NX-5: what no strategy decides is put before a person, answer by answer; without a choice the step fails", async () => {
  const decide = async (runId: string, decision: "approved" | "rejected") => {
    const find = async () => {
      const { items } = await listApprovals(tried.store.pool, { project: "shop", pending: true, limit: 10 });
      return items.find((one) => one.runId === runId);
    };
    await expect.poll(find, patient).toBeDefined();
    await tried.engine.decide({ id: (await find())?.id ?? "", decision, by: "bob" });
  };
  await storeSteps(tried.store, "two-answers", { a: { answers: 2 } });
  const happened = await during(async () => {
    const one = await ask("two-answers", ["x", "y"]);
    await decide(one.id, "rejected");
    await decide(one.id, "approved");
    const chosen = await tried.until(one.id);
    expect(["x", "y"]).toContain(chosen.steps[0]?.output);
    const none = await ask("two-answers", ["x", "y"]);
    await decide(none.id, "rejected");
    await decide(none.id, "rejected");
    expect((await tried.until(none.id)).error).toBe("a: its agents' answers differ, and no person chose one");
  });
  expect(happened).toEqual([
    "consensus escalated",
    "escalation resolved",
    "consensus escalated",
    "escalation escalated",
  ]);
});
