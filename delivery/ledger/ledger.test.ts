import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { attest } from "../attestation/attest.ts";
import { releaseDigest } from "../release/release.ts";
import { somebody } from "../signing/people-of-test.ts";
import { signedApart } from "../signing/signature.ts";
import { inFolder } from "./fixtures/stores.ts";
import { openLedger } from "./open.ts";
import { storedText } from "./record.ts";
import { verifyLedger } from "./verify.ts";

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

test("a tail that is cut off together with the head is missed by whoever saw it, and by whoever knows its digest", async () => {
  const root = await emptyFolder();
  const options = { root, platform: "shop", signer: robot.signer, people: [robot.person], env: {} };
  const stored = inFolder(join(root, "ledger"));
  const ledger = openLedger(stored.place, options);
  for (const because of ["one", "two"]) await ledger.add(() => hold(because));
  const before = await stored.get();
  const { head } = await ledger.add(() => hold("three"));
  await stored.put(before);
  const cut = /record 3 \(.*00000003.json\) is missing, of a ledger of 3/;
  await expect(openLedger(stored.place, options).read()).rejects.toThrow(cut);
  await expect(ledger.add(() => hold("four"))).rejects.toThrow(cut);
  // Somebody who never saw it cannot know, unless they are told the head.
  const stranger = openLedger(stored.place, { ...options, root: await emptyFolder() });
  expect((await stranger.read()).head.number).toBe(2);
  const people = [robot.person];
  await expect(verifyLedger(stranger, { people, head: head.digest })).rejects.toThrow("cut off before it");
  expect((await verifyLedger(stranger, { people })).records.length).toBe(2);
});

test("a ledger that was written anew by somebody with a key is not the one that was seen", async () => {
  const root = await emptyFolder();
  const options = { root, platform: "shop", signer: robot.signer, people: [robot.person], env: {} };
  const place = { kind: "folder", folder: "ledger" } as const;
  await openLedger(place, options).add(() => hold("one"));
  await rm(join(root, "ledger"), { recursive: true });
  const elsewhere = openLedger({ kind: "folder", folder: join(root, "ledger") }, options);
  for (const because of ["other", "two"]) await elsewhere.add(() => hold(because));
  await expect(openLedger(place, options).read()).rejects.toThrow(
    "record 1 (ledger/records/00000001.json) is another than was seen",
  );
});

test("nobody writes without the role, after their time, in another's name, or with a clock that is behind", async () => {
  const root = await emptyFolder();
  const options = { root, platform: "shop", signer: robot.signer, people: [robot.person], env: {} };
  const place = { kind: "folder", folder: "ledger" } as const;
  const ann = somebody("ann", ["security"]);
  const add = (more: object) => openLedger(place, { ...options, ...more }).add(() => hold("one"));
  await expect(add({ signer: undefined })).rejects.toThrow("without a key");
  await expect(add({ people: [] })).rejects.toThrow("no key of approvers.json");
  await expect(add({ signer: ann.signer, people: [ann.person] })).rejects.toThrow(
    "ann has not the role promoter",
  );
  const retired = { ...robot.person, until: "2026-01-01T00:00:00Z" };
  await expect(add({ people: [retired] })).rejects.toThrow("counts until 2026-01-01T00:00:00Z alone");
  await add({});
  const at = (seconds: number) => () => new Date(Date.now() - seconds * 1000);
  await expect(add({ now: at(90) })).rejects.toThrow(/it is .* here, and the ledger's newest record is of/);
  await add({ now: at(30) });
  // What was written while they might stays good; and the reading says who may not.
  const gone = { ...robot.person, until: new Date(Date.now() + 60_000).toISOString() };
  expect((await openLedger(place, { ...options, people: [gone] }).read()).records.length).toBe(2);
  await expect(openLedger(place, { ...options, people: [retired] }).read()).rejects.toThrow("record 1");
  const demoted = [{ ...robot.person, roles: [] }];
  await expect(openLedger(place, { ...options, people: demoted }).read()).rejects.toThrow(
    "has not the role promoter",
  );
  await expect(openLedger(place, { ...options, people: [somebody("robot").person] }).read()).rejects.toThrow(
    "does not hold",
  );
});

test("a record of another platform's ledger is a stranger here", async () => {
  const root = await emptyFolder();
  const options = { root, platform: "shop", signer: robot.signer, people: [robot.person], env: {} };
  const place = { kind: "folder", folder: "ledger" } as const;
  await openLedger(place, { ...options, platform: "other" }).add(() => hold("one"));
  await expect(openLedger(place, options).read()).rejects.toThrow(
    'is of the ledger of "other", not of "shop"',
  );
});

test("a head that a crash left unwritten is told, and written by whoever adds next", async () => {
  const root = await emptyFolder();
  const options = { root, platform: "shop", signer: robot.signer, people: [robot.person], env: {} };
  const stored = inFolder(join(root, "ledger"));
  const ledger = openLedger(stored.place, options);
  for (const because of ["one", "two"]) await ledger.add(() => hold(because));
  const { head } = await stored.get();
  await ledger.add(() => hold("three"));
  const { records } = await stored.get();
  await stored.put({ records, ...(head && { head }) });
  expect((await ledger.read()).notes).toMatchObject([{ rule: "ledger/head-behind", severity: "info" }]);
  await ledger.add(() => hold("four"));
  expect((await ledger.read()).notes).toEqual([]);
  const four = await stored.get();
  await stored.put({ records: four.records, ...(head && { head }) });
  await expect(ledger.read()).rejects.toThrow("the head is of record 2, and there are 4");
});

test("what lies in the folder and is no record is told, and counts for nothing", async () => {
  const root = await emptyFolder();
  const options = { root, platform: "shop", signer: robot.signer, people: [robot.person], env: {} };
  const ledger = openLedger({ kind: "folder", folder: "ledger" }, options);
  await ledger.add(() => hold("one"));
  await writeFile(join(root, "ledger/records/notes.txt"), "mine");
  await writeFile(join(root, "ledger/records/00000009.json"), "{}");
  expect((await ledger.read()).notes?.map(({ rule, message }) => [rule, message])).toEqual([
    ["ledger/foreign-file", "ledger/records/notes.txt is no record of it"],
    ["ledger/foreign-file", "ledger/records/00000009.json stands beyond a gap"],
  ]);
});

test("an attestation that says something else than the records is named", async () => {
  const root = await emptyFolder();
  const options = { root, platform: "shop", signer: robot.signer, people: [robot.person], env: {} };
  const ledger = openLedger({ kind: "folder", folder: "ledger" }, options);
  const promotion = "6f1ed002-ab5d-4f5b-9d3c-000000000001";
  const sha = (digit: string) => `sha256:${digit.repeat(64)}`;
  const release = {
    ...{
      version: 1 as const,
      platform: "shop",
      commit: "a".repeat(40),
      catalog: sha("1"),
      policies: sha("2"),
    },
    images: { web: `registry.example/web@${sha("3")}` },
  };
  const of = { release: releaseDigest(release), environment: "prod" };
  const holder = { by: "robot", host: "here", pid: 1 };
  const begun = {
    ...{ kind: "begun" as const, promotion, way: "usual" as const, steps: ["lock"], because: [] },
    ...{ holder, leaseSeconds: 60 },
  };
  await ledger.add(() => ({ kind: "release", release }));
  const { head } = await ledger.add(() => ({ ...begun, ...of }));
  await ledger.add(() => ({
    kind: "ended",
    promotion,
    token: head.number,
    outcome: "promoted",
    runs: of.release,
  }));
  const facts = { release, environment: "prod", passed: true, at: new Date().toISOString(), inputs: [] };
  const good = await attest(facts, robot.signer);
  await ledger.add(() => ({ kind: "attestation", promotion, envelope: good }));
  const people = [robot.person];
  expect(await verifyLedger(ledger, { people })).toMatchObject({ attestations: 1 });
  const bad = await attest({ ...facts, passed: false }, robot.signer);
  await ledger.add(() => ({ kind: "attestation", promotion, envelope: bad }));
  await expect(verifyLedger(ledger, { people })).rejects.toThrow(
    "record 5 does not fit its promotion: it says FAILED",
  );
});

test("bytes that another encoding would read as the same text are another text", async () => {
  const root = await emptyFolder();
  const options = { root, platform: "shop", signer: robot.signer, people: [robot.person], env: {} };
  const stored = inFolder(join(root, "ledger"));
  await openLedger(stored.place, options).add(() => hold("é"));
  const { records, head } = await stored.get();
  const latin1 = records.map((text) => Buffer.from(text.toString(), "latin1"));
  await stored.put({ records: latin1, ...(head && { head }) });
  await expect(openLedger(stored.place, options).read()).rejects.toThrow("is torn");
});

test("a record that somebody with a key wrote anew is found at the one that follows it", async () => {
  const root = await emptyFolder();
  const options = { root, platform: "shop", signer: robot.signer, people: [robot.person], env: {} };
  const stored = inFolder(join(root, "ledger"));
  const ledger = openLedger(stored.place, options);
  for (const because of ["one", "two", "three"]) await ledger.add(() => hold(because));
  const { records, head } = await stored.get();
  const { record } = JSON.parse(String(records[1]));
  const other = { ...record, entry: hold("another two") };
  const signature = await signedApart(other, robot.signer, "fairlead-record+jws");
  const forged = Buffer.from(storedText({ record: other, signature }));
  await stored.put({ records: records.map((text, i) => (i === 1 ? forged : text)), ...(head && { head }) });
  await expect(openLedger(stored.place, { ...options, root: await emptyFolder() }).read()).rejects.toThrow(
    "does not follow record 2 as it is now",
  );
});
