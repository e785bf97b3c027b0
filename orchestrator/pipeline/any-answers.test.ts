// What holds of a run whatever is answered.
import fc from "fast-check";
import { expect, test } from "vitest";
import { howMany } from "../../tests/how-many.ts";
import type { DomainEvent } from "../domain/event.ts";
import { type Played, play } from "./fixtures/play.ts";
import { adversarialCategories, gates, rejectionReasons } from "./gates.ts";
import { next, start } from "./next.ts";
import { type PipelineMode, stages, stagesOf } from "./stages.ts";
import type { Answer, PipelineState } from "./state.ts";
import { usualAttempts } from "./state.ts";

const failure = fc.record(
  {
    reason: fc.constantFrom("error" as const, ...rejectionReasons),
    fingerprint: fc.integer({ min: 0, max: 50 }).map(String),
  },
  { requiredKeys: ["reason"] },
);
const work = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: "work" as const, outcome: "passed" as const }) },
  {
    weight: 1,
    arbitrary: failure.map((one) => ({ kind: "work" as const, outcome: "failed" as const, failure: one })),
  },
);
const cast = fc.record({
  verdict: fc.constantFrom("approve" as const, "approve" as const, "approve" as const, "reject" as const),
  reason: fc.constantFrom(...rejectionReasons),
  scores: fc.record({ correctness: fc.constantFrom(0.5, 0.9, 1) }, { requiredKeys: [] }),
});
const vote = fc
  .oneof(
    { weight: 6, arbitrary: cast },
    { weight: 1, arbitrary: fc.constant({ verdict: "absent" as const }) },
  )
  .map((one) => ({ kind: "vote" as const, vote: one }));
const detect = fc
  .oneof(
    { weight: 9, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.constant("absent" as const) },
    { weight: 1, arbitrary: fc.subarray([...adversarialCategories]) },
  )
  .map((catches) => ({ kind: "detect" as const, catches }));
const report = fc
  .constantFrom("mended" as const, "not-mended" as const)
  .map((outcome) => ({ kind: "report" as const, outcome }));
const person = fc
  .constantFrom("approve" as const, "reject" as const, "again" as const, "again" as const, "stop" as const)
  .map((decision) => ({ kind: "ask-person" as const, decision }));

/** As many answers of each kind as a run may want, drawn anew for each run. */
const answers = fc.record({
  work: fc.infiniteStream(work),
  vote: fc.infiniteStream(vote),
  detect: fc.infiniteStream(detect),
  report: fc.infiniteStream(report),
  "ask-person": fc.infiniteStream(person),
});
const mode = fc.constantFrom<PipelineMode>("full", "minimal");

function check(holds: (played: Played, mode: PipelineMode) => void): void {
  const property = fc.property(answers, mode, (streams, chosen) => {
    holds(
      play(({ kind }) => streams[kind].next().value, chosen),
      chosen,
    );
  });
  fc.assert(property, { numRuns: howMany(150, 10_000) });
}

test("every run ends, and no stage is mended more than five times", () => {
  check(({ state, commands }) => {
    expect(["succeeded", "failed"]).toContain(state.outcome);
    expect(state.outstanding).toEqual([]);
    for (const attempts of Object.values(state.attempts))
      expect(attempts).toBeLessThanOrEqual(usualAttempts.loopAttempts);
    // Eight stages mended five times each, with all eight and their gates (8 + 22 commands) gone through again.
    expect(commands.length).toBeLessThan(8 * 5 * 30);
  });
});

test("no step is commanded twice under the same key", () => {
  check(({ commands }) => {
    expect(new Set(commands.map(({ key }) => key)).size).toBe(commands.length);
    for (const { key, stepId, attempt } of commands) expect(key).toBe(`${stepId}/${attempt}`);
  });
});

test("each stage is entered before it is left, one at a time, and only those of the mode", () => {
  check(({ events, state }, chosen) => {
    const moves = events.filter(({ type }) => type === "stage.entered" || type === "stage.left");
    for (const [i, move] of moves.entries()) {
      expect(move.type).toBe(i % 2 === 0 ? "stage.entered" : "stage.left");
      if (i % 2 === 1) expect(move).toMatchObject({ stage: stageOf(moves[i - 1]) });
      expect(stagesOf(chosen)).toContain(stageOf(move));
    }
    expect(moves.length % 2).toBe(0);
    const passed = new Set(moves.flatMap((move) => (isPassed(move) ? [stageOf(move)] : [])));
    if (state.outcome === "succeeded") expect([...passed].sort()).toEqual([...stagesOf(chosen)].sort());
  });
});

test("a run succeeds only when every gate of its stages approved last", () => {
  check(({ state, of }, chosen) => {
    if (state.outcome !== "succeeded") return;
    for (const { name } of gates.filter(({ guards }) => stagesOf(chosen).includes(guards)))
      expect(of("gate.decided").findLast(({ gate }) => gate === name)?.outcome).toBe("approved");
  });
});

test("each resolution loop that is opened closes once, with the attempts that were made", () => {
  check(({ events }) => {
    for (const stage of stages) {
      let attempts: number | undefined;
      for (const event of events.filter((one) => stageOf(one) === stage)) {
        if (event.type === "resolution.opened") {
          expect(attempts).toBeUndefined();
          attempts = 0;
        } else if (event.type === "resolution.attempted") {
          expect(event.attempt).toBe((attempts ?? Number.NaN) + 1);
          attempts = event.attempt;
        } else if (event.type === "resolution.closed") {
          expect(event.attempts).toBe(attempts);
          if (event.outcome === "resolved") expect(event.attempts).toBeLessThanOrEqual(3);
          attempts = undefined;
        }
      }
      expect(attempts).toBeUndefined();
    }
  });
});

test("an infinite loop is an incident at once, and the end of the run", () => {
  check(({ events, of, commands, state }) => {
    if (of("resolution.infinite").length === 0) return;
    expect(of("resolution.infinite")).toHaveLength(1);
    const at = events.findIndex(({ type }) => type === "resolution.infinite");
    expect(events[at + 1]).toMatchObject({ type: "incident.reported", reason: "infinite-loop" });
    expect(events.slice(at).some(({ type }) => type === "stage.entered")).toBe(false);
    expect(commands.at(-1)).toMatchObject({ kind: "report", reason: "infinite-loop" });
    expect(state).toMatchObject({ outcome: "failed", incident: true });
  });
});

test("whether a person stepped in or the incident reporter was called is known at the end", () => {
  check(({ state, commands, of }) => {
    expect(state.intervention).toBe(commands.some(({ kind }) => kind === "ask-person"));
    expect(state.incident).toBe(commands.some(({ kind }) => kind === "report"));
    expect(of("incident.reported")).toHaveLength(commands.filter(({ kind }) => kind === "report").length);
  });
});

test("a run that is stored and loaded between any two answers goes on as if it had not been, and states are never changed in place", () => {
  const property = fc.property(answers, mode, (streams, chosen) => {
    let { state, commands } = start({ runId: "run", mode: chosen, at: 0 });
    const open = [...commands];
    for (let at = 1; state.outcome === undefined; at++) {
      const command = open.shift();
      if (!command) throw new Error("the run does not end");
      const answer = { ...streams[command.kind].next().value, key: command.key, at } as Answer;
      const before = JSON.stringify(state);
      const turn = next(state, answer);
      expect(JSON.stringify(state)).toBe(before);
      expect(JSON.stringify(next(JSON.parse(before) as PipelineState, answer))).toBe(JSON.stringify(turn));
      expect(next(turn.state, answer)).toEqual({ state: turn.state, events: [], commands: [] });
      ({ state, commands } = turn);
      open.push(...commands);
    }
  });
  fc.assert(property, { numRuns: howMany(100, 2_000) });
});

function stageOf(event: DomainEvent | undefined): string {
  return event && "stage" in event ? (event.stage ?? "") : "";
}

function isPassed(event: DomainEvent): boolean {
  return event.type === "stage.left" && event.outcome === "passed";
}
