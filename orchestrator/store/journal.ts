import type { DomainEvent, EventOf } from "../domain/event.ts";
import type { RunState, StepRecord } from "../domain/run.ts";
import type { Store } from "./database.ts";
import type { TimedEvent } from "./events.ts";
import { journalSql } from "./journal-sql.ts";
import { jsonText } from "./json.ts";
import { persistently } from "./transient.ts";

/** A step's row as it is now. */
export interface StepRow extends Omit<StepRecord, "id"> {
  runId: string;
  stepId: string;
  tokens?: number;
  costUsd?: number;
  evidenceBytes?: number;
}

/** A run's new state; a final one comes with its event, which tells the totals too. */
export interface RunChange {
  id: string;
  state: RunState;
  error?: string;
  finished?: EventOf<"run.finished">;
}

/** How far a run of the pipeline has come, and what happened on the way since the turn before. */
export interface TurnRow {
  runId: string;
  /** From 0. */
  number: number;
  state: unknown;
  events: readonly DomainEvent[];
}

/**
 * What one process writes about the runs that it executes: everything that comes up while one batch is written goes into the next one, so
 * that a run costs no round trips of its own. Each batch is written once, even where the connection breaks before the answer comes,
 * and only while the executor has not been declared lost.
 */
export interface Journal {
  /** Resolves when the row is stored. A step that has ended stays as it is. */
  step(row: StepRow): Promise<void>;
  /** Resolves when stored: true, or false where the run had ended before, or is gone. */
  run(change: RunChange): Promise<boolean>;
  /** Resolves when stored: true, or false where this turn was stored before, so that nothing of it was told again. */
  turn(row: TurnRow): Promise<boolean>;
  /** A step's row, soon: nobody waits for it. */
  note(row: StepRow): void;
  /** Stores an event's row, soon. */
  event(event: DomainEvent): void;
  /** Resolves when all that was given so far is stored. */
  flush(): Promise<void>;
}

export interface JournalOptions {
  executorId: string;
  /** This executor was declared lost: what it does no longer counts, and it must end. */
  onShutOut: () => void;
  /** A run's end was stored, for the first time: for metrics and logs. */
  onFinished: (event: EventOf<"run.finished">) => void;
  /** Told of what could not be written: each try of a batch while the database is away, and entries that it refuses. */
  onError: (error: Error) => void;
}

type Entry = {
  step?: StepRow;
  run?: RunChange;
  event?: TimedEvent;
  turn?: TurnRow;
  done: (took: boolean) => void;
  failed: (error: Error) => void;
};

/** Milliseconds after which what nobody waits for is written, unless something else takes it along before. */
const atLatestMs = 50;

/** Opens the journal of an executor that was registered. */
export function openJournal(store: Store, options: JournalOptions): Journal {
  const { add, flush } = collect(batchWriter(store, options));
  return {
    step: async (step) => void (await add({ step })),
    run: (run) => add({ run }),
    turn: (turn) => add({ turn }),
    note: (step) => void add({ step }, { soon: true }).catch(() => undefined),
    event: (event) =>
      void add({ event: { ...event, at: new Date().toISOString() } }, { soon: true }).catch(() => undefined),
    flush,
  };
}

/** Collects entries to batches, one of which is written at a time. What somebody waits for takes along what nobody waits for. */
function collect(write: (batch: Entry[]) => Promise<void>) {
  let entries: Entry[] = [];
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const start = () => {
    clearTimeout(timer);
    timer = undefined;
    writing ??= writeAll().finally(() => {
      writing = undefined;
    });
  };
  async function writeAll(): Promise<void> {
    // Whatever else this turn of the event loop has to say goes into the same batch.
    await new Promise((done) => setImmediate(done));
    while (entries.length > 0) {
      const batch = entries;
      entries = [];
      await write(batch);
    }
  }
  return {
    add: (entry: Omit<Entry, "done" | "failed">, { soon = false } = {}) =>
      new Promise<boolean>((done, failed) => {
        entries.push({ ...entry, done, failed });
        if (soon) timer ??= setTimeout(start, atLatestMs);
        else start();
      }),
    async flush() {
      start();
      while (writing) await writing;
    },
  };
}

/** What came of a batch. */
interface Written {
  /** False: this executor was given up, and nothing that it writes counts. */
  counts: boolean;
  /** Runs whose states were changed, and those whose turns were told. */
  changed: Set<string>;
  told: Set<string>;
}

/** Writes batches one after the other; one entry that the database refuses does not take the others with it. */
function batchWriter(store: Store, options: JournalOptions) {
  let number = 0;

  async function write(batch: Entry[]): Promise<void> {
    const { counts, changed, told } = await persist(batch);
    // What waits for these entries waits in vain: others do the work now.
    if (!counts) return options.onShutOut();
    for (const { run } of batch) if (run?.finished && changed.has(run.id)) options.onFinished(run.finished);
    for (const { run, turn, done } of batch)
      done(run ? changed.has(run.id) : turn === undefined || told.has(turn.runId));
  }
  async function persist(batch: Entry[]): Promise<Written> {
    const values = [options.executorId, number + 1, ...rowsOf(batch)];
    const query = { name: "journal", text: journalSql, values };
    const { rows } = await persistently(() => store.pool.query(query), options.onError);
    // Only now: the number of a batch that was refused goes to the next one.
    number += 1;
    const [{ turn, changed, told }] = rows;
    return { counts: turn, changed: new Set(changed), told: new Set(told) };
  }
  return async function writeOrSplit(batch: Entry[]): Promise<void> {
    try {
      await write(batch);
    } catch (error) {
      options.onError(error as Error);
      if (batch.length > 1) for (const entry of batch) await writeOrSplit([entry]);
      else batch[0]?.failed(error as Error);
    }
  };
}

/** Steps, runs, events and turns as JSON; of what was written twice only the last, with the begin that a step's first row tells of. */
function rowsOf(batch: Entry[]): string[] {
  const steps = new Map<string, StepRow>();
  for (const { step } of batch) {
    if (!step) continue;
    const key = `${step.runId}/${step.stepId}`;
    const { agent, startedAt } = steps.get(key) ?? {};
    steps.set(key, {
      ...(agent !== undefined && { agent }),
      ...(startedAt !== undefined && { startedAt }),
      ...step,
    });
  }
  const runs = batch.flatMap(({ run }) => run ?? []);
  const at = new Date().toISOString();
  const turns = batch.flatMap(({ turn }) =>
    turn ? { ...turn, events: turn.events.map((event) => ({ ...event, at })) } : [],
  );
  const lastRuns = new Map(runs.map((run) => [run.id, run]));
  return [[...steps.values()], [...lastRuns.values()], batch.flatMap(({ event }) => event ?? []), turns].map(
    jsonText,
  );
}
