import { describe, expect, test } from "vitest";
import { releaseDigest } from "../release/release.ts";
import { mayEnter } from "./may-enter.ts";
import {
  approvalOf,
  edited,
  entering,
  FIRST,
  factsOf,
  HALF,
  held,
  hoursAgo,
  now,
  promoted,
  type promotion,
  releaseOf,
  request,
  SECOND,
  second,
  stops,
  story,
  type Told,
  told,
} from "./story-of-test.ts";

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
