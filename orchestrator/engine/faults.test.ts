import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { howMany } from "../../tests/how-many.ts";
import { runRequest } from "../domain/run.ts";
import { pipelineWorkflow } from "../pipeline/definition.ts";
import { openStore, type Store } from "../store/database.ts";
import { type EmbeddedServer, startEmbedded } from "../store/embedded.ts";
import { storeSteps } from "../store/temporary-store.ts";
import { builtIn, storeWorkflow } from "../store/workflows.ts";
import { runAcceptance } from "./accept-runs.ts";
import { type OrchestratorProcess, startProcess } from "./process-of-test.ts";

let folder: string;
let server: EmbeddedServer;
let store: Store;
const processes = new Set<OrchestratorProcess>();

/** A pipeline whose verification fails once and whose stages take long enough to be interrupted. */
const script = {
  ...Object.fromEntries(["spec", "implement", "review"].map((stage) => [stage, { latencyMs: 150 }])),
  "gate-1-detector": { latencyMs: 100 },
  "gate-3-reviewer-2": { latencyMs: 200 },
  "gate-5-reviewer-5": { latencyMs: 150 },
  verify: { latencyMs: 100, outputs: [{ outcome: "failed" }], tokens: 3 },
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-faults-"));
  server = await startEmbedded({ folder });
  store = await openStore(server.url);
  const work = (latencyMs: number, more: object = {}) => ({ script: { latencyMs, ...more } });
  await storeWorkflow(store.pool, {
    ...{ project: builtIn, definition: pipelineWorkflow("full"), createdBy: "test" },
  });
  await storeSteps(store, "two", {
    a: { input: work(100) },
    b: { needs: ["a"], input: work(300, { output: "b" }) },
  });
  await storeSteps(store, "fan", {
    a: { input: work(10) },
    b: { needs: ["a"], input: work(300) },
    c: { needs: ["a"], input: work(20, { failures: 1 }) },
    d: { needs: ["b", "c"], input: work(5) },
  });
  await storeSteps(store, "bad", {
    a: { input: work(20) },
    b: { needs: ["a"], input: work(20, { failures: 9 }), attempts: 2 },
  });
});
afterEach(async () => {
  for (const one of processes) one.kill("SIGKILL");
  await Promise.all([...processes].map(({ exited }) => exited));
  processes.clear();
});
afterAll(async () => {
  await store.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

function startOne(more: Record<string, string> = {}): OrchestratorProcess {
  const started = startProcess({ DATABASE_URL: server.url, ORCHESTRATOR_RUNS: "20", ...more });
  processes.add(started);
  return started;
}

/** What becomes of a run of each workflow, however often processes are lost. */
const expected: Record<string, { state: string; steps: Record<string, string> }> = {
  two: { state: "succeeded", steps: { a: "succeeded 1", b: "succeeded 1" } },
  fan: {
    state: "succeeded",
    steps: { a: "succeeded 1", b: "succeeded 1", c: "succeeded 2", d: "succeeded 1" },
  },
  bad: { state: "failed", steps: { a: "succeeded 1", b: "failed 2" } },
};
const names = Object.keys(expected);

async function acceptRuns(count: number, prefix: string, workflows = names): Promise<string[]> {
  const accept = runAcceptance(store, {
    queueLimit: 100_000,
    closed: () => undefined,
    observe: () => undefined,
    onQueued: () => undefined,
  });
  const caller = { subject: "ann", project: "shop", source: "api", requestId: "r" } as const;
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const workflow = workflows[index % workflows.length];
      const idempotencyKey = `${prefix}-${index}`;
      const request = runRequest.parse({ workflow, input: { script }, idempotencyKey });
      const answer = await accept(request, caller);
      return "run" in answer ? answer.run.id : expect.fail(answer.kind);
    }),
  );
}

async function untilEnded(ids: readonly string[]): Promise<void> {
  for (;;) {
    const { rows } = await store.pool.query(
      "SELECT count(*) AS open FROM runs WHERE id = ANY($1::uuid[]) AND state NOT IN ('succeeded', 'failed', 'cancelled')",
      [ids],
    );
    if (rows[0].open === 0) return;
    await delay(50);
  }
}

async function untilAtWork(one: OrchestratorProcess | undefined): Promise<void> {
  for (;;) {
    if (await isAtWork(one)) return;
    await delay(20);
  }
}

/** Whether a process works now; looks for half a second. */
async function isAtWork(one: OrchestratorProcess | undefined): Promise<boolean> {
  for (let look = 0; look < 10; look++) {
    const { rows } = await store.pool.query(
      "SELECT 1 FROM work_log WHERE process = $1 AND at > now() - interval '0.2 s' LIMIT 1",
      [one?.pid],
    );
    if (rows.length > 0) return true;
    await delay(50);
  }
  return false;
}

/** Keeps all work from being done until the gift is called; resolves when the process has begun some that is not done. */
async function keepFromEnding(one: OrchestratorProcess | undefined): Promise<() => Promise<void>> {
  await store.pool.query(`CREATE FUNCTION refuse_work() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'held by a test' USING ERRCODE = 'cannot_connect_now'; END $$`);
  await store.pool.query(`CREATE TRIGGER held_work BEFORE INSERT ON work_log FOR EACH ROW
    WHEN (new.phase = 'done') EXECUTE FUNCTION refuse_work()`);
  const begun = () =>
    store.pool.query(
      `SELECT 1 FROM work_log AS began JOIN runs ON runs.id = split_part(key, '/', 1)::uuid WHERE process = $1 AND runs.state = 'running'
         AND NOT EXISTS (SELECT FROM steps WHERE run_id = runs.id AND step_id = split_part(key, '/', 2) AND finished_at IS NOT NULL)
         AND NOT EXISTS (SELECT FROM work_log AS done WHERE done.key = began.key AND done.phase = 'done') LIMIT 1`,
      [one?.pid],
    );
  await expect.poll(async () => (await begun()).rows).toHaveLength(1);
  return async () => {
    await store.pool.query("DROP FUNCTION refuse_work CASCADE");
  };
}

/** Every run ended as its workflow says, with every step where it should be. */
async function expectRightOutcomes(ids: readonly string[]): Promise<void> {
  const { rows } = await store.pool.query(
    `SELECT workflow, state, (SELECT jsonb_object_agg(step_id, s.state || ' ' || s.attempt) FROM steps s WHERE s.run_id = runs.id) AS steps,
       (SELECT count(*) FROM events WHERE events.run_id = runs.id AND type = 'run.finished') AS finished
     FROM runs WHERE id = ANY($1::uuid[])`,
    [ids],
  );
  expect(rows).toHaveLength(ids.length);
  for (const { workflow, state, steps, finished } of rows)
    expect({ workflow, state, steps, finished }).toEqual({ workflow, ...expected[workflow], finished: 1 });
}

/** Steps whose work began again after their outcome had been stored; and work that was begun more than once. */
async function workDoneAgain(
  ids: readonly string[],
): Promise<{ afterTheEnd: number; moreThanOnce: number; begun: number }> {
  const { rows } = await store.pool.query(
    `WITH began AS (SELECT key, at, split_part(key, '/', 1)::uuid AS run_id, split_part(key, '/', 2) AS step_id
       FROM work_log WHERE phase = 'began' AND split_part(key, '/', 1) = ANY($1))
     SELECT (SELECT count(*) FROM began JOIN steps USING (run_id, step_id) WHERE began.at > steps.finished_at)::int AS "afterTheEnd",
       (SELECT count(*) FROM (SELECT key FROM began GROUP BY key HAVING count(*) > 1) AS again)::int AS "moreThanOnce",
       (SELECT count(*) FROM began)::int AS begun`,
    [ids],
  );
  return rows[0];
}

test("killed at any moment under load, no accepted run is lost and no finished step is done again", async () => {
  const kills = howMany(5, 50);
  const moments = fc.sample(fc.record({ after: fc.nat(500), victim: fc.nat(2) }), {
    seed: 5,
    numRuns: kills,
  });
  const group = [startOne(), startOne(), startOne()];
  await Promise.all(group.map(({ ready }) => ready));
  const ids: string[] = [];
  for (const [kill, { after, victim }] of moments.entries()) {
    for (let more = 0; !(await isAtWork(group[victim])); more++)
      ids.push(...(await acceptRuns(15, `kill-${kill}-${more}`)));
    // At least one is killed between the beginning and the end of its work: otherwise nothing need be interrupted, and nothing is shown.
    const letGo = kill === 0 ? await keepFromEnding(group[victim]) : undefined;
    await delay(after);
    group[victim]?.kill("SIGKILL");
    expect(await group[victim]?.exited).toBe("SIGKILL");
    await letGo?.();
    group[victim] = startOne();
  }
  await untilEnded(ids);
  await expectRightOutcomes(ids);
  const { afterTheEnd, moreThanOnce, begun } = await workDoneAgain(ids);
  expect(afterTheEnd).toBe(0);
  expect(begun).toBeGreaterThanOrEqual(ids.length * 2);
  expect(moreThanOnce).toBeGreaterThan(0);
});

test("a pipeline whose process is killed at any moment goes on: no finished command is done again, every turn is told once, no place leaks", async () => {
  const kills = howMany(4, 20);
  const [moments = []] = fc.sample(fc.array(fc.nat(400), { minLength: kills, maxLength: kills }), {
    ...{ seed: 7, numRuns: 1 },
  });
  let current = startOne();
  await current.ready;
  const ids = await acceptRuns(6, "pipeline", ["pipeline"]);
  for (const after of moments) {
    await untilAtWork(current);
    await delay(after);
    current.kill("SIGKILL");
    expect(await current.exited).toBe("SIGKILL");
    current = startOne();
    await current.ready;
    ids.push(...(await acceptRuns(2, `pipeline-${ids.length}`, ["pipeline"])));
  }
  await untilEnded(ids);
  const { rows } = await store.pool.query(
    `SELECT state, tokens, (SELECT count(*)::int FROM events e WHERE e.run_id = runs.id AND e.type = 'run.finished') AS finished,
       (SELECT jsonb_agg(body->>'stage' ORDER BY e.id) FROM events e WHERE e.run_id = runs.id AND e.type = 'stage.entered') AS stages,
       (SELECT count(*)::int FROM events e WHERE e.run_id = runs.id AND e.type = 'gate.decided') AS gates
     FROM runs WHERE id = ANY($1::uuid[])`,
    [ids],
  );
  const entered = [
    "spec",
    "plan",
    "think",
    "implement",
    "verify",
    "implement",
    "verify",
    "review",
    "pr",
    "monitor",
  ];
  for (const row of rows)
    expect(row).toEqual({ state: "succeeded", tokens: 6, finished: 1, stages: entered, gates: 6 });
  expect(rows).toHaveLength(ids.length);
  // A command is finished when its checkpoint says so: its work never began after that.
  const again = await store.pool.query(
    `SELECT log.key FROM work_log log JOIN dbos.operation_outputs done
       ON log.key = done.workflow_uuid || '/' || done.function_name AND log.phase = 'began'
     WHERE done.workflow_uuid = ANY($1) AND log.at > to_timestamp(done.completed_at_epoch_ms / 1000.0)`,
    [ids],
  );
  expect(again.rows).toEqual([]);
  const held = () =>
    store.pool.query("SELECT id, load FROM agents WHERE load > 0 UNION ALL SELECT key, 1 FROM placements");
  await expect.poll(async () => (await held()).rows).toEqual([]);
  // A process that held no run when it was killed is found out in its own time.
  const left = () => store.pool.query("SELECT count(DISTINCT executor)::int AS processes FROM agents");
  await expect.poll(async () => (await left()).rows).toEqual([{ processes: 1 }]);
});

test.each([
  { drain: "20", moreThanOnce: 0, title: "lets the steps under way end, so that nothing is done twice" },
  { drain: "0", moreThanOnce: expect.any(Number), title: "leaves to others what does not end in time" },
])("SIGTERM $title", async ({ drain, moreThanOnce }) => {
  const [leaving, staying] = [startOne({ ORCHESTRATOR_DRAIN_SECONDS: drain }), startOne()];
  await Promise.all([leaving.ready, staying.ready]);
  const ids = await acceptRuns(60, `drain-${drain}`);
  await untilAtWork(leaving);
  leaving.kill("SIGTERM");
  expect(await leaving.exited, leaving.lines.at(-1)).toBe(0);
  const { rows } = await store.pool.query("SELECT count(*) AS executors FROM executors");
  expect(rows[0].executors).toBe(1);
  await untilEnded(ids);
  await expectRightOutcomes(ids);
  expect(await workDoneAgain(ids)).toMatchObject({ afterTheEnd: 0, moreThanOnce });
});

test("PostgreSQL stopped and started under load costs time, and nothing else", async () => {
  const [one, two] = [startOne(), startOne()];
  await Promise.all([one.ready, two.ready]);
  const ids = await acceptRuns(60, "outage");
  await untilAtWork(two);
  const port = Number(new URL(server.url).port);
  await server.stop();
  await delay(1_500);
  server = await startEmbedded({ folder, port });
  await untilEnded(ids);
  await expectRightOutcomes(ids);
  expect((await workDoneAgain(ids)).afterTheEnd).toBe(0);
  // A run that is accepted now is executed by the same processes.
  await untilEnded(await acceptRuns(3, "afterwards"));
});
