import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readSettings } from "./settings.ts";

test("an empty environment gives the required limits: 10 runs at once (WV-13), 1,000 that wait (NX-4)", () => {
  expect(readSettings({})).toEqual({
    connections: 10,
    runsOfProcess: 1_000,
    leaseSeconds: 30,
    pollMs: 25,
    drainSeconds: 20,
    retryMs: 1_000,
    workLog: false,
    keep: { events: 30, idempotencyKeys: 7, executions: 7 },
  });
});

test("every variable that is wrong is named, and no value is shown", () => {
  const wrong = {
    DATABASE_URL: "mysql://ann:secret@host/db",
    ORCHESTRATOR_RUNS: "many",
    ORCHESTRATOR_QUEUE: "0",
  };
  expect(() => readSettings(wrong)).toThrowErrorMatchingInlineSnapshot(`
    [Error: DATABASE_URL: must be a URL such as postgresql://user@host/database
    ORCHESTRATOR_RUNS: Invalid input: expected number, received NaN
    ORCHESTRATOR_QUEUE: Too small: expected number to be >=1]
  `);
});

test("the database's URL may come from a file, as a mounted Secret is; one that is wrong is not shown", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-settings-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "url");
  const variables = { DATABASE_URL_FILE: file };
  expect(() => readSettings(variables)).toThrow("DATABASE_URL_FILE: cannot be read (ENOENT)");
  await writeFile(file, "postgresql://ann:secret@host/db\n");
  expect(readSettings(variables).databaseUrl).toBe("postgresql://ann:secret@host/db");
  expect(() => readSettings({ ...variables, DATABASE_URL: "postgresql://host/db" })).toThrow(
    "give one of them",
  );
  await writeFile(file, "mysql://ann:secret@host/db");
  expect(() => readSettings(variables)).toThrow(
    /^DATABASE_URL: must be a URL such as [^s]*postgresql:\/\/user@host\/database$/,
  );
});
