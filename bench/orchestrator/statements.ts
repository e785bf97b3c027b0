// How long each kind of statement takes beside 100,000 stored runs: p95 in milliseconds of the slowest. Prints JSON.

import { runRequest } from "../../orchestrator/domain/run.ts";
import { step as workflowStep } from "../../orchestrator/domain/workflow.ts";
import { runAcceptance } from "../../orchestrator/engine/accept-runs.ts";
import { admitOnce } from "../../orchestrator/engine/admission.ts";
import { planReader } from "../../orchestrator/engine/plan.ts";
import { decideByFlags } from "../../orchestrator/flags/decide-by-flags.ts";
import { orderRuns } from "../../orchestrator/scheduler/order-runs.ts";
import { listApprovals } from "../../orchestrator/store/approvals.ts";
import { listAudit } from "../../orchestrator/store/audit.ts";
import { openStore } from "../../orchestrator/store/database.ts";
import { startEmbedded } from "../../orchestrator/store/embedded.ts";
import { lastEventId, listEvents } from "../../orchestrator/store/events.ts";
import { registerExecutor } from "../../orchestrator/store/executors.ts";
import { openJournal } from "../../orchestrator/store/journal.ts";
import { countActiveRuns, findRun, listRuns } from "../../orchestrator/store/runs.ts";
import { storeWorkflow } from "../../orchestrator/store/workflows.ts";

const stored = Number(process.env.BENCH_RUNS ?? 100_000);
const calls = 100;

const server = await startEmbedded();
const store = await openStore(server.url);
const { pool } = store;
const step = workflowStep.parse({ id: "a", agent: "any" });
await storeWorkflow(pool, {
  project: "shop",
  createdBy: "ann",
  definition: { name: "one", description: "", steps: [step] },
});
// Ten projects; one run in a thousand failed, 1,000 wait, ten run.
await pool.query(
  `INSERT INTO runs (id, project, workflow_project, workflow, workflow_version, state, priority, source, input, labels, dry_run,
     requested_by, accepted_at, started_at, finished_at)
   SELECT (lpad(to_hex(1700000000000 + n), 12, '0') || '7000' || '8000' || lpad(to_hex(n), 12, '0'))::uuid,
     CASE WHEN n % 10 = 0 THEN 'shop' ELSE 'p' || n % 10 END, 'shop', 'one', 1,
     CASE WHEN n > $1 - 10 THEN 'running' WHEN n > $1 - 1010 THEN 'queued' WHEN n % 1000 = 0 THEN 'failed' ELSE 'succeeded' END,
     (ARRAY['urgent', 'normal', 'low'])[1 + n % 3], 'api', '{"goal": "x"}', jsonb_build_object('team', 't' || n % 100), false,
     'ann', now(), now(), now()
   FROM generate_series(1, $1::int) AS n`,
  [stored],
);
await pool.query(
  "INSERT INTO steps (run_id, step_id, state, attempt, output) SELECT id, 'a', 'succeeded', 1, '{}' FROM runs",
);
await pool.query(
  `INSERT INTO events (at, type, run_id, project, body) SELECT now(), type, id, project, jsonb_build_object('type', type, 'runId', id)
   FROM runs, unnest(ARRAY['run.accepted', 'run.started', 'run.finished']) AS type`,
);
await pool.query(
  `INSERT INTO audit (actor, project, action, object, outcome, request_id, detail)
   SELECT 'ann', project, 'run.accept', 'run/' || id, 'done', 'r', '{}' FROM runs`,
);
await pool.query(
  `INSERT INTO approvals (id, run_id, step_id, project, role, requested_by, state, decided_by)
   SELECT id, id, 'a', project, 'lead', 'ann', 'approved', 'bob' FROM runs`,
);
await pool.query("ANALYZE");
const { rows: ids } = await pool.query<{ id: string }>("SELECT id FROM runs ORDER BY random() LIMIT 1000");
await registerExecutor(pool, "bench");
const ignore = () => undefined;
const journal = openJournal(store, {
  executorId: "bench",
  onShutOut: ignore,
  onFinished: ignore,
  onError: console.error,
});
const accept = runAcceptance(store, {
  queueLimit: 1_000_000,
  closed: ignore,
  observe: ignore,
  onQueued: ignore,
});
const caller = { subject: "ann", project: "shop", source: "api", requestId: "r" } as const;
const plan = planReader(store);
const last = await lastEventId(pool);
const id = (call: number) => ids[call % ids.length]?.id ?? "";

const flags = decideByFlags("bench");
const statements: Record<string, (call: number) => Promise<unknown>> = {
  "accept a run": (call) => accept(runRequest.parse({ workflow: "one", idempotencyKey: `k${call}` }), caller),
  "read a run": (call) => findRun(pool, id(call)),
  "read a plan": (call) => plan(id(call)),
  "list a project's runs": (call) => listRuns(pool, { project: "shop", limit: 50, cursor: id(call) }),
  "list its failed runs": () => listRuns(pool, { project: "shop", state: "failed", limit: 50 }),
  "list a workflow's runs": (call) =>
    listRuns(pool, { project: "shop", workflow: "one", limit: 50, cursor: id(call) }),
  "list runs of a label": () => listRuns(pool, { project: "shop", labels: { team: "t20" }, limit: 50 }),
  "count active runs": () => countActiveRuns(pool),
  "list events": () => listEvents(pool, { after: last - 5_000, limit: 100, project: "shop" }),
  "list a run's events": (call) => listEvents(pool, { after: 0, limit: 100, runId: id(call) }),
  "list the audit log": () => listAudit(pool, { project: "shop", limit: 50 }),
  "list approvals": () => listApprovals(pool, { project: "shop", limit: 50 }),
  "list pending approvals": () => listApprovals(pool, { project: "shop", pending: true, limit: 50 }),
  "write a batch of the journal": (call) =>
    journal.step({ runId: id(call), stepId: "b", state: "succeeded", attempt: 1, output: { call } }),
  "admit a run": async () => {
    const { rows } = await pool.query("SELECT count(*) AS running FROM runs WHERE state = 'running'");
    await admitOnce(store, {
      ...{ order: orderRuns, flags },
      limit: () => rows[0].running + 1,
      enqueue: async () => undefined,
      observe: ignore,
      onError: console.error,
    });
  },
};
const p95: Record<string, number> = {};
for (const [name, statement] of Object.entries(statements)) {
  const taken: number[] = [];
  for (let call = 0; call < calls; call++) {
    const started = performance.now();
    await statement(call);
    taken.push(performance.now() - started);
  }
  taken.sort((a, b) => a - b);
  p95[name] = Number((taken[Math.floor(calls * 0.95)] ?? 0).toFixed(1));
}
await journal.flush();
await store.close();
await server.stop();
console.log(JSON.stringify({ slowest: Math.max(...Object.values(p95)), p95 }));
