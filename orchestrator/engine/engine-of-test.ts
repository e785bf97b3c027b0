import { afterAll, beforeAll, beforeEach, onTestFinished } from "vitest";
import { scaledClock } from "../clock.ts";
import type { DomainEvent } from "../domain/event.ts";
import { type Run, runRequest } from "../domain/run.ts";
import type { PipelineMode } from "../pipeline/stages.ts";
import { type AttemptLimits, usualAttempts } from "../pipeline/state.ts";
import { orderRuns } from "../scheduler/order-runs.ts";
import type { Store } from "../store/database.ts";
import { findRun } from "../store/runs.ts";
import { temporaryStore } from "../store/temporary-store.ts";
import type { AgentOptions } from "./agents.ts";
import { type Engine, startEngine } from "./engine.ts";
import type { PipelineRules } from "./parts.ts";
import { scriptedWorker } from "./scripted-worker.ts";

/** For tests: who asks for runs. */
export const caller = { subject: "ann", project: "shop", source: "api", requestId: "r1" } as const;

/** For tests: an engine on a PostgreSQL of its own, and what it did. */
export interface TriedEngine {
  store: Store;
  engine: Engine;
  /** Runs at once. */
  limit: number;
  /** Keys of the steps whose work began in this test. */
  worked: string[];
  /** What the pipeline goes by. */
  rules: { mode: PipelineMode; threshold: number; attempts: AttemptLimits };
  observed: DomainEvent[];
  errors: Error[];
  accept(workflow: string, more?: Record<string, unknown>): Promise<Run>;
  /** Resolves when the run has come to this state; without one, when it has ended. */
  until(id: string, state?: string): Promise<Run>;
  /** Work at steps of this name, once begun, goes on when the test lets it: gives what lets it. It is let go at the test's end too. */
  holdStep(stepId: string): () => void;
}

interface EngineOfTests {
  /** What is done before the engine starts. */
  before?: (store: Store) => Promise<void>;
  /** Steps are given to registered agents. */
  agents?: AgentOptions;
  /** Seconds for which a person is waited for; without end unless told. */
  approvalSeconds?: number;
  /** Runs that may wait. */
  queueLimit?: number;
  /** How much faster than the wall's its clock runs. */
  factor?: number;
  /** Runs that it executes at once, at most. */
  atOnce?: number;
}

/** For tests: starts an engine for the tests of a file, whose clock runs fifty times as fast unless told, and stops it after them. */
export function engineOfTests(options: EngineOfTests = {}): TriedEngine {
  const { before, agents, approvalSeconds, queueLimit = 50, factor = 50, atOnce } = options;
  const clock = scaledClock(factor);
  const rules = { mode: "full", threshold: 0.7, attempts: usualAttempts };
  const tried = { limit: 10, rules, worked: [], observed: [], errors: [] } as unknown as TriedEngine;
  const held = heldSteps();
  Object.assign(tried, asking(tried), { holdStep: held.hold });

  const log = async ({ key, phase }: { key: string; phase: string }) => {
    if (phase !== "began") return;
    tried.worked.push(key);
    await held.letGo(key);
  };
  beforeAll(async () => {
    tried.store = await temporaryStore();
    await before?.(tried.store);
    tried.engine = await startEngine(tried.store, {
      worker: scriptedWorker({ clock, log }),
      order: orderRuns,
      clock,
      pipeline: pipelineRules(tried),
      approvalSeconds,
      ...(agents && { agents }),
      ...(atOnce !== undefined && { atOnce }),
      limit: () => tried.limit,
      queueLimit,
      observe: (event) => tried.observed.push(event),
      onError: (error) => tried.errors.push(error),
    });
  });
  afterAll(async () => {
    await tried.engine.drain(1_000);
    await tried.store.close();
  });
  beforeEach(() => {
    tried.worked.length = 0;
  });
  return tried;
}

function pipelineRules(tried: TriedEngine): PipelineRules {
  return {
    mode: () => tried.rules.mode,
    threshold: () => tried.rules.threshold,
    attempts: () => tried.rules.attempts,
  };
}

function heldSteps() {
  const held = new Map<string, Promise<void>>();
  return {
    letGo: (key: string) => held.get(key.split("/")[1] ?? ""),
    hold(stepId: string) {
      let goOn = () => {};
      held.set(
        stepId,
        new Promise((done) => {
          goOn = done;
        }),
      );
      const letGo = () => {
        held.delete(stepId);
        goOn();
      };
      onTestFinished(letGo);
      return letGo;
    },
  };
}

function asking(tried: TriedEngine): Pick<TriedEngine, "accept" | "until"> {
  async function accept(workflow: string, more: Record<string, unknown> = {}): Promise<Run> {
    const acceptance = await tried.engine.accept(runRequest.parse({ workflow, ...more }), caller);
    if (!("run" in acceptance)) throw new Error(acceptance.kind);
    return acceptance.run;
  }
  async function until(id: string, state?: string): Promise<Run> {
    for (;;) {
      const run = await findRun(tried.store.pool, id);
      if (run && (state === undefined ? run.finishedAt !== undefined : run.state === state)) return run;
      await new Promise((done) => setTimeout(done, 10));
    }
  }
  return { accept, until };
}
