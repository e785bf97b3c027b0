// Whatever is done to a ledger of twenty records behind Fairlead's back is found, in every kind of store.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedServer, startEmbedded } from "../../orchestrator/store/embedded.ts";
import { ProblemsError } from "../../problems/problem.ts";
import { howMany } from "../../tests/how-many.ts";
import { seededNumbers } from "../../tests/seeded-numbers.ts";
import { somebody } from "../signing/people-of-test.ts";
import { inFolder, inGit, inPostgres, type Tampered, type Texts } from "./fixtures/stores.ts";
import { openLedger } from "./open.ts";

const RECORDS = 20;
const robot = somebody("robot");
let folder: string;
let server: EmbeddedServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-mutated-"));
  server = await startEmbedded({ settings: ["fsync=off"] });
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const stores: Record<string, () => Tampered | Promise<Tampered>> = {
  folder: () => inFolder(join(folder, "ledger")),
  git: () => inGit(join(folder, "ledger.git")),
  postgres: () => inPostgres(server.url, "shop"),
};
// Each reading of a Git remote starts several programs, and each tampering with a database connects anew.
const SHARE: Record<string, number> = { folder: 1, git: howMany(0.1, 1), postgres: howMany(0.3, 1) };

test.for(Object.keys(stores))(
  "every edit, deletion, swap, double and cut is found and named, in %s",
  async (kind, { annotate }) => {
    const tampered = await (stores[kind] as () => Promise<Tampered>)();
    const root = join(folder, `root-${kind}`);
    const open = () => openOf(tampered, root);
    const ledger = open();
    for (let i = 1; i <= RECORDS; i++)
      await ledger.add(() => ({ kind: "hold", environment: "prod", because: `reason ${i} «ü»` }));
    await ledger.close();
    const whole = await tampered.get();
    const random = seededNumbers(20);
    let tried = 0;
    for (const { what, first, texts } of mutations(whole, random)) {
      if (random() >= (SHARE[kind] ?? 1)) continue;
      tried++;
      expect(await foundAfter(tampered, texts, root), what).toEqual(first);
    }
    expect(tried).toBeGreaterThan(20);
    await annotate(`${tried} mutations`);
    await tampered.put(whole);
    expect(await foundAfter(tampered, whole, root)).toBe("nothing");
  },
);

/** The record that a fault is seen at. */
async function foundAfter(tampered: Tampered, texts: Texts, root: string): Promise<string> {
  // Nothing is remembered: what is found is found in the ledger itself.
  await rm(join(root, ".fairlead", "heads.json"), { force: true });
  try {
    await tampered.put(texts);
  } catch (error) {
    // A text that is no UTF-8 has no place in a database.
    expect(String(error)).toContain("UTF8");
    return expect.anything();
  }
  const ledger = openOf(tampered, root);
  try {
    await ledger.read();
    return "nothing";
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    return error.problems[0]?.path ?? `${error.problems[0]?.rule}`;
  } finally {
    await ledger.close();
  }
}

function openOf({ place, env }: Tampered, root: string) {
  return openLedger(place, { root, platform: "shop", signer: robot.signer, people: [robot.person], env });
}

interface Mutation {
  what: string;
  /** Where it must be seen first. */
  first: string;
  texts: Texts;
}

function* mutations(whole: Texts, random: () => number): Generator<Mutation> {
  const { records, head } = whole as Required<Texts>;
  const mutated = (what: string, first: number, changed: Buffer[]): Mutation => ({
    what,
    first: `record ${first}`,
    texts: { records: changed, head },
  });
  for (let i = 0; i < RECORDS; i++) {
    for (let j = i + 1; j < RECORDS; j++)
      yield mutated(
        `${i + 1} and ${j + 1} swapped`,
        i + 1,
        records.map((text, k) => (k === i ? records[j] : k === j ? records[i] : text) as Buffer),
      );
    yield mutated(
      `${i + 1} removed`,
      i + 1,
      records.filter((_, k) => k !== i),
    );
    yield mutated(`${i + 1} doubled`, i + 2, [...records.slice(0, i + 1), ...records.slice(i)]);
    yield mutated(`cut after ${i}`, i + 1, records.slice(0, i));
    for (let flips = 0; flips < howMany(6, 200); flips++) {
      const { text, what } = flipped(records[i] as Buffer, random);
      yield mutated(
        `record ${i + 1}: ${what}`,
        i + 1,
        records.map((one, k) => (k === i ? text : one)),
      );
    }
  }
  for (let flips = 0; flips < howMany(30, 300); flips++) {
    const { text, what } = flipped(head, random);
    yield { what: `head: ${what}`, first: "ledger/head", texts: { records, head: text } };
  }
  yield { what: "without its head", first: "ledger/head", texts: { records } };
}

function flipped(text: Buffer, random: () => number): { text: Buffer; what: string } {
  const [at, bit] = [Math.floor(random() * text.length), Math.floor(random() * 8)];
  const changed = Buffer.from(text);
  changed[at] = (changed[at] ?? 0) ^ (1 << bit);
  return { text: changed, what: `bit ${bit} of byte ${at} flipped` };
}
