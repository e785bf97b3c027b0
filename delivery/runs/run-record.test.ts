import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { fileRun, findRun, type RunRecord, readRun } from "./run-record.ts";

const record: RunRecord = {
  ...{ version: 1, kind: "load", subject: "shop/smoke", verdict: "pass", samples: 100 },
  inputs: { settings: { repeat: 1 }, files: { "run-1/runner-1/script.js": `sha256:${"a".repeat(64)}` } },
  tools: [{ name: "k6", version: "1.8.1", digest: `sha256:${"b".repeat(64)}` }],
  server: { target: "http://127.0.0.1:8080" },
  window: { from: "2026-01-01T00:00:00.000Z", to: "2026-01-01T00:01:00.000Z" },
  queries: [
    {
      ...{ query: "1", at: "2026-01-01T00:01:00.000Z" },
      answer: [{ labels: {}, samples: [{ at: 0, value: 1 }] }],
    },
  ],
  measures: { p95: 0.2, p99: null },
};

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "fairlead-runs-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

test("a run is filed under the digest of its text, once, whatever the order of its keys, and read as it was", async () => {
  const runs = await folder();
  const id = await fileRun(runs, record);
  const turned = Object.fromEntries(Object.entries(record).reverse()) as RunRecord;
  expect(await fileRun(runs, turned)).toBe(id);
  expect(await readdir(runs)).toEqual([`${id}.json`]);
  expect(await readRun(runs, id)).toEqual(record);
});

test("a record that was changed is not read, and filing the run again does not mend it in silence", async () => {
  const runs = await folder();
  const id = await fileRun(runs, record);
  const file = join(runs, `${id}.json`);
  const text = await readFile(file, "utf8");
  await chmod(file, 0o644);
  await writeFile(file, text.replace('"p95":0.2', '"p95":0.1'));
  expect(await readRun(runs, id)).toEqual({ unusable: "its text is not what it was filed as" });
  await fileRun(runs, record);
  expect(await readRun(runs, id)).toEqual({ unusable: "its text is not what it was filed as" });
  await writeFile(file, text.slice(0, -10));
  expect(await readRun(runs, id)).toHaveProperty("unusable");
  expect(await readRun(runs, "0".repeat(64))).toEqual({ unusable: "it is not there" });
});

test("a run is found by how its id begins, if no other does", async () => {
  const runs = await folder();
  const id = await fileRun(runs, record);
  expect(await findRun(runs, id.slice(0, 8))).toBe(id);
  await writeFile(join(runs, `${id.slice(0, 60)}0000.json`), "");
  expect(await findRun(runs, id.slice(0, 8))).toEqual({
    unusable: "2 runs begin so: say more of its digits",
  });
  expect(await findRun(runs, id)).toBe(id);
  expect(await findRun(runs, "0".repeat(64))).toEqual({ unusable: "it is not there" });
  for (const no of ["", "abc", `../${id}`, "*"])
    expect(await findRun(runs, no)).toEqual({ unusable: "an id is 8 to 64 hexadecimal digits" });
});
