import fc from "fast-check";
import { expect, test } from "vitest";
import { howMany } from "../../tests/how-many.ts";
import type { DomainEvent } from "../domain/event.ts";
import { allIsWell, play } from "./fixtures/play.ts";
import { type PipelinePorts, type Progress, runPipeline } from "./run-pipeline.ts";
import type { Answer, Command } from "./state.ts";

const begin = { runId: "run", mode: "full", at: 0 } as const;
/** A second after another, and the verification fails twice. */
const answered = (command: Command): Answer => {
  const fails = command.kind === "work" && command.stage === "verify" && command.attempt < 3;
  const failed = { kind: "work", outcome: "failed", failure: { reason: "error" } } as const;
  return { ...(fails ? failed : allIsWell(command)), key: command.key, at: 1 } as Answer;
};
const soon = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test("a run is driven to its end: the examiners of a gate work at once, and each turn is recorded once", async () => {
  const turns: number[] = [];
  let [busy, most] = [0, 0];
  const state = await runPipeline(begin, {
    perform: async (command) => {
      busy += 1;
      most = Math.max(most, busy);
      await soon(0);
      busy -= 1;
      return answered(command);
    },
    record: async ({ turn }) => void turns.push(turn),
  });
  expect(state.outcome).toBe("succeeded");
  // The detector and five reviewers of gate 5.
  expect(most).toBe(6);
  expect(turns).toEqual(turns.map((_, i) => i));
});

test("in whatever order agents finish, the same answers give the same events", async () => {
  const told = async (delays: readonly number[]) => {
    const all: DomainEvent[] = [];
    let i = 0;
    const perform = async (command: Command) => {
      await soon(delays[i++ % delays.length] ?? 0);
      return answered(command);
    };
    await runPipeline(begin, { perform, record: async (_, events) => void all.push(...events) });
    return all;
  };
  expect(await told([3, 2, 1, 0])).toEqual(await told([0]));
});

test("a run that is cut off at any moment goes on from what was recorded last: nothing is told twice or lost, no finished work is done again", async () => {
  const whole: DomainEvent[] = [];
  await runPipeline(begin, {
    perform: async (command) => answered(command),
    record: async (_, events) => void whole.push(...events),
  });
  const cuts = fc.asyncProperty(
    fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 8 }),
    async (lives) => {
      const stored = new Map<number, string>();
      const answers = new Map<string, Answer>();
      const done: string[] = [];
      const ports = (life: number): PipelinePorts => {
        let left = life;
        const live = () => {
          left -= 1;
          if (left < 0) throw new Error("killed");
        };
        return {
          perform: async (command) => {
            live();
            const known = answers.get(command.key);
            if (known) return known;
            done.push(command.key);
            answers.set(command.key, answered(command));
            live();
            return answered(command);
          },
          record: async (progress, events) => {
            live();
            if (!stored.has(progress.turn)) stored.set(progress.turn, JSON.stringify({ progress, events }));
            live();
          },
        };
      };
      const last = () => {
        const newest = stored.get(stored.size - 1);
        return newest ? (JSON.parse(newest) as { progress: Progress }).progress : begin;
      };
      for (const life of lives) await runPipeline(last(), ports(life)).catch(() => undefined);
      await runPipeline(last(), ports(Number.POSITIVE_INFINITY));
      const told = [...stored.values()].flatMap(
        (one) => (JSON.parse(one) as { events: DomainEvent[] }).events,
      );
      expect(told).toEqual(whole);
      expect(new Set(done).size).toBe(done.length);
    },
  );
  await fc.assert(cuts, { numRuns: howMany(100, 2_000) });
});

test("a run does not go on when a command cannot be done because it was cancelled", async () => {
  const cancelled = runPipeline(begin, {
    perform: () => Promise.reject(new Error("cancelled")),
    record: () => Promise.resolve(),
  });
  await expect(cancelled).rejects.toThrow("cancelled");
});

test("driving a run and playing it by hand give the same end", async () => {
  const driven = await runPipeline(begin, {
    perform: async (command) => answered(command),
    record: async () => undefined,
  });
  const played = play((command) => answered(command));
  expect({ ...driven, enteredAt: 0 }).toEqual({ ...played.state, enteredAt: 0 });
});
