import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readApprovals } from "../evidence/formats/approvals.ts";
import type { Entry } from "../ledger/entry.ts";
import { openLedger } from "../ledger/open.ts";
import { somebody } from "../signing/people-of-test.ts";
import type { Person, Signer } from "../signing/signer.ts";
import { agreementsOf, signAgreement, type ToSign } from "./approval.ts";
import { handIn } from "./approve.ts";
import { mayEnter } from "./may-enter.ts";
import type { EntryFacts } from "./requirement.ts";
import { FIRST, factsOf, first, promoted, SECOND, second } from "./story-of-test.ts";

const robot = somebody("robot");
const maker = somebody("maker", ["promoter", "security"]);
const ann = somebody("ann", ["security"]);
const ben = somebody("ben", ["cost"]);
const dan = somebody("dan", ["incident-commander"]);
const stranger = somebody("stranger", ["security"]);
const people = [robot, maker, ann, ben, dan].map(({ person }) => person);
const at = new Date();
const inHours = (hours: number) => new Date(at.getTime() + hours * 3_600_000).toISOString();

const given: Omit<EntryFacts, "ledger" | "agreements"> = { ...factsOf(), people };
const said: ToSign = {
  ...{ release: SECOND, environment: "prod", role: "security", ledger: "shop" },
  ...{ issued: at.toISOString(), until: inHours(24) },
};
const approvalBy = (signer: Signer, more: Partial<ToSign> = {}) =>
  signAgreement("approval", { ...said, ...more }, signer);

/** A real ledger with two releases: `asked` tells who asked for the second in prod before, in vain. */
async function ledgerWith({ asked }: { asked?: boolean } = {}) {
  const root = await mkdtemp(join(tmpdir(), "fairlead-approve-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const openFor = (signer: Signer, known: Person[] = people) =>
    openLedger(
      { kind: "folder", folder: "ledger" },
      { root, platform: "shop", signer, people: known, env: {} },
    );
  await openFor(robot.signer).add(() => ({ kind: "release", release: first }));
  await openFor(maker.signer).add(() => ({ kind: "release", release: second }));
  const refusal: Entry = {
    kind: "refusal",
    what: "promotion",
    release: SECOND,
    environment: "prod",
    reasons: ["no"],
  };
  if (asked) await openFor(robot.signer).add(() => refusal);
  return openFor(robot.signer);
}

const hand = (
  text: string,
  more: { kind?: "approval" | "override"; environment?: string; at?: Date; people?: Person[] } = {},
) => ({
  given: { ...given, people: more.people ?? people },
  handed: {
    kind: more.kind ?? "approval",
    text,
    release: SECOND,
    environment: more.environment ?? "prod",
    at: more.at ?? at,
  } as const,
});

test("an approval that is signed counts, by the key of who signed it, whoever wrote it down (WV-19)", async () => {
  const ledger = await ledgerWith();
  const text = await approvalBy(ann.signer);
  expect(await handIn(ledger, hand(text))).toEqual([]);
  const read = await ledger.read();
  expect(read.records.at(-1)).toMatchObject({ by: "robot", entry: { kind: "approval", approval: text } });
  const agreements = await agreementsOf(read.records, people);
  expect(agreements).toMatchObject([{ by: "ann", role: "security", number: 3 }]);
  const answer = mayEnter(
    { release: SECOND, environment: "prod", by: "robot", at },
    { ...given, ledger: read, agreements },
  );
  expect(answer.asked.find(({ id }) => id === "approval/security")).toMatchObject({
    answer: "met",
    because: "1 of 1: ann",
  });
  // Whoever's key is taken out, or whose role is, has approved of nothing.
  expect(
    await agreementsOf(
      read.records,
      people.filter(({ kid }) => kid !== "ann"),
    ),
  ).toEqual([]);
});

test("gates read the same approvals as evidence", async () => {
  const text = await approvalBy(ann.signer);
  const file = JSON.stringify({ version: 1, approvals: [text] });
  const approvers = people.map(({ kid, key }) => ({ ...key, kid })) as never;
  const context = { release: SECOND, environment: "prod", at, approvers } as never;
  expect(await readApprovals(file, context)).toEqual({ values: { approvers: { value: 1 } } });
});

describe("what does not count is refused, and recorded with the reason", () => {
  const tampered = async () => {
    const [header, , signature] = (await approvalBy(ann.signer)).split(".");
    const payload = Buffer.from(JSON.stringify({ ...said, until: inHours(100) })).toString("base64url");
    return `${header}.${payload}.${signature}`;
  };
  test.each([
    [
      "expired",
      () => approvalBy(ann.signer, { issued: inHours(-3), until: inHours(-1) }),
      /it counted until/,
    ],
    ["of the future", () => approvalBy(ann.signer, { issued: inHours(1) }), /which is after now/],
    [
      "for longer than a week",
      () => approvalBy(ann.signer, { until: inHours(200) }),
      /longer than it may be/,
    ],
    ["for another digest", () => approvalBy(ann.signer, { release: FIRST }), /it is for the release sha256:/],
    [
      "for another environment",
      () => approvalBy(ann.signer, { environment: "staging" }),
      /it is for staging, and not for prod/,
    ],
    ["for another ledger", () => approvalBy(ann.signer, { ledger: "bank" }), /ledger of bank/],
    [
      "of a role that nobody asks for",
      () => approvalBy(ben.signer, { role: "cost" }),
      /prod asks for security, production-authority/,
    ],
    ["of a role that is another's", () => approvalBy(ben.signer), /ben has not the role security/],
    ["by who made the release", () => approvalBy(maker.signer), /maker made the release/],
    ["by nobody of the project", () => approvalBy(stranger.signer), /"stranger" is no key of approvers.json/],
    ["changed afterwards", tampered, /the signature of ann does not hold/],
    [
      "of another kind",
      () => signAgreement("override", { ...said, reason: "x" }, ann.signer),
      /signed as "fairlead-override\+jws"/,
    ],
    ["nothing that is signed", async () => "approved", /bears no signature/],
  ])("%s", async (_, make, reason) => {
    const ledger = await ledgerWith();
    const reasons = await handIn(ledger, hand(await make()));
    expect(reasons).toEqual([expect.stringMatching(reason)]);
    const { records } = await ledger.read();
    expect(records.at(-1)?.entry).toMatchObject({
      kind: "refusal",
      what: "approval",
      release: SECOND,
      environment: "prod",
      reasons,
    });
    expect(await agreementsOf(records, people)).toEqual([]);
  });

  test("by who asked for it", async () => {
    const ledger = await ledgerWith({ asked: true });
    const able = people.map((one) =>
      one.kid === "robot" ? { ...one, roles: ["promoter", "security"] } : one,
    );
    const reasons = await handIn(ledger, hand(await approvalBy(robot.signer), { people: able }));
    expect(reasons).toEqual(["robot asks for it"]);
  });

  test("replayed, while it counts and after it has counted", async () => {
    const ledger = await ledgerWith();
    const text = await approvalBy(ann.signer);
    expect(await handIn(ledger, hand(text))).toEqual([]);
    expect(await handIn(ledger, hand(text))).toEqual(["it is in the ledger already, as record 3"]);
    for (const { entry } of promoted(
      { release: SECOND, environment: "prod" },
      { begun: "", ended: "", number: 5 },
    ))
      await ledger.add(() => entry);
    expect(await handIn(ledger, hand(text))).toEqual(["it has counted for a promotion before"]);
    expect(await handIn(ledger, hand(await approvalBy(ann.signer, { until: inHours(25) })))).toEqual([]);
  });
});

test("an override is taken of the role that the catalog names, with its reason, for as long as it says at most", async () => {
  const ledger = await ledgerWith();
  const override = { ...said, role: "incident-commander", reason: "customers cannot pay" };
  const long = await signAgreement("override", { ...override, until: inHours(5) }, dan.signer);
  expect(await handIn(ledger, hand(long, { kind: "override" }))).toEqual(["it is for longer than it may be"]);
  const good = await signAgreement("override", { ...override, until: inHours(2) }, dan.signer);
  expect(await handIn(ledger, hand(good, { kind: "override" }))).toEqual([]);
  const read = await ledger.read();
  const facts = {
    ...given,
    ledger: read,
    agreements: await agreementsOf(read.records, people),
    lockFile: { kind: "none" } as const,
  };
  const answer = mayEnter({ release: SECOND, environment: "prod", by: "robot", at: new Date() }, facts);
  expect(answer).toMatchObject({
    may: true,
    way: "override",
    override: { by: "dan", reason: "customers cannot pay" },
  });
  await expect(signAgreement("override", said, dan.signer)).rejects.toThrow("reason");
});
