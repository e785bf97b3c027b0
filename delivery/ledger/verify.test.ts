import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { signAgreement, type ToSign } from "../promotion/approval.ts";
import { somebody } from "../signing/people-of-test.ts";
import type { Signer } from "../signing/signer.ts";
import { openLedger } from "./open.ts";
import { verifyLedger } from "./verify.ts";

const robot = somebody("robot");
const ann = somebody("ann", ["security"]);
const people = [robot.person, ann.person];
const place = { release: `sha256:${"1".repeat(64)}`, environment: "prod" };
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const signs = (signer: Signer, more: Partial<ToSign> = {}) =>
  signAgreement(
    more.reason === undefined ? "approval" : "override",
    {
      ...{ ...place, role: "security", ledger: "shop", issued: inHours(0), until: inHours(2) },
      ...more,
    },
    signer,
  );

/** A ledger into which somebody who may write it has put what is said to be signed. */
async function ledgerWith(...texts: string[]) {
  const root = await mkdtemp(join(tmpdir(), "fairlead-verify-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const options = { root, platform: "shop", signer: robot.signer, people, env: {} };
  const ledger = openLedger({ kind: "folder", folder: "ledger" }, options);
  await ledger.add(() => ({ kind: "hold", environment: "prod", because: "first" }));
  for (const approval of texts) await ledger.add(() => ({ kind: "approval", ...place, approval }));
  return ledger;
}

test("approvals and overrides that hold are counted", async () => {
  const ledger = await ledgerWith(await signs(ann.signer));
  const override = await signs(ann.signer, { reason: "customers cannot pay" });
  await ledger.add(() => ({ kind: "override", ...place, override }));
  expect(await verifyLedger(ledger, { people })).toMatchObject({ agreements: 2, attestations: 0 });
  // A role that somebody has no more is no fault of what they signed with it.
  const moved = [robot.person, { ...ann.person, roles: [] }];
  expect(await verifyLedger(ledger, { people: moved })).toMatchObject({ agreements: 2 });
});

test.each([
  ["in somebody's name", () => signs({ ...robot.signer, kid: "ann" }), "the signature of ann does not hold"],
  ["by nobody of the project", () => signs(somebody("eve").signer), '"eve" is no key of approvers.json'],
  [
    "for another release",
    () => signs(ann.signer, { release: `sha256:${"2".repeat(64)}` }),
    "ann signed it for the release sha256:2",
  ],
  ["for another environment", () => signs(ann.signer, { environment: "dev" }), "ann signed it for dev"],
  ["for another ledger", () => signs(ann.signer, { ledger: "bank" }), "for the ledger of bank"],
  ["expired", () => signs(ann.signer, { issued: inHours(-3), until: inHours(-2) }), "it counted until"],
  ["of the future", () => signs(ann.signer, { issued: inHours(1) }), "after it was recorded"],
  ["for longer than a week", () => signs(ann.signer, { until: inHours(200) }), "for longer than it may be"],
])("an approval that was recorded past the rules is named: %s (WV-19)", async (_, make, why) => {
  const ledger = await ledgerWith(await signs(ann.signer), await make());
  await expect(verifyLedger(ledger, { people })).rejects.toMatchObject({
    problems: [
      {
        rule: "ledger/agreement",
        path: "record 3",
        message: expect.stringContaining(`the approval in record 3 does not count: `),
      },
    ],
  });
  await expect(verifyLedger(ledger, { people })).rejects.toThrow(why);
});

test("a key that was given up before the record was written has signed nothing; one that is gone cannot be asked", async () => {
  const ledger = await ledgerWith(await signs(ann.signer, { issued: inHours(-2) }));
  const retired = [robot.person, { ...ann.person, until: inHours(-1) }];
  await expect(verifyLedger(ledger, { people: retired })).rejects.toThrow(/the key of ann counts until/);
  const later = [robot.person, { ...ann.person, until: inHours(1) }];
  expect(await verifyLedger(ledger, { people: later })).toMatchObject({ agreements: 1 });
  await expect(verifyLedger(ledger, { people: [robot.person] })).rejects.toThrow(
    '"ann" is no key of approvers.json',
  );
});
