import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rootFolder } from "../../tests/structure/source-files.ts";
import { wallClock } from "../clock.ts";
import type { Assignment } from "../domain/agent.ts";
import type { DomainEvent } from "../domain/event.ts";
import { type Run, runRequest } from "../domain/run.ts";
import { runAcceptance } from "../engine/accept-runs.ts";
import { admitOnce } from "../engine/admission.ts";
import { type Engine, startEngine } from "../engine/engine.ts";
import { type OrchestratorProcess, startProcess } from "../engine/process-of-test.ts";
import { scriptedWorker } from "../engine/scripted-worker.ts";
import { orderRuns } from "../scheduler/order-runs.ts";
import type { Store } from "../store/database.ts";
import { storeFlag } from "../store/flags.ts";
import { newRunId } from "../store/run-id.ts";
import { findRun, insertRuns } from "../store/runs.ts";
import { storeSteps, temporaryStore } from "../store/temporary-store.ts";
import { decideByFlags } from "./decide-by-flags.ts";

const flag = "agent-instructions";
const caller = { subject: "ann", project: "shop", source: "api", requestId: "r" } as const;
const canary = { [flag]: { variant: "canary", value: "open-questions" } };
const stable = { [flag]: { variant: "stable", value: "plain" } };

let store: Store;
beforeAll(async () => {
  store = await temporaryStore();
  await storeSteps(store, "one", { a: { input: { script: {} } } });
  await storeSteps(store, "two", {
    a: { input: { script: {} } },
    b: { needs: ["a"], input: { script: {} } },
  });
});
afterAll(() => store.close());

/** Sets the flag to what was generated for a step of it. */
async function setTo(step: string): Promise<void> {
  const path = join(rootFolder, `generated/flags/weathervane/${flag}/${step}.json`);
  await define(JSON.parse(await readFile(path, "utf8")).flags[flag]);
}
const define = (definition: Record<string, unknown>) =>
  storeFlag(store.pool, { name: flag, definition, by: "op" });

async function until(id: string): Promise<Run> {
  for (;;) {
    const run = await findRun(store.pool, id);
    if (run?.finishedAt !== undefined) return run;
    await delay(10);
  }
}

describe("what a flag decides of a run (WV-19)", () => {
  let engine: Engine;
  const assigned: Assignment[] = [];
  const observed: DomainEvent[] = [];
  const errors: Error[] = [];
  let gate = Promise.resolve();
  beforeAll(async () => {
    const work = scriptedWorker({ clock: wallClock });
    engine = await startEngine(store, {
      worker: async (assignment, signal) => {
        assigned.push(assignment);
        await gate;
        return work(assignment, signal);
      },
      ...{ order: orderRuns, clock: wallClock, limit: () => 10, queueLimit: 100 },
      observe: (event) => observed.push(event),
      onError: (error) => errors.push(error),
    });
  });
  afterAll(() => engine.drain(1_000));

  async function accept(workflow: string): Promise<string> {
    const accepted = await engine.accept(runRequest.parse({ workflow }), caller);
    if (!("run" in accepted)) throw new Error(accepted.kind);
    return accepted.run.id;
  }

  test("without the flag nothing is decided; with it, what the generated definition says, told to agents and in events", async () => {
    const before = await until(await accept("one"));
    expect(before).not.toHaveProperty("flags");
    expect(assigned.at(-1)).not.toHaveProperty("flags");
    await setTo("100-percent");
    const { id, flags } = await until(await accept("one"));
    expect(flags).toEqual(canary);
    expect(assigned.at(-1)).toMatchObject({ runId: id, flags: canary });
    const told = observed.filter((event) => "runId" in event && event.runId === id && "flags" in event);
    expect(told).toMatchObject([
      { type: "run.started", flags: canary },
      { type: "run.finished", flags: canary },
    ]);
  });

  test("a run that started on the canary stays there, whatever becomes of the flag", async () => {
    await setTo("100-percent");
    let letGo = () => {};
    gate = new Promise((done) => {
      letGo = done;
    });
    const id = await accept("two");
    await expect.poll(() => assigned.at(-1)?.runId).toBe(id);
    await setTo("stable");
    letGo();
    const { flags } = await until(id);
    expect(flags).toEqual(canary);
    expect(assigned.filter(({ runId }) => runId === id).map(({ stepId, flags }) => [stepId, flags])).toEqual([
      ["a", canary],
      ["b", canary],
    ]);
    expect((await until(await accept("one"))).flags).toEqual(stable);
  });

  test("from whichever step it is taken back, the next run that is decided is on the stable side (WV-19)", async () => {
    const steps = await readdir(join(rootFolder, `generated/flags/weathervane/${flag}`));
    expect(steps).toHaveLength(5);
    for (const step of steps.map((file) => file.replace(".json", ""))) {
      await setTo("100-percent");
      expect((await until(await accept("one"))).flags).toEqual(canary);
      await setTo(step);
      await setTo("stable");
      expect((await until(await accept("one"))).flags, step).toEqual(stable);
    }
  });

  test.each<[string, Record<string, unknown>]>([
    ["is disabled", { state: "DISABLED", variants: { on: "plain" }, defaultVariant: "on" }],
    ["is of another type", { state: "ENABLED", variants: { on: true }, defaultVariant: "on" }],
    ["has a targeting that there is not", { ...defined("plain"), targeting: { no: ["such"] } }],
    ["is nothing", {}],
    ["is broken", { state: "ENABLED", variants: null, defaultVariant: 7, targeting: "x" }],
  ])("a flag that %s keeps no run from starting", async (_what, definition) => {
    await define(definition);
    const run = await until(await accept("one"));
    expect(run.state).toBe("succeeded");
    expect(run.flags ?? {}).toEqual({});
    expect(errors).toEqual([]);
  });
});

function defined(value: string) {
  return { state: "ENABLED", variants: { stable: value }, defaultVariant: "stable" };
}

describe("starting runs and changing the flag", () => {
  const admission = (enqueue: (ids: readonly string[]) => Promise<void>) => ({
    ...{ flags: decideByFlags("test"), order: orderRuns, limit: () => 100, enqueue },
    ...{ observe: () => undefined, onError: () => undefined },
  });
  const queue = async () => {
    const id = newRunId();
    const workflow = { workflow: "one", workflowProject: "shop", workflowVersion: 1 };
    const rest = {
      priority: "normal",
      source: "api",
      input: {},
      labels: {},
      after: [],
      dryRun: false,
    } as const;
    await insertRuns(store.pool, [{ id, project: "shop", requestedBy: "ann", ...workflow, ...rest }]);
    return id;
  };

  test("the change is answered when no run can start by the old definition any more", async () => {
    await setTo("100-percent");
    const id = await queue();
    let letGo = () => {};
    const held = new Promise<void>((done) => {
      letGo = done;
    });
    let began = () => {};
    const reached = new Promise<void>((done) => {
      began = done;
    });
    const round = admitOnce(
      store,
      admission(() => {
        began();
        return held;
      }),
    );
    await reached;
    const order: string[] = [];
    const change = setTo("stable").then(() => order.push("changed"));
    const waiting = async () =>
      (await store.pool.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")).rowCount;
    try {
      await expect.poll(waiting).toBe(1);
      order.push("let go");
    } finally {
      letGo();
      await Promise.all([round, change]);
    }
    expect(order).toEqual(["let go", "changed"]);
    expect((await findRun(store.pool, id))?.flags).toEqual(canary);
  });

  test("a run that has to start again keeps what was decided", async () => {
    await setTo("100-percent");
    const id = await queue();
    const start = () =>
      admitOnce(
        store,
        admission(async () => undefined),
      );
    await start();
    await setTo("stable");
    await store.pool.query("UPDATE runs SET state = 'queued' WHERE id = $1", [id]);
    await start();
    expect(await findRun(store.pool, id)).toMatchObject({ state: "running", flags: canary });
  });
  afterAll(() =>
    store.pool.query("UPDATE runs SET state = 'cancelled' WHERE state IN ('queued', 'running')"),
  );
});

describe("two processes under load", () => {
  const processes: OrchestratorProcess[] = [];
  afterAll(async () => {
    for (const one of processes) one.kill("SIGKILL");
    await Promise.all(processes.map(({ exited }) => exited));
  });

  test("after the rollback no run starts on the canary, and those that had started end there (WV-19)", async () => {
    await setTo("50-percent");
    for (let i = 0; i < 2; i++)
      processes.push(startProcess({ DATABASE_URL: store.url, ORCHESTRATOR_RUNS: "10" }));
    await Promise.all(processes.map(({ ready }) => ready));
    const load = keepBusy(store);
    try {
      const startedOn = async (variant: string, since: unknown = "-infinity") => {
        const { rows } = await store.pool.query<{ count: number }>(
          `SELECT count(*) FROM runs WHERE labels ? 'load' AND started_at > $3 AND flags -> $1 ->> 'variant' = $2`,
          [flag, variant, since],
        );
        return Number(rows[0]?.count);
      };
      const patience = { timeout: 60_000, interval: 20 };
      await expect.poll(() => startedOn("canary"), patience).toBeGreaterThan(15);
      expect(await startedOn("stable")).toBeGreaterThan(5);
      await setTo("stable");
      const changedAt = (await store.pool.query("SELECT clock_timestamp()::text AS at")).rows[0].at;
      await expect.poll(() => startedOn("stable", changedAt), patience).toBeGreaterThan(30);
      expect(await startedOn("canary", changedAt)).toBe(0);
    } finally {
      await load.stop();
    }
    const { rows } = await store.pool.query(
      `SELECT count(DISTINCT executor_id) AS processes,
         count(*) FILTER (WHERE flags -> $1 ->> 'variant' = 'canary' AND state = 'succeeded') AS canaries
       FROM runs JOIN dbos.workflow_status ON workflow_uuid = runs.id::text WHERE labels ? 'load'`,
      [flag],
    );
    expect(Number(rows[0].processes)).toBe(2);
    expect(Number(rows[0].canaries)).toBeGreaterThan(10);
  });
});

/** Keeps runs waiting, so that some start all the time. */
function keepBusy(store: Store): { stop(): Promise<void> } {
  const accept = runAcceptance(store, {
    ...{ queueLimit: 1_000, closed: () => undefined, observe: () => undefined },
    onQueued: () => undefined,
  });
  let stopped = false;
  const feed = async () => {
    while (!stopped) {
      const { rows } = await store.pool.query("SELECT count(*) AS n FROM runs WHERE state = 'queued'");
      const missing = 40 - Number(rows[0].n);
      const one = () => accept(runRequest.parse({ workflow: "one", labels: { load: "yes" } }), caller);
      if (missing > 0) await Promise.all(Array.from({ length: missing }, one));
      await delay(20);
    }
  };
  const feeding = feed();
  return {
    async stop() {
      stopped = true;
      await feeding;
    },
  };
}
