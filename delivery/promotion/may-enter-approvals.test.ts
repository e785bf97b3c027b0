import { describe, expect, test } from "vitest";
import { mayEnter } from "./may-enter.ts";
import {
  approvalOf,
  FIRST,
  factsOf,
  hoursAgo,
  idOf,
  lockedByLast,
  people,
  promoted,
  request,
  SECOND,
  story,
  told,
  unmet,
} from "./story-of-test.ts";

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
    const plain = factsOf(records, { agreements: [ann, cleo, one], ...more });
    const facts = one.number === 2 ? lockedByLast(plain, "again") : plain;
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
