import fc from "fast-check";
import { expect, test } from "vitest";
import { strategies as declared } from "../../catalog/platforms/nexus/label-values.ts";
import { howMany } from "../../tests/how-many.ts";
import { type Conflict, conflictOverAnswers, conflictsOverResources, type Party } from "./conflicts.ts";
import { decidedByPerson, resolveConflict, strategies } from "./resolve-conflict.ts";

const party = (agent: string, over: Partial<Party> = {}): Party => ({
  agent,
  runId: `run-of-${agent}`,
  priority: "normal",
  capabilities: [],
  acceptedAt: 0,
  parts: [],
  ...over,
});
const overRepository = (...parties: Party[]): Conflict => ({
  kind: "resource",
  over: "repository-shop",
  parties,
  capabilities: ["rust", "sql"],
});
const tried = (conflict: Conflict) =>
  resolveConflict(conflict).events.map((event) =>
    event.type === "conflict.resolved" ? `${event.strategy} ${event.outcome}` : event.type,
  );

test("NX-5: the strategies are the five that the catalog declares, in its order", () => {
  expect(strategies).toEqual(declared);
});

test("a conflict is a resource that several runs claim and one wants alone", () => {
  const claim = (resource: string, agent: string, alone: boolean) => ({
    resource,
    alone,
    party: party(agent),
  });
  const claims = [
    claim("shared", "a", false),
    claim("shared", "b", false),
    claim("wanted", "a", false),
    claim("wanted", "b", true),
    claim("own", "a", true),
  ];
  expect(conflictsOverResources(claims).map(({ over }) => over)).toEqual(["wanted"]);
  const sameRun = [
    claim("own", "a", true),
    { ...claim("own", "b", true), party: party("b", { runId: "run-of-a" }) },
  ];
  expect(conflictsOverResources(sameRun)).toEqual([]);
});

test("a conflict is a step that several agents answered differently", () => {
  const step = { over: "run/review", capabilities: [] };
  const [yes, no] = [party("a", { answer: "yes" }), party("b", { answer: "no" })];
  expect(conflictOverAnswers(step, [yes, { ...no, answer: "yes" }])).toBeUndefined();
  expect(conflictOverAnswers(step, [yes, no])).toMatchObject({ kind: "answer", over: "run/review" });
});

test("priority: the more urgent run goes first", () => {
  const conflict = overRepository(
    party("a"),
    party("b", { priority: "urgent" }),
    party("c", { priority: "low" }),
  );
  expect(resolveConflict(conflict)).toEqual({
    strategy: "priority",
    winners: ["b"],
    events: [{ type: "conflict.resolved", strategy: "priority", outcome: "resolved" }],
  });
});

test("capability: among equally urgent runs the agent that can do most of what is wanted goes first", () => {
  const conflict = overRepository(
    party("a", { capabilities: ["rust", "web"] }),
    party("b", { capabilities: ["rust", "sql"] }),
  );
  expect(resolveConflict(conflict)).toMatchObject({ strategy: "capability", winners: ["b"] });
  // Priority had nothing to go by, so it was not tried and has not failed.
  expect(tried(conflict)).toEqual(["capability resolved"]);
});

test("resource-sharing: runs that need different parts of a resource go on side by side", () => {
  const conflict = overRepository(party("a", { parts: ["src/a", "docs"] }), party("b", { parts: ["src/b"] }));
  expect(resolveConflict(conflict)).toMatchObject({ strategy: "resource-sharing", winners: ["a", "b"] });
});

test("consensus: more than half agree on an answer", () => {
  const answers = (...all: string[]): Conflict => ({
    kind: "answer",
    over: "run/review",
    parties: all.map((answer, i) => party(`agent-${i}`, { answer, runId: "run" })),
    capabilities: [],
  });
  expect(resolveConflict(answers("no", "yes", "yes"))).toMatchObject({
    strategy: "consensus",
    winners: ["agent-1"],
  });
  expect(tried(answers("no", "yes"))).toEqual(["consensus escalated"]);
});

test("consensus: over a resource, who was not asked lets the run go first that was accepted first", () => {
  const [a, b, c] = [
    party("a", { acceptedAt: 3 }),
    party("b", { acceptedAt: 1 }),
    party("c", { acceptedAt: 2 }),
  ];
  expect(resolveConflict(overRepository(a, b, c))).toMatchObject({ strategy: "consensus", winners: ["b"] });
  const asked = [a, { ...b, votesFor: "c" }, { ...c, votesFor: "c" }];
  expect(resolveConflict(overRepository(...asked))).toMatchObject({ strategy: "consensus", winners: ["c"] });
});

test("escalation: what no strategy decides is put before a person, whose decision is told when it is made", () => {
  const conflict = overRepository(
    party("a", { priority: "urgent", parts: ["src"], capabilities: ["rust"], votesFor: "b" }),
    party("b", { priority: "urgent", parts: ["src"], capabilities: ["sql"], votesFor: "a" }),
    party("c", { parts: ["src", "docs"], votesFor: "c" }),
  );
  expect(resolveConflict(conflict)).toMatchObject({ strategy: "escalation", winners: [] });
  expect(tried(conflict)).toEqual([
    "priority escalated",
    "resource-sharing escalated",
    "consensus escalated",
  ]);
  expect(decidedByPerson(conflict, "b")).toEqual({
    strategy: "escalation",
    winners: ["b"],
    events: [{ type: "conflict.resolved", strategy: "escalation", outcome: "resolved" }],
  });
  expect(decidedByPerson(conflict, undefined)).toMatchObject({
    winners: [],
    events: [{ outcome: "escalated" }],
  });
  expect(decidedByPerson(conflict, "stranger")).toMatchObject({ winners: [] });
});

const parties = fc.uniqueArray(
  fc.record({
    agent: fc.constantFrom("a", "b", "c", "d", "e"),
    priority: fc.constantFrom("urgent" as const, "normal" as const, "low" as const),
    capabilities: fc.subarray(["rust", "sql", "web"]),
    acceptedAt: fc.nat({ max: 3 }),
    parts: fc.subarray(["src", "docs", "tests"]),
    answer: fc.constantFrom("yes", "no"),
    votesFor: fc.constantFrom("a", "b", "z"),
  }),
  { minLength: 2, maxLength: 5, selector: ({ agent }) => agent },
);
const kinds = fc.constantFrom("resource" as const, "answer" as const);

test("whatever the parties and their order: one decision, by those who take part, and only side by side where no part is wanted twice", () => {
  const holds = fc.property(parties, kinds, fc.infiniteStream(fc.nat()), (fields, kind, random) => {
    const all = fields.map((one) => party(one.agent, one));
    const conflict: Conflict = { ...overRepository(...all), kind };
    const resolution = resolveConflict(conflict);
    const shuffled = all
      .map((one) => ({ one, key: random.next().value as number }))
      .sort((x, y) => x.key - y.key)
      .map(({ one }) => one);
    expect(resolveConflict({ ...conflict, parties: shuffled })).toEqual(resolution);
    expect(all.map(({ agent }) => agent)).toEqual(expect.arrayContaining(resolution.winners));
    expect(resolution.winners.length === 0).toBe(resolution.strategy === "escalation");
    const wanted = all
      .filter(({ agent }) => resolution.winners.includes(agent))
      .flatMap(({ parts }) => parts);
    if (resolution.winners.length > 1) expect(new Set(wanted).size).toBe(wanted.length);
    // No strategy passes over a more urgent run for a less urgent one.
    if (resolution.winners.length === 1)
      for (const other of all)
        expect(rank(all.find(({ agent }) => agent === resolution.winners[0]))).toBeLessThanOrEqual(
          rank(other),
        );
  });
  fc.assert(holds, { numRuns: howMany(500, 20_000) });
});

function rank(one: Party | undefined): number {
  return ["urgent", "normal", "low"].indexOf(one?.priority ?? "");
}
