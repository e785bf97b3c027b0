import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { releaseDigest } from "../release/release.ts";
import { mayEnter } from "./may-enter.ts";
import type { EntryFacts, EntryRequest } from "./requirement.ts";
import {
  approvalOf,
  FIRST,
  factsOf,
  first,
  gateEntry,
  hoursAgo,
  idOf,
  now,
  people,
  promoted,
  promotion,
  releaseOf,
  request,
  SECOND,
  second,
  story,
  type Told,
} from "./story-of-test.ts";

const unmet = (facts: EntryFacts, asked: EntryRequest = request) =>
  mayEnter(asked, facts).asked.filter(({ answer, isOverridden }) => answer !== "met" && !isOverridden);
const told = (...more: Told[]) => [...story(), ...more];
const stops = (environment: string, change: Partial<(typeof promotion.stops)[number]>) => ({
  promotion: {
    ...promotion,
    stops: promotion.stops.map((one) => (one.environment === environment ? { ...one, ...change } : one)),
  },
});
const held: Told = { at: hoursAgo(2), entry: { kind: "hold", environment: "prod", because: "it burns" } };
const entering = (number = story().length + 1) =>
  promoted({ release: FIRST, environment: "prod", mark: "x" }, { begun: hoursAgo(0.001), number });
const half = { ...second, images: { ...second.images, web: first.images.web ?? "" } };
const HALF = releaseDigest(half);

test("a release of which all is met may enter, and each thing that was asked is told with its numbers (WV-19)", () => {
  const { may, way, asked, pending } = mayEnter(request, factsOf());
  expect({ may, way, pending }).toEqual({ may: true, way: "usual", pending: undefined });
  expect(asked.map(({ id, because }) => `${id}: ${because}`)).toMatchInlineSnapshot(`
    [
      "release: 27238b9db7e2, made by maker",
      "environment: dev → staging → prod",
      "requester: robot",
      "clock: 2026-03-10T12:00:00Z",
      "catalog: 652f55016243 at commit 16367aacb67a",
      "policies: 5b3a02e57af9 at commit 16367aacb67a",
      "lock-file: f9e9ce43cea8",
      "under-way: none is",
      "order: since 2026-03-08T12:00:00Z",
      "soak: ran 2 d of 1 d without interruption in staging, since 2026-03-08T12:00:00Z",
      "smoke-tests: smoke passed in staging",
      "previous-rollout: f9e9ce43cea8 ended promoted at 2026-03-06T18:30:00Z",
      "gate/release: pass, 3 h ago (record 70ce871f8a3d)",
      "together/pair: all of them change",
      "approval/security: 1 of 1: ann",
      "approval/production-authority: 2 of 2: ben, cleo",
      "freeze: none is",
      "hold: it is not",
    ]
  `);
});

describe("each thing that is asked decides alone", () => {
  const without = (isMeant: (one: Told) => boolean) => story().filter((one) => !isMeant(one));
  const cases: [id: string, pending: string, facts: EntryFacts, asked?: Partial<EntryRequest>][] = [
    ["release", "release", factsOf(), { release: releaseDigest(half) }],
    ["environment", "release", factsOf(), { environment: "moon" }],
    ["requester", "evidence", factsOf(), { by: undefined }],
    ["requester", "requirements", factsOf(), { by: "stranger" }],
    ["requester", "requirements", factsOf(), { by: "dan" }],
    [
      "requester",
      "requirements",
      factsOf(story(), {
        people: people.map((one) => (one.kid === "robot" ? { ...one, until: hoursAgo(1) } : one)),
      }),
    ],
    ["clock", "requirements", factsOf(told({ at: hoursAgo(-0.1), entry: gateEntryOf("dev") }))],
    [
      "catalog",
      "requirements",
      factsOf(story(), { atCommit: { catalog: FIRST, policies: second.policies } }),
    ],
    [
      "policies",
      "requirements",
      factsOf(story(), { atCommit: { catalog: second.catalog, policies: FIRST } }),
    ],
    ["lock-file", "evidence", factsOf(story(), { lockFile: undefined })],
    ["lock-file", "requirements", factsOf(story(), { lockFile: { kind: "none" } })],
    [
      "lock-file",
      "requirements",
      factsOf(story(), { lockFile: { kind: "unreadable", because: "it is no JSON" } }),
    ],
    ["lock-file", "requirements", edited({ release: SECOND })],
    ["lock-file", "requirements", edited({ images: second.images })],
    ["lock-file", "requirements", edited({ promotion: idOf("none") })],
    ["lock-file", "requirements", edited({ record: SECOND })],
    ["lock-file", "requirements", edited({ token: 1 })],
    ["soak", "requirements", factsOf(story(), stops("prod", { soakSeconds: 49 * 3600 }))],
    ["smoke-tests", "evidence", factsOf(without(({ entry }) => entry.kind === "check"))],
    ["smoke-tests", "requirements", factsOf(told({ at: hoursAgo(1), entry: check(false) }))],
    ["smoke-tests", "evidence", factsOf(story(), stops("staging", { verification: [] }))],
    ["gate/release", "evidence", factsOf(without(({ entry }) => entry.kind === "gate"))],
    ["gate/release", "evidence", factsOf(told({ at: hoursAgo(1), entry: gateEntry("inconclusive") }))],
    ["gate/release", "requirements", factsOf(told({ at: hoursAgo(1), entry: gateEntry("fail") }))],
    [
      "gate/release",
      "evidence",
      factsOf(story().map((one) => (one.entry.kind === "gate" ? { ...one, at: hoursAgo(25) } : one))),
    ],
    ["together/pair", "requirements", ofHalf(), { release: HALF }],
    [
      "approval/security",
      "approvals",
      withApprovals([approvalOf("ben", "production-authority"), approvalOf("cleo", "production-authority")]),
    ],
    [
      "approval/production-authority",
      "approvals",
      withApprovals([approvalOf("ann", "security"), approvalOf("cleo", "production-authority")]),
    ],
    [
      "freeze",
      "requirements",
      factsOf(story(), { freezeAt: ([freeze]) => freeze && { freeze, until: new Date(hoursAgo(-5)) } }),
    ],
    ["hold", "requirements", factsOf(told(held))],
  ];

  test.each(cases)("%s (%s)", (id, pending, facts, asked = {}) => {
    const answer = mayEnter({ ...request, ...asked }, facts);
    expect(unmet(facts, { ...request, ...asked }).map((one) => one.id)).toEqual([id]);
    expect(answer).toMatchObject({ may: false, pending });
    for (const one of answer.asked) if (one.answer !== "met") expect(one.wayOut).toBeTruthy();
  });

  test("catalog and policies are both unknown where the commit cannot be read", () => {
    expect(unmet(factsOf(story(), { atCommit: undefined }))).toMatchObject([
      { id: "catalog", answer: "unknown" },
      { id: "policies", answer: "unknown" },
    ]);
  });

  test("a stage that was skipped has neither soaked nor been tested", () => {
    const skipped = story().filter(
      ({ entry }) => !("environment" in entry && entry.environment === "staging"),
    );
    const answer = mayEnter(request, factsOf(skipped));
    expect(answer).toMatchObject({ may: false, pending: "requirements" });
    expect(answer.asked.find(({ id }) => id === "order")).toMatchObject({
      answer: "not met",
      because: "it never was; nothing runs in staging",
      wayOut: expect.stringContaining("--env staging --platform shop"),
    });
  });
});

function gateEntryOf(environment: string): Told["entry"] {
  return { kind: "check", release: FIRST, environment, check: "smoke", passed: true };
}
function check(passed: boolean): Told["entry"] {
  return { kind: "check", release: SECOND, environment: "staging", check: "smoke", passed };
}
function edited(change: object): EntryFacts {
  const facts = factsOf();
  return { ...facts, lockFile: { ...facts.lockFile, ...change } as NonNullable<EntryFacts["lockFile"]> };
}
function withApprovals(agreements: EntryFacts["agreements"], more: Partial<EntryFacts> = {}): EntryFacts {
  return factsOf(story(), { agreements, ...more });
}
/** On its way, soaked and tested, is a release of which one of two services that move together has moved. */
function ofHalf(): EntryFacts {
  const swapped = (JSON.parse(JSON.stringify(story()).replaceAll(SECOND, HALF)) as Told[]).map(
    (one): Told => {
      const isSecond = one.entry.kind === "release" && releaseDigest(one.entry.release) === SECOND;
      return isSecond ? { ...one, entry: { kind: "release", release: half } } : one;
    },
  );
  const facts = factsOf(swapped);
  return { ...facts, agreements: facts.agreements.map((one) => ({ ...one, release: HALF })) };
}

describe("soak", () => {
  test("is told with how long it ran, and when it will have run long enough", () => {
    const facts = factsOf(story(), stops("prod", { soakSeconds: 72 * 3600 }));
    expect(unmet(facts)).toMatchObject([
      {
        because: "ran 2 d of 3 d without interruption in staging, since 2026-03-08T12:00:00Z",
        earliest: "2026-03-11T12:00:00.000Z",
        wayOut: "leave staging alone until 2026-03-11T12:00:00Z",
      },
    ]);
    expect(mayEnter(request, facts).earliest).toBe("2026-03-11T12:00:00.000Z");
  });

  test("is ended by what began to enter there, even if that comes to nothing, and does not add up", () => {
    const number = story().length + 1;
    const other = promoted(
      { release: FIRST, environment: "staging", mark: "o" },
      { begun: hoursAgo(30), ended: hoursAgo(29), number },
    );
    const back = promoted(
      { release: SECOND, environment: "staging", mark: "b" },
      { begun: hoursAgo(28), ended: hoursAgo(20), number: number + 3 },
    );
    const [soak] = unmet(factsOf(told(...other, ...back)));
    expect(soak).toMatchObject({ id: "soak", because: expect.stringContaining("ran 20 h of 1 d") });
    expect(soak?.earliest).toBe(hoursAgo(-4));
    const begun = promoted(
      { release: FIRST, environment: "staging", mark: "o" },
      { begun: hoursAgo(30), number },
    );
    expect(unmet(factsOf(told(...begun)))).toMatchObject([
      { id: "soak", because: expect.stringContaining("ran 18 h of 1 d") },
    ]);
  });
});

describe("approvals", () => {
  const ann = approvalOf("ann", "security");
  const cleo = approvalOf("cleo", "production-authority");
  const ben = approvalOf("ben", "production-authority");
  test.each([
    [
      "by who asks for it",
      { ...ben, by: "robot" },
      {
        people: [...people, { kid: "robot", roles: ["promoter", "production-authority"], key: {} }].filter(
          (one, i) => i > 0 || one.kid !== "robot",
        ),
      },
      "robot asks for it",
    ],
    ["by who made the release", { ...ben, by: "maker" }, {}, "maker made the release"],
    ["that is expired", { ...ben, until: hoursAgo(0.5) }, {}, "it counted until 2026-03-10T11:30:00Z"],
    [
      "of the future",
      { ...ben, issued: hoursAgo(-1) },
      {},
      "it was signed at 2026-03-10T13:00:00Z, which is after now",
    ],
    ["for longer than a week", { ...ben, until: hoursAgo(-168) }, {}, "it is for longer than it may be"],
    ["of another ledger", { ...ben, ledger: "bank" }, {}, "it is for the ledger of bank"],
    ["of a role that is not theirs", { ...ben, by: "ann" }, {}, "ann has not the role production-authority"],
    ["by nobody of the project any more", { ...ben, by: "zoe" }, {}, "zoe is not in approvers.json"],
    ["from before an earlier promotion", { ...ben, number: 2 }, {}, "it has counted for a promotion before"],
  ])("one %s does not count", (_, one, more, why) => {
    const before = promoted(
      { release: SECOND, environment: "prod", mark: "old" },
      { begun: hoursAgo(89), ended: hoursAgo(88), number: story().length + 1 },
    );
    const again = promoted(
      { release: FIRST, environment: "prod", mark: "again" },
      { begun: hoursAgo(87), ended: hoursAgo(86), number: story().length + 4 },
    );
    const records = one.number === 2 ? told(...before, ...again) : story();
    const facts = factsOf(records, { agreements: [ann, cleo, one], ...more });
    if (one.number === 2)
      facts.lockFile = {
        ...facts.lockFile,
        promotion: idOf("again"),
        record: facts.ledger.records.at(-2)?.previous,
        token: facts.ledger.records.at(-3)?.number,
      } as never;
    const [missing, ...others] = unmet(facts);
    expect(others).toEqual([]);
    expect(missing).toMatchObject({
      id: "approval/production-authority",
      because: `1 of 2: cleo; not counted, of ${one.by}: ${why}`,
    });
    expect(mayEnter(request, facts).pending).toBe("approvals");
  });

  test("of another release or environment are none", () => {
    const others = [
      { ...ben, release: FIRST },
      { ...ben, environment: "staging" },
    ];
    expect(unmet(factsOf(story(), { agreements: [ann, cleo, ...others] }))).toMatchObject([
      {
        because: "1 of 2: cleo",
        wayOut: expect.stringMatching(
          /^fairlead approve [0-9a-f]{12} --env prod --platform shop --role production-authority, by ben$/,
        ),
      },
    ]);
  });

  test("somebody counts for one role, once, and for the one in which they are needed", () => {
    const both = [approvalOf("ben", "security"), ben, cleo];
    expect(
      unmet(factsOf(story(), { agreements: [...both, { ...ben, issued: hoursAgo(0.5) }] })),
    ).toHaveLength(1);
    expect(mayEnter(request, factsOf(story(), { agreements: [...both, ann] })).may).toBe(true);
    expect(mayEnter(request, factsOf(story(), { agreements: [ann, ...both] })).may).toBe(true);
  });

  test("those that a promotion has used are used up, and those of the promotion that goes on are its own", () => {
    const own = promoted(
      { release: SECOND, environment: "prod", mark: "own" },
      { begun: hoursAgo(0.01), number: story().length + 1 },
    );
    const agreements = factsOf().agreements.map((one) => ({ ...one, number: 1 }));
    const facts = factsOf(told(...own), { agreements });
    expect(unmet(facts).map(({ id }) => id)).toEqual([
      "under-way",
      "previous-rollout",
      "approval/security",
      "approval/production-authority",
    ]);
    expect(mayEnter({ ...request, promotion: idOf("own") }, facts).may).toBe(true);
  });
});

describe("a promotion under way", () => {
  test("makes others wait, and names its holder", () => {
    const answer = mayEnter(request, factsOf(told(...entering())));
    expect(answer.pending).toBe("holder");
    expect(answer.asked.find(({ id }) => id === "under-way")?.because).toMatchInlineSnapshot(
      `"robot (process 7 on ci-1) brings f9e9ce43cea8 in since 2026-03-10T11:59:56Z, and holds it until 2026-03-10T12:00:56Z"`,
    );
  });

  test("whose holder was not heard of can be gone on with: after its lease and a minute for clocks that differ", () => {
    const facts = factsOf(told(...entering()));
    const wayOut = (seconds: number) =>
      mayEnter({ ...request, at: new Date(now.getTime() + seconds * 1000) }, facts).asked.find(
        ({ id }) => id === "under-way",
      )?.wayOut;
    expect(wayOut(110)).toContain("--wait");
    expect(wayOut(120)).toContain("--resume, or --abort");
  });

  test("that failed leaves the rollout before incomplete", () => {
    const failed = promoted(
      { release: SECOND, environment: "prod", mark: "f", outcome: "failed", runs: FIRST },
      { begun: hoursAgo(2), ended: hoursAgo(1.5), number: story().length + 1 },
    );
    const facts = factsOf(told(...failed));
    facts.lockFile = {
      ...facts.lockFile,
      promotion: idOf("f"),
      record: facts.ledger.records.at(-2)?.previous,
      token: facts.ledger.records.at(-3)?.number,
    } as never;
    expect(unmet(facts)).toMatchObject([
      { id: "previous-rollout", wayOut: expect.stringContaining("fairlead rollback") },
    ]);
  });
});

describe("the other ways", () => {
  const override = approvalOf("dan", "incident-commander", {
    kind: "override",
    until: hoursAgo(-2),
    reason: "customers cannot pay",
  });

  test("an override lets in what is not met, says so, and is told (AH-3)", () => {
    const facts = factsOf(told(held), { agreements: [override] });
    const answer = mayEnter(request, facts);
    expect(answer).toMatchObject({
      may: true,
      way: "override",
      override: { by: "dan", reason: "customers cannot pay" },
    });
    expect(answer.asked.filter((one) => one.isOverridden).map(({ id }) => id)).toEqual([
      "approval/security",
      "approval/production-authority",
      "hold",
    ]);
  });

  test.each([
    ["expired", { until: hoursAgo(0.5) }, {}],
    ["for longer than the catalog says", { until: hoursAgo(-4) }, {}],
    ["by another role", { role: "security", by: "ann" }, {}],
    ["for another release", { release: FIRST }, {}],
    ["used before", { number: 1 }, {}],
    ["where the catalog has none", {}, { override: undefined }],
  ])("no override counts that is %s", (_, change, catalog) => {
    const used = promoted(
      { release: SECOND, environment: "prod", mark: "u", outcome: "aborted", runs: FIRST },
      { begun: hoursAgo(0.9), ended: hoursAgo(0.8), number: story().length + 2 },
    );
    const facts = factsOf(
      told(held, ...("number" in change ? [used[0], used[2]].filter((one) => one !== undefined) : [])),
      { agreements: [{ ...override, ...change }], ...stops("prod", catalog as never) },
    );
    expect(mayEnter(request, facts)).toMatchObject({ may: false, way: "usual" });
  });

  test.each([
    ["an unknown release", factsOf(), { release: HALF }],
    ["other digests", factsOf(story(), { atCommit: { catalog: FIRST, policies: FIRST } }), {}],
    ["an edited lock file", edited({ release: SECOND }), {}],
    ["a promotion under way", factsOf(told(...entering())), {}],
    ["nobody who asks", factsOf(), { by: undefined }],
  ])("no override helps against %s", (_, facts, asked) => {
    expect(mayEnter({ ...request, ...asked }, { ...facts, agreements: [override] }).may).toBe(false);
  });

  test("a hotfix is asked for its own soak and approvals, and skips no stage", () => {
    const fix = releaseOf("fix", { hotfix: "customers cannot pay" });
    const FIX = releaseDigest(fix);
    const swapped = (JSON.parse(JSON.stringify(story()).replaceAll(SECOND, FIX)) as Told[]).map(
      (one): Told =>
        one.entry.kind === "release" && one.entry.release.commit === second.commit
          ? { ...one, entry: { kind: "release", release: fix } }
          : one,
    );
    const facts = factsOf(swapped, { agreements: [approvalOf("ann", "security", { release: FIX })] });
    expect(mayEnter({ ...request, release: FIX }, facts)).toMatchObject({ may: true, way: "hotfix" });
    const skipped = swapped.filter(
      ({ entry }) => !("environment" in entry && entry.environment === "staging"),
    );
    expect(
      mayEnter({ ...request, release: FIX }, factsOf(skipped, { agreements: facts.agreements })).may,
    ).toBe(false);
  });

  test("a rollback is asked for neither evidence nor people, in a freeze and while it is held; but it goes to what was verified there (AH-3, PM-6)", () => {
    const frozen = {
      freezeAt: ([freeze]: readonly (typeof promotion.stops)[number]["freezes"][number][]) =>
        freeze && { freeze, until: now },
    };
    const facts = factsOf(told(held), { agreements: [], atCommit: undefined, ...frozen });
    const back = { ...request, release: FIRST, rollback: true };
    expect(mayEnter(back, facts)).toMatchObject({ may: true, way: "rollback" });
    expect(mayEnter({ ...back, release: SECOND }, facts)).toMatchObject({
      may: false,
      pending: "requirements",
    });
  });
});

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
