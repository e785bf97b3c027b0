import type { Store } from "../store/database.ts";

/** Channel that is notified when a run was asked to stop, pause or go on, all were, or a person decided. */
export const controlChannel = "orchestrator_control";

/** Name of the shared state that holds every run: Emergency Stop (WV-12). */
export const pauseState = "engine.pause";

/** What is asked of a run while it is executed here. */
export interface Control {
  /** Aborts when the run is cancelled, its workflow deleted, or the work given to others. */
  signal: AbortSignal;
  held(): boolean;
  /** Resolves when the run is no longer held. */
  released(): Promise<void>;
  /** Aborts what this process still does for the run: others have it now. */
  giveUp(): void;
}

/** Why a signal aborted: the run was cancelled, or is no longer this process's business (nothing of it must be stored then). */
export type Ending = "cancelled" | "handed-over";

export interface Decision {
  state: "approved" | "rejected" | "withdrawn";
  decidedBy?: string;
}

export interface Controls {
  enter(runId: string, asked: { hold: boolean; cancel: boolean }): Control;
  leave(runId: string): void;
  /** Resolves when a person has decided. */
  decision(approvalId: string): Promise<Decision>;
  /** Reads what was asked since; called upon each notification. */
  refresh(): Promise<void>;
  /** Whether every run is held: none is started then. */
  paused(): boolean;
  /** Holds every run of this process, for it is about to stop; `end` gives them all up. */
  hold(): void;
  end(): void;
}

interface Execution {
  abort: AbortController;
  hold: boolean;
  wake: Set<() => void>;
}

/** Keeps what is asked of the runs of this process in step with the database. */
export function runControls(store: Store): Controls {
  const executions = new Map<string, Execution>();
  const awaited = new Map<string, (decision: Decision) => void>();
  let paused = false;
  let stopping = false;

  const held = (execution: Execution) => stopping || paused || execution.hold;
  const wake = (execution: Execution) => {
    for (const resolve of execution.wake) resolve();
    execution.wake.clear();
  };
  const stop = (execution: Execution, why: Ending) => {
    execution.abort.abort(why);
    wake(execution);
  };

  async function refreshRuns(): Promise<void> {
    const ids = [...executions.keys()];
    const { rows } = await store.pool.query<{ id: string; hold: boolean; cancel: boolean }>(
      "SELECT id, hold, cancel FROM runs WHERE id = ANY($1::uuid[])",
      [ids],
    );
    const found = new Map(rows.map((row) => [row.id, row]));
    for (const id of ids) {
      const execution = executions.get(id);
      if (!execution) continue;
      const row = found.get(id);
      if (!row) stop(execution, "handed-over");
      else if (row.cancel) stop(execution, "cancelled");
      else execution.hold = row.hold;
      if (!held(execution)) wake(execution);
    }
  }

  async function refreshDecisions(): Promise<void> {
    if (awaited.size === 0) return;
    const { rows } = await store.pool.query<{ id: string } & Decision>(
      `SELECT id, state, decided_by AS "decidedBy" FROM approvals WHERE id = ANY($1::uuid[]) AND state <> 'pending'`,
      [[...awaited.keys()]],
    );
    for (const { id, ...decision } of rows) {
      awaited.get(id)?.(decision);
      awaited.delete(id);
    }
  }

  return {
    enter(runId, { hold, cancel }) {
      const execution: Execution = { abort: new AbortController(), hold, wake: new Set() };
      executions.set(runId, execution);
      if (cancel) stop(execution, "cancelled");
      return {
        signal: execution.abort.signal,
        giveUp: () => stop(execution, "handed-over"),
        held: () => held(execution),
        released: () =>
          held(execution) && !execution.abort.signal.aborted
            ? new Promise((resolve) => execution.wake.add(resolve))
            : Promise.resolve(),
      };
    },
    leave: (runId) => void executions.delete(runId),
    decision: (approvalId) =>
      new Promise((resolve) => {
        awaited.set(approvalId, resolve);
      }),
    async refresh() {
      const { rows } = await store.pool.query<{ paused: boolean }>(
        "SELECT coalesce((SELECT (value->>'paused')::boolean FROM shared_states WHERE name = $1), false) AS paused",
        [pauseState],
      );
      paused = rows[0]?.paused ?? false;
      await refreshRuns();
      await refreshDecisions();
    },
    paused: () => paused,
    hold() {
      stopping = true;
    },
    end() {
      for (const execution of executions.values()) stop(execution, "handed-over");
    },
  };
}
