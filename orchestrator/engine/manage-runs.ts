import { DBOS } from "@dbos-inc/dbos-sdk";
import type { DomainEvent, EventOf } from "../domain/event.ts";
import { type Approval, decideApproval } from "../store/approvals.ts";
import type { Database, Store } from "../store/database.ts";
import { insertEvents } from "../store/events.ts";
import { deleteWorkflow } from "../store/runs.ts";
import { readSharedState, replaceSharedState } from "../store/shared-states.ts";
import { controlChannel, pauseState } from "./controls.ts";

/** What people and other parts may ask of runs that were accepted. Whoever executes them is told by a notification. */
export interface RunManagement {
  /** Asks that a run stops; a step under way is told by its signal. False: it had ended, or there is none. */
  cancel(id: string): Promise<boolean>;
  /** Asks that a run begins no further step, and keeps its state. */
  hold(id: string): Promise<boolean>;
  /** Lets a held run go on. */
  release(id: string): Promise<boolean>;
  /** Emergency Stop (WV-12): every run is held, and none is started. */
  pauseAll(): Promise<void>;
  resumeAll(): Promise<void>;
  /** A person's decision; undefined: it is decided already, unknown, or theirs to ask and not to decide. */
  decide(decision: {
    id: string;
    decision: "approved" | "rejected";
    by: string;
    comment?: string;
  }): Promise<Approval | undefined>;
  /** Deletes a project's workflow with its runs and all that belongs to them (CC-5); false: it has none of that name. */
  deleteWorkflow(workflow: { project: string; name: string }): Promise<boolean>;
}

/** The management of a store's runs; `observe` makes metrics and logs of what happened. */
export function runManagement(
  store: Store,
  { observe }: { observe: (event: DomainEvent) => void },
): RunManagement {
  const change: Change = async (work) => {
    const events = await store.transaction(async (db) => {
      const happened = await work(db);
      await db.query("SELECT pg_notify($1, '')", [controlChannel]);
      const at = new Date().toISOString();
      await insertEvents(
        db,
        happened.map((event) => ({ ...event, at })),
      );
      return happened;
    });
    events.forEach(observe);
  };
  return {
    cancel: (id) => ask(change, { id, flag: "cancel = true" }),
    hold: (id) => ask(change, { id, flag: "hold = true" }),
    release: (id) => ask(change, { id, flag: "hold = false" }),
    pauseAll: () => pause(store, { change, paused: true }),
    resumeAll: () => pause(store, { change, paused: false }),
    decide: (decision) => decide(change, decision),
    deleteWorkflow: (workflow) => removeWorkflow(change, workflow),
  };
}

/** Changes something in one transaction with the events that it gives, and tells those who execute runs to look. */
type Change = (work: (db: Database) => Promise<DomainEvent[]>) => Promise<void>;

type Flag = "cancel = true" | "hold = true" | "hold = false";

async function ask(change: Change, { id, flag }: { id: string; flag: Flag }): Promise<boolean> {
  let found = false;
  await change(async (db) => {
    const { rowCount } = await db.query(
      `UPDATE runs SET ${flag} WHERE id = $1 AND state NOT IN ('succeeded', 'failed', 'cancelled')`,
      [id],
    );
    found = (rowCount ?? 0) > 0;
    return found && flag === "cancel = true" ? cancelQueued(db, id) : [];
  });
  return found;
}

async function pause(store: Store, { change, paused }: { change: Change; paused: boolean }): Promise<void> {
  for (let stored = false; !stored; ) {
    const current = await readSharedState(store.pool, pauseState);
    const next = { name: pauseState, value: { paused }, expectedVersion: current?.version ?? 0 };
    stored = (await replaceSharedState(store.pool, next)) !== undefined;
  }
  await change(async () => []);
}

async function decide(change: Change, decision: Parameters<RunManagement["decide"]>[0]) {
  let decided: Approval | undefined;
  await change(async (db) => {
    const row = await decideApproval(db, decision);
    if (!row) return [];
    const { waitedSeconds, ...approval } = row;
    decided = approval;
    const { runId, id: approvalId } = approval;
    return [{ type: "approval.decided", runId, approvalId, decision: decision.decision, waitedSeconds }];
  });
  return decided;
}

async function removeWorkflow(change: Change, workflow: { project: string; name: string }): Promise<boolean> {
  let deleted = { found: false, runs: [] as string[] };
  await change(async (db) => {
    deleted = await deleteWorkflow(db, workflow);
    return [];
  });
  if (deleted.runs.length > 0) await DBOS.deleteWorkflows(deleted.runs);
  return deleted.found;
}

/** A run that waits in the queue has nobody who would see that it was cancelled. */
async function cancelQueued(db: Database, id: string): Promise<DomainEvent[]> {
  return endQueued(db, { where: "id = $1", values: [id], state: "cancelled" });
}

/**
 * Ends queued runs that can never start, because a run that they depend on did not succeed, or is gone; and then those that depend
 * on them. Gives what happened.
 */
export async function failHopeless(store: Store): Promise<DomainEvent[]> {
  return store.transaction(async (db) => {
    const where = `EXISTS (SELECT 1 FROM run_dependencies d LEFT JOIN runs b ON b.id = d.after_id
      WHERE d.run_id = runs.id AND (b.id IS NULL OR b.state IN ('failed', 'cancelled')))`;
    const events: DomainEvent[] = [];
    for (
      let ended: DomainEvent[] | undefined;
      ended === undefined || ended.length > 0;
      events.push(...ended)
    ) {
      ended = await endQueued(db, {
        where,
        values: [],
        state: "failed",
        error: "a run that it depends on did not succeed",
      });
    }
    const at = new Date().toISOString();
    await insertEvents(
      db,
      events.map((event) => ({ ...event, at })),
    );
    return events;
  });
}

interface Ending {
  where: string;
  values: unknown[];
  state: "cancelled" | "failed";
  error?: string;
}

async function endQueued(db: Database, { where, values, state, error }: Ending): Promise<DomainEvent[]> {
  const { rows } = await db.query<EndedRun>(
    `UPDATE runs SET state = $${values.length + 1}, error = $${values.length + 2}, finished_at = now()
     WHERE state = 'queued' AND ${where} RETURNING id, project, workflow, priority,
       extract(epoch FROM now() - accepted_at)::float8 AS "sinceAcceptedSeconds"`,
    [...values, state, error ?? null],
  );
  return rows.map((run) => endedWithoutWork(run, state));
}

/** What an event of a run's end tells of the run itself. */
type EndedRun = Pick<EventOf<"run.finished">, "workflow" | "priority" | "project"> & {
  id: string;
  sinceAcceptedSeconds?: number;
};

/** The end of a run of which nothing was done, or of which nobody knows what. */
export function endedWithoutWork(
  { id, sinceAcceptedSeconds = 0, ...run }: EndedRun,
  outcome: "succeeded" | "cancelled" | "failed",
): EventOf<"run.finished"> {
  const steps = { succeeded: 0, failed: 0, skipped: 0 };
  const times = { seconds: 0, sinceAcceptedSeconds, forPeopleSeconds: 0 };
  const spent = { tokens: 0, costUsd: 0, evidenceBytes: 0 };
  const trouble = { incident: false, intervention: false };
  return { type: "run.finished", runId: id, ...run, outcome, steps, ...times, ...spent, ...trouble };
}
