// A writer that was stopped for long and wakes after a newer one: whatever it was about to do, the newer one's stands.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type FencedFile, writeFenced } from "./fenced-file.ts";

const at = async () => {};
const textOf = (token: number) => `token ${token}`;
const OLD = 5;
const NEW = 9;

async function fencedFile(): Promise<FencedFile> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-fenced-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const tokenIn = (text: string) => Number(/^token (\d+)$/.exec(text)?.[1] ?? Number.NaN) || undefined;
  return { path: join(folder, "file"), drafts: join(folder, "drafts"), tokenIn };
}

const wants = (what: string, token: number) => (what === "write" ? textOf(token) : undefined);
const found = (file: FencedFile) => readFile(file.path, "utf8").catch(() => undefined);

const cases = ["begin", "draft", "fenced"].flatMap((moment) =>
  ["write", "remove"].flatMap((old) => ["write", "remove"].map((newer) => [moment, old, newer] as const)),
);

test.each(cases)("stopped at %s, it wants to %s; the newer one's %s stands", async (moment, old, newer) => {
  const file = await fencedFile();
  await writeFenced(file, { text: textOf(1), token: 1, at });
  const goesBefore = () => writeFenced(file, { text: wants(newer, NEW), token: NEW, at });
  if (moment === "begin") await goesBefore();
  const stopped = async (now: string) => {
    if (now === moment) await goesBefore();
  };
  const done = await writeFenced(file, { text: wants(old, OLD), token: OLD, at: stopped }).then(
    () => "done",
    (error: Error) => error.message,
  );
  // Who takes away what is gone already has done no harm.
  if (!(moment === "fenced" && old === "remove" && newer === "remove"))
    expect(done).toContain("promotion/taken-over");
  expect(await found(file)).toBe(wants(newer, NEW));
  // And whoever is newer still finds nothing in the way.
  await writeFenced(file, { text: textOf(10), token: 10, at });
  expect(await found(file)).toBe(textOf(10));
  expect(await readdir(file.drafts)).toEqual([]);
});
