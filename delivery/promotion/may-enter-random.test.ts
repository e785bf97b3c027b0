import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mayEnter } from "./may-enter.ts";
import type { EntryFacts } from "./requirement.ts";
import {
  approvalOf,
  check,
  FIRST,
  factsOf,
  gateEntry,
  hoursAgo,
  people,
  releaseOf,
  request,
  SECOND,
  story,
  type Told,
  told,
} from "./story-of-test.ts";

describe("whatever is told", () => {
  const spare = [
    approvalOf("maker", "security"),
    approvalOf("ben", "security"),
    approvalOf("dan", "incident-commander", { kind: "override", until: hoursAgo(-2), reason: "r" }),
  ];
  const rich = () =>
    told({ at: hoursAgo(1), entry: gateEntry("warn") }, { at: hoursAgo(1), entry: check(true) });

  test("taking any of it away never lets in what might not enter", () => {
    const all = factsOf(rich());
    const records = all.ledger.records;
    const agreements = [...all.agreements, ...spare];
    const some = fc.record({
      records: fc.subarray([...records.keys()], { minLength: records.length - 3 }),
      agreements: fc.subarray(agreements),
      people: fc.subarray(people, { minLength: people.length - 2 }),
      lockFile: fc.constantFrom(all.lockFile, all.lockFile, all.lockFile, undefined),
      atCommit: fc.constantFrom(all.atCommit, all.atCommit, all.atCommit, undefined),
      by: fc.constantFrom("robot", "robot", "robot", undefined),
    });
    let entered = 0;
    fc.assert(
      fc.property(some, fc.nat(), ({ records: kept, by, ...given }, seed) => {
        const facts = {
          ...all,
          ...given,
          ledger: { ...all.ledger, records: records.filter((_, i) => kept.includes(i)) },
        };
        const drop = <T>(from: readonly T[]) => from.filter((_, i) => i !== seed % Math.max(1, from.length));
        const fewer: EntryFacts[] = [
          { ...facts, ledger: { ...facts.ledger, records: drop(facts.ledger.records) } },
          { ...facts, agreements: drop(facts.agreements) },
          { ...facts, people: drop(facts.people) },
          { ...facts, lockFile: undefined },
          { ...facts, atCommit: undefined },
        ];
        const asked = { ...request, by };
        if (mayEnter(asked, facts).may) entered++;
        else for (const one of fewer) expect(mayEnter(asked, one).may).toBe(false);
      }),
      { seed: 9, numRuns: 200 },
    );
    // Of both there were some: else nothing was shown.
    expect(entered).toBeGreaterThan(8);
    expect(entered).toBeLessThan(192);
  });

  test("records of others change nothing, wherever they stand", () => {
    const other: Told[] = [
      { at: hoursAgo(5), entry: { kind: "release", release: releaseOf("third") } },
      { at: hoursAgo(5), entry: { ...gateEntry("fail"), environment: "staging" } as Told["entry"] },
      { at: hoursAgo(5), entry: { ...gateEntry("fail"), release: FIRST } as Told["entry"] },
      { at: hoursAgo(5), entry: { ...gateEntry("fail"), gate: "other" } as Told["entry"] },
      { at: hoursAgo(5), entry: { ...check(false), release: FIRST } as Told["entry"] },
      { at: hoursAgo(5), entry: { kind: "hold", environment: "dev", because: "x" } },
      {
        at: hoursAgo(5),
        entry: { kind: "refusal", what: "promotion", release: SECOND, environment: "prod", reasons: ["no"] },
      },
    ];
    const plain = mayEnter(request, factsOf());
    const places = fc.array(fc.tuple(fc.nat(story().length), fc.constantFrom(...other)), { maxLength: 12 });
    fc.assert(
      fc.property(places, (inserted) => {
        const blocks = story().map((one) => [one]);
        for (const [place, one] of inserted) (blocks[place] ?? blocks.at(-1))?.unshift(one);
        expect(mayEnter(request, factsOf(renumbered(blocks.flat())))).toEqual(plain);
      }),
      { seed: 9, numRuns: 100 },
    );
  });
});

/** Tokens are numbers of records: they move with them. */
function renumbered(all: readonly Told[]): Told[] {
  const tokens = new Map(
    all.flatMap(({ entry }, i) => (entry.kind === "begun" ? [[entry.promotion, i + 1] as const] : [])),
  );
  return all.map((one) =>
    "token" in one.entry
      ? { ...one, entry: { ...one.entry, token: tokens.get(one.entry.promotion) ?? 0 } }
      : one,
  );
}
