import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  appendFile,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterEach, beforeEach, expect, test } from "vitest";
import { howMany } from "../../tests/how-many.ts";
import { rootFolder } from "../../tests/structure/source-files.ts";
import type { DomainEvent } from "../domain/event.ts";
import { compressArtifacts } from "./compress-artifacts.ts";

const NOW = Date.UTC(2026, 0, 2);
let folder = "";
let events: DomainEvent[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "artifacts-"));
  events = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = () =>
  compressArtifacts({ folder, olderThanSeconds: 3600, now: NOW, record: (event) => void events.push(event) });

async function artifact(name: string, { content = "evidence ".repeat(1000), ageSeconds = 7200 } = {}) {
  const path = join(folder, name);
  await writeFile(path, content);
  const time = NOW / 1000 - ageSeconds;
  await utimes(path, time, time);
  return path;
}

test("WV-14: what is older than an hour is compressed, what is exactly an hour old is not", async () => {
  await artifact("old", { ageSeconds: 3601 });
  await artifact("edge", { ageSeconds: 3600 });
  await artifact("new", { ageSeconds: 10 });
  expect(await run()).toEqual({
    files: 1,
    bytesBefore: 9000,
    bytesAfter: expect.any(Number),
    oldestUncompressedSeconds: 3600,
  });
  expect((await readdir(folder)).sort()).toEqual(["edge", "new", "old.gz"]);
});

test("the content is the same, time and mode are kept, and it is recorded once", async () => {
  await mkdir(join(folder, "run"));
  const path = await artifact("run/log", { content: "a line\n".repeat(5000) });
  const before = await stat(path);
  await run();
  await run();
  const after = await stat(`${path}.gz`);
  expect(gunzipSync(await readFile(`${path}.gz`)).toString()).toBe("a line\n".repeat(5000));
  expect([after.mtimeMs, after.mode]).toEqual([before.mtimeMs, before.mode]);
  expect(after.size).toBeLessThan(before.size / 10);
  expect(events).toEqual([
    { type: "artifacts.compressed", files: 1, bytesBefore: before.size, bytesAfter: after.size },
  ]);
});

test("what an interrupted run left is removed or finished", async () => {
  const path = await artifact("half");
  await writeFile(`${path}.gz.partial`, "rubbish");
  const whole = await artifact("named");
  const copy = await artifact("copy");
  await run();
  await rm(`${whole}.gz`);
  // As after a crash between the naming of the result and the removal of the original.
  await copyFile(`${copy}.gz`, `${whole}.gz`);
  await utimes(`${whole}.gz`, NOW / 1000 - 7200, NOW / 1000 - 7200);
  await artifact("named");
  await run();
  expect((await readdir(folder)).sort()).toEqual(["copy.gz", "half.gz", "named.gz"]);
  for (const name of ["copy", "half", "named"])
    expect(gunzipSync(await readFile(join(folder, `${name}.gz`))).toString()).toBe("evidence ".repeat(1000));
});

test("what has the name of the result already is never lost: an artifact written anew, or one that an agent compressed itself", async () => {
  await artifact("report", { content: "first" });
  await run();
  await artifact("report", { content: "second", ageSeconds: 5000 });
  await artifact("data", { content: "plain" });
  await artifact("data.gz", { content: "not even compressed" });
  await run();
  const unzipped = async (name: string) => gunzipSync(await readFile(join(folder, name))).toString();
  expect((await readdir(folder)).sort()).toEqual(["data.2.gz", "data.gz", "report.2.gz", "report.gz"]);
  expect([await unzipped("report.gz"), await unzipped("report.2.gz")]).toEqual(["first", "second"]);
  expect(await unzipped("data.2.gz")).toBe("plain");
  expect((await readFile(join(folder, "data.gz"))).toString()).toBe("not even compressed");
});

test("links are neither followed nor removed", async () => {
  const outside = await mkdtemp(join(tmpdir(), "outside-"));
  await writeFile(join(outside, "secret"), "mine");
  await utimes(join(outside, "secret"), 1, 1);
  await symlink(join(outside, "secret"), join(folder, "link"));
  await symlink(outside, join(folder, "folder"));
  await run();
  expect((await readdir(folder)).sort()).toEqual(["folder", "link"]);
  expect(await readdir(outside)).toEqual(["secret"]);
  await rm(outside, { recursive: true });
});

test("what grows while it is compressed is left as it is", async () => {
  const path = await artifact("growing", { content: "x".repeat(20_000_000) });
  const running = run();
  await appendFile(path, "more");
  await running;
  expect(await readdir(folder)).toEqual(["growing"]);
  expect((await readFile(path)).subarray(-4).toString()).toBe("more");
});

test("killed at any moment, no artifact is lost or changed, and the next run finishes", async () => {
  const program = join(folder, "run.mjs");
  const source = `process.stdout.write("ready"); for await (const _go of process.stdin) break;
    import { compressArtifacts } from ${JSON.stringify(join(rootFolder, "orchestrator/resilience/compress-artifacts.ts"))};
    await compressArtifacts({ folder: process.argv[2], olderThanSeconds: 3600, now: ${NOW}, record: () => {} });`;
  await build({
    stdin: { contents: source, resolveDir: rootFolder },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: program,
  });
  const artifacts = join(folder, "evidence");
  await mkdir(artifacts);
  const contents = new Map(Array.from({ length: 12 }, (_, i) => [`a${i}`, randomBytes(400_000)]));
  for (const [name, content] of contents) {
    await writeFile(join(artifacts, name), content);
    await utimes(join(artifacts, name), NOW / 1000 - 9000, NOW / 1000 - 9000);
  }
  let killed = 0;
  for (let i = 0; i < howMany(8, 50); i++) {
    const child = spawn(process.execPath, [program, artifacts]);
    const ended = new Promise<string | null>((resolve) =>
      child.once("exit", (_code, signal) => resolve(signal)),
    );
    await once(child.stdout, "data");
    child.stdin.on("error", () => undefined).write("go");
    // The first is killed before it can have done all of it; the others later and later in their work.
    const timer = setTimeout(() => child.kill("SIGKILL"), i * 15);
    if ((await ended) === "SIGKILL") killed += 1;
    clearTimeout(timer);
    for (const [name, content] of contents) {
      const plain = await readFile(join(artifacts, name)).catch(() => undefined);
      const zipped = await readFile(join(artifacts, `${name}.gz`)).catch(() => undefined);
      const kept = plain ?? (zipped && gunzipSync(zipped));
      expect(kept?.equals(content), name).toBe(true);
    }
  }
  expect(killed).toBeGreaterThan(0);
  await compressArtifacts({ folder: artifacts, olderThanSeconds: 3600, now: NOW, record: () => {} });
  expect((await readdir(artifacts)).sort()).toEqual([...contents.keys()].map((name) => `${name}.gz`).sort());
});
