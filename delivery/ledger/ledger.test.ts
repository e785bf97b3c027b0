import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { somebody } from "../signing/people-of-test.ts";
import { openLedger } from "./open.ts";

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-ledger-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const hold = (because: string) => ({ kind: "hold", environment: "prod", because }) as const;
const robot = somebody("robot");

test("what is added is read again, by everybody, in its order", async () => {
  const root = await emptyFolder();
  const options = { root, platform: "shop", signer: robot.signer, people: [robot.person], env: {} };
  const ledger = openLedger({ kind: "folder", folder: "ledger" }, options);
  expect(await ledger.read()).toMatchObject({ records: [], head: { number: 0 } });
  for (const because of ["one", "two", "three"]) await ledger.add(() => hold(because));
  const { records, head, notes } = await openLedger({ kind: "folder", folder: "ledger" }, options).read();
  expect(records.map(({ number, entry }) => [number, entry])).toEqual([
    [1, hold("one")],
    [2, hold("two")],
    [3, hold("three")],
  ]);
  expect(head.number).toBe(3);
  expect(notes).toEqual([]);
});

test("of those who see the same state one alone gets it written, and the others decide again", async () => {
  const root = await emptyFolder();
  const options = { root, platform: "shop", signer: robot.signer, people: [robot.person], env: {} };
  const ledgers = Array.from({ length: 8 }, () => openLedger({ kind: "folder", folder: "ledger" }, options));
  const adds = ledgers.flatMap((ledger, i) => [0, 1, 2].map((j) => ledger.add(() => hold(`${i}/${j}`))));
  await Promise.all(adds);
  const { records } = await openLedger({ kind: "folder", folder: "ledger" }, options).read();
  const added = records.map(({ entry }) => entry.kind === "hold" && entry.because);
  expect(new Set(added).size).toBe(24);
  expect(records.length).toBe(24);
});
