import { describe, expect, test } from "vitest";
import { releaseDigest } from "../release/release.ts";
import { mayEnter } from "./may-enter.ts";
import type { EntryFacts, EntryRequest } from "./requirement.ts";
import {
  approvalOf,
  check,
  edited,
  entering,
  FIRST,
  factsOf,
  gateEntry,
  HALF,
  half,
  held,
  hoursAgo,
  idOf,
  lockedByLast,
  now,
  people,
  promoted,
  request,
  SECOND,
  second,
  stops,
  story,
  type Told,
  told,
  unmet,
} from "./story-of-test.ts";

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
    const facts = lockedByLast(factsOf(told(...failed)), "f");
    expect(unmet(facts)).toMatchObject([
      { id: "previous-rollout", wayOut: expect.stringContaining("fairlead rollback") },
    ]);
  });
});
