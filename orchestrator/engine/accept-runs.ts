import { createHash } from "node:crypto";
import type { DomainEvent } from "../domain/event.ts";
import type { Acceptance, Caller, Run, RunRequest } from "../domain/run.ts";
import { appendAudit } from "../store/audit.ts";
import { batched } from "../store/batch.ts";
import type { Database, Store } from "../store/database.ts";
import { insertEvents } from "../store/events.ts";
import { findIdempotencyKeys, type IdempotencyKey, insertIdempotencyKeys } from "../store/idempotency.ts";
import { newRunId } from "../store/run-id.ts";
import { countActiveRuns, findRun, insertRuns, type NewRun } from "../store/runs.ts";
import { insertAnswers } from "../store/steps.ts";
import { currentWorkflows, type StoredWorkflow } from "../store/workflows.ts";
import { type Answer, answerAtOnce } from "./echo.ts";
import { endedWithoutWork } from "./manage-runs.ts";

export interface AcceptOptions {
  /** Runs that may wait at once, at most; 1,000 for Nexus (NX-4). */
  queueLimit: number;
  /** Why no new runs are accepted now; nothing: they are. */
  closed: () => string | undefined;
  /** Told of what happened, for metrics and logs; the rows are written here. */
  observe: (event: DomainEvent) => void;
  /** Called when runs were queued. */
  onQueued: () => void;
}

interface Asked {
  request: RunRequest;
  caller: Caller;
}

/** Accepts runs: those that are asked for at the same time share a transaction that stores runs, idempotency keys, audit records and events. */
export function runAcceptance(store: Store, options: AcceptOptions) {
  const together = batched<Asked, Acceptance>((asked) => acceptTogether(store, asked, options), {
    limit: 200,
  });
  return async (request: RunRequest, caller: Caller): Promise<Acceptance> => {
    const because = options.closed();
    return because === undefined ? together({ request, caller }) : { kind: "closed", because };
  };
}

async function acceptTogether(store: Store, asked: Asked[], options: AcceptOptions): Promise<Acceptance[]> {
  for (let tries = 1; ; tries++) {
    try {
      const { acceptances, events } = await store.transaction((db) => decide(db, asked, options));
      events.forEach(options.observe);
      if (acceptances.some(({ kind }) => kind === "accepted")) options.onQueued();
      return await Promise.all(acceptances.map((acceptance) => completed(store, acceptance)));
    } catch (error) {
      // Another process took one of the keys between our look and our insertion: now it is found.
      if ((error as { code?: string }).code !== "23505" || tries > 3) throw error;
    }
  }
}

/** A decision; of a repeated request only the run's id is known yet. */
type Decided =
  | Exclude<Acceptance, { kind: "repeated" | "accepted" }>
  | { kind: "accepted"; run: Run }
  | { kind: "repeated"; id: string };

async function completed(store: Store, decided: Decided): Promise<Acceptance> {
  if (decided.kind !== "repeated") return decided;
  const run = await findRun(store.pool, decided.id);
  return run ? { kind: "repeated", run } : { kind: "unknown-run", ids: [decided.id] };
}

interface New {
  asked: Asked;
  row: NewRun;
  workflow: StoredWorkflow;
  answer: Answer | undefined;
}

async function decide(db: Database, asked: Asked[], { queueLimit }: AcceptOptions) {
  const workflows = await currentWorkflows(db, distinctWorkflows(asked));
  const taken = new Map(
    (
      await findIdempotencyKeys(
        db,
        asked.flatMap((one) => keyOf(one) ?? []),
      )
    ).map((key) => [nameOf(key), key]),
  );
  const missing = await unknownRuns(db, asked);
  let room = queueLimit - ((await countActiveRuns(db)).queued ?? 0);
  const added: New[] = [];
  const acceptances = asked.map((one): Decided => {
    const key = keyOf(one);
    const known = key && taken.get(nameOf(key));
    if (known)
      return known.request === key.request ? { kind: "repeated", id: known.runId } : { kind: "key-reused" };
    const workflow = workflows.get(`${one.caller.project}/${one.request.workflow}`);
    if (!workflow) return { kind: "unknown-workflow" };
    const ids = one.request.after.filter((id) => missing.has(`${one.caller.project}/${id}`));
    if (ids.length > 0) return { kind: "unknown-run", ids };
    const answer = answerAtOnce(workflow.definition, one.request);
    if (!answer && room-- <= 0) return { kind: "queue-full", queued: queueLimit };
    const row = newRow(one, workflow, answer);
    if (key) taken.set(nameOf(key), { ...key, runId: row.id });
    added.push({ asked: one, row, workflow, answer });
    return { kind: "accepted", run: asRun(one, row, { workflow, answer }) };
  });
  return { acceptances, events: added.length > 0 ? await insert(db, added) : [] };
}

async function insert(db: Database, added: New[]): Promise<DomainEvent[]> {
  await insertRuns(
    db,
    added.map(({ row }) => row),
  );
  await insertAnswers(
    db,
    added.flatMap(({ row, answer }) => (answer ? { runId: row.id, ...answer } : [])),
  );
  await insertIdempotencyKeys(
    db,
    added.flatMap(({ asked, row }) => {
      const key = keyOf(asked);
      return key ? { ...key, runId: row.id } : [];
    }),
  );
  await appendAudit(
    db,
    added.map(({ asked: { caller }, row }) => ({
      actor: caller.subject,
      project: caller.project,
      action: "run.accept",
      object: `run/${row.id}`,
      outcome: "done",
      requestId: caller.requestId,
      detail: { workflow: row.workflow, version: row.workflowVersion },
    })),
  );
  const events = added.flatMap(({ row, answer }) => eventsOf(row, answer));
  const at = new Date().toISOString();
  await insertEvents(
    db,
    events.map((event) => ({ ...event, at })),
  );
  return events;
}

function eventsOf(
  { id, project, priority, source, workflow }: NewRun,
  answer: Answer | undefined,
): DomainEvent[] {
  const accepted: DomainEvent = { type: "run.accepted", runId: id, priority, source };
  if (!answer) return [accepted];
  return [
    accepted,
    { type: "run.started", runId: id, priority, source, waitedSeconds: 0 },
    {
      ...endedWithoutWork({ id, project, workflow, priority }, "succeeded"),
      steps: { succeeded: 1, failed: 0, skipped: 0 },
    },
  ];
}

function newRow({ request, caller }: Asked, workflow: StoredWorkflow, answer: Answer | undefined): NewRun {
  const { input, labels, priority, after, dryRun } = request;
  return {
    id: newRunId(),
    project: caller.project,
    workflowProject: workflow.project,
    workflow: request.workflow,
    workflowVersion: workflow.version,
    priority,
    source: caller.source,
    input,
    labels,
    after,
    dryRun,
    requestedBy: caller.subject,
    state: answer ? "succeeded" : "queued",
  };
}

function asRun(
  { request, caller }: Asked,
  row: NewRun,
  { workflow, answer }: Pick<New, "workflow" | "answer">,
): Run {
  const now = new Date().toISOString();
  return {
    ...request,
    id: row.id,
    workflowVersion: workflow.version,
    state: row.state ?? "queued",
    requestedBy: caller.subject,
    project: caller.project,
    steps: workflow.definition.steps.map(({ id }) =>
      answer
        ? { id, state: "succeeded", attempt: 1, output: answer.output }
        : { id, state: "waiting", attempt: 1 },
    ),
    tokens: 0,
    costUsd: 0,
    acceptedAt: now,
    ...(answer && { startedAt: now, finishedAt: now }),
  };
}

function distinctWorkflows(asked: Asked[]) {
  const pairs = asked.map(({ request, caller }) => ({ project: caller.project, name: request.workflow }));
  return [...new Map(pairs.map((pair) => [`${pair.project}/${pair.name}`, pair])).values()];
}

/** Of the runs that others shall wait for, those that their project does not have. */
async function unknownRuns(db: Database, asked: Asked[]): Promise<Set<string>> {
  const named = asked.flatMap(({ request, caller }) =>
    request.after.map((id) => ({ id, project: caller.project })),
  );
  if (named.length === 0) return new Set();
  const { rows } = await db.query<{ project: string; id: string }>(
    `SELECT project, id FROM unnest($1::text[], $2::uuid[]) AS named (project, id)
     WHERE NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = named.id AND runs.project = named.project)`,
    [named.map(({ project }) => project), named.map(({ id }) => id)],
  );
  return new Set(rows.map(({ project, id }) => `${project}/${id}`));
}

function keyOf({
  request: { idempotencyKey, ...request },
  caller,
}: Asked): Omit<IdempotencyKey, "runId"> | undefined {
  if (idempotencyKey === undefined) return undefined;
  const digest = createHash("sha256").update(JSON.stringify(request)).digest("hex");
  return { client: `${caller.project}/${caller.subject}`, key: idempotencyKey, request: digest };
}

function nameOf({ client, key }: Pick<IdempotencyKey, "client" | "key">): string {
  return `${client}\n${key}`;
}
