// The chores as their CronJobs run them, command and variables and scripts, on a real PostgreSQL; only the pod around them is missing.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { requireTool } from "../../tools/index.ts";
import {
  bin,
  chore,
  containerOf,
  copies,
  folder,
  kept,
  leftOver,
  run,
  sql,
  startPostgres,
  stopPostgres,
} from "../fixtures/postgres-chores.ts";

/** Every row of every table, as text. */
const everyRow = () =>
  sql(
    "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('public', 'O''d') ORDER BY 1",
  )
    .split("\n")
    .map((table) => [table, sql(`SELECT k::text FROM (SELECT * FROM ${table}) AS k ORDER BY 1`)]);

const TABLES = `
  CREATE TABLE workflows (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, name text, "k" jsonb, at timestamptz, share double precision);
  INSERT INTO workflows (name, k, at, share)
    SELECT 'w' || i || E'\\n\\t"quoted" ''text''', jsonb_build_object('n', i), timestamptz '2026-01-01' + i * interval '1 hour', i / 3.0
    FROM generate_series(1, 500) AS i;
  CREATE TABLE results (workflow bigint REFERENCES workflows, body bytea, kept boolean);
  INSERT INTO results SELECT id, decode(md5(name), 'hex'), CASE WHEN id % 3 = 0 THEN NULL ELSE id % 2 = 0 END FROM workflows;
  CREATE SCHEMA "O'd";
  CREATE TABLE "O'd"."two words; DROP" ("kept" text, "a""b" int[]);
  INSERT INTO "O'd"."two words; DROP" VALUES ('x', '{1,2}'), (NULL, NULL);
  CREATE TABLE empty (nothing int);
  ALTER TABLE results OWNER TO reader;`;

const isHere = bin !== undefined;
if (!isHere)
  process.stderr.write(
    "chores of PostgreSQL are not run: no whole PostgreSQL here, neither by pip (Linux, x86-64) nor by pg_config\n",
  );

describe.skipIf(!isHere)("chores of PostgreSQL (NX-8, AH-3, PM-13)", () => {
  beforeAll(startPostgres);
  afterAll(stopPostgres);
  beforeEach(() => {
    sql("DROP DATABASE IF EXISTS production WITH (FORCE)", "postgres");
    sql("CREATE DATABASE production", "postgres");
    sql(TABLES);
    rmSync(kept, { recursive: true, force: true });
  });

  test("a copy brings back every row after the database is gone, and nothing in it is a password", () => {
    const before = everyRow();
    const backup = chore("backup");
    expect(backup).toMatchObject({ code: 0, out: expect.stringContaining("of production") });
    expect(copies()).toHaveLength(1);
    sql("DROP DATABASE production WITH (FORCE)", "postgres");
    sql("DROP ROLE reader", "postgres");
    const restore = chore("restore");
    expect(restore).toMatchObject({
      code: 0,
      out: expect.stringMatching(/production is \S+Z again, 4 tables compared\n/),
    });
    expect(everyRow()).toEqual(before);
    // What is counted on goes on: identities, keys, owners.
    expect(sql("INSERT INTO workflows (name) VALUES ('next') RETURNING id")).toBe("501");
    expect(() => sql("INSERT INTO results VALUES (100000)")).toThrow("violates foreign key");
    expect(sql("SELECT tableowner FROM pg_tables WHERE tablename = 'results'")).toBe("reader");
    const [copy = ""] = copies();
    const all = readdirSync(join(kept, copy)).map((file) => readFileSync(join(kept, copy, file), "latin1"));
    expect(all.join()).not.toContain("never-in-a-copy");
    expect(all.join()).not.toContain("SCRAM");
  });

  test("what was written since a copy goes, and stays under another name; `list` says which copies there are", () => {
    const before = everyRow();
    chore("backup");
    sql("DELETE FROM results; INSERT INTO workflows (name) VALUES ('since'); CREATE TABLE since (n int)");
    const listed = chore("restore", { args: ["list"] });
    expect(listed.out).toMatch(/^\d{8}T\d{6}Z \d+ bytes\n$/);
    const restore = chore("restore");
    expect(restore.code).toBe(0);
    expect(everyRow()).toEqual(before);
    const [, old = ""] = /what was there before is (\S+)/.exec(restore.out) ?? [];
    expect(sql("SELECT count(*) FROM workflows WHERE name = 'since'", old)).toBe("1");
    sql(`DROP DATABASE ${old}`, "postgres");
  });

  test.each([
    ["is cut off", "database.dump", "its checksum differs", cutOff],
    ["has another byte", "database.dump", "its checksum differs", otherByte],
    ["lacks its roles", "globals.sql", "globals.sql is missing", (file: string) => rmSync(file)],
    ["is cut off, and so are its sums", "database.dump", "cannot be read to its end", cutOffWithSum],
    ["has other counts", "rows.tsv", "not what was copied", otherCounts],
  ])("a copy that %s is refused, and nothing is changed", (_, file, words, damage) => {
    chore("backup");
    const [copy = ""] = copies();
    damage(join(kept, copy, file));
    sql("INSERT INTO workflows (name) VALUES ('since')");
    const before = everyRow();
    for (const name of ["restore", "restore-test"]) {
      const refused = chore(name);
      expect(refused.code).not.toBe(0);
      expect(refused.err).toContain(words);
    }
    expect(everyRow()).toEqual(before);
    expect(sql("SELECT count(*) FROM pg_database WHERE datname LIKE 'production\\_%'", "postgres")).toBe("0");
  });

  function cutOff(file: string): void {
    truncateSync(file, readFileSync(file).length - 200);
  }
  function otherByte(file: string): void {
    const bytes = readFileSync(file);
    bytes[bytes.length - 50] = (bytes[bytes.length - 50] ?? 0) ^ 1;
    writeFileSync(file, bytes);
  }
  function withSums(file: string): void {
    const copy = join(file, "..");
    const sums = run(["sh", "-c", `cd ${copy} && sha256sum database.dump globals.sql rows.tsv`]);
    writeFileSync(join(copy, "SHA256SUMS"), sums.out);
  }
  function cutOffWithSum(file: string): void {
    cutOff(file);
    withSums(file);
  }
  function otherCounts(file: string): void {
    writeFileSync(file, readFileSync(file, "utf8").replace("\t500\t", "\t499\t"));
    withSums(file);
  }

  test("a name that is none of a copy's is refused", () => {
    chore("backup");
    for (const name of ["../../data", "20260101T000000Z", "$(touch /tmp/x)"]) {
      const refused = chore("restore", { args: [name] });
      expect(refused.code).not.toBe(0);
      expect(refused.err).toMatch(/there is no (such )?copy/);
    }
  });

  test("the oldest copies go only after a new one was read to its end", () => {
    const keep = 14;
    expect(containerOf("backup").env.BACKUP_KEEP).toBe(String(keep));
    chore("backup");
    const [first = ""] = copies();
    const old = Array.from({ length: keep }, (_, i) => `202601${String(i + 10)}T020000Z`);
    for (const name of old) run(["cp", "-r", join(kept, first), join(kept, name)]);
    rmSync(join(kept, first), { recursive: true });
    // A dump that ends early with success: a full disk that nobody tells of.
    const path = join(folder, "data", "short");
    run(["mkdir", "-p", path]);
    run([
      "sh",
      "-c",
      `printf '#!/bin/sh\\n${bin}/pg_dump "$@" && truncate -s -200 "$copy/database.dump"\\n' > ${path}/pg_dump && chmod +x ${path}/pg_dump`,
    ]);
    const failed = chore("backup", { path });
    expect(failed.code).not.toBe(0);
    expect(failed.err).toContain(
      "the copy cannot be read; nothing was kept of it and no older copy was removed",
    );
    expect(copies()).toEqual(old);
    expect(leftOver()).toEqual([]);
    expect(chore("backup")).toMatchObject({ code: 0, out: expect.stringContaining(`removed ${old[0]}`) });
    expect(copies()).toHaveLength(keep);
    expect(copies().slice(0, -1)).toEqual(old.slice(1));
  });

  test("a database that was emptied does not take good copies' place", () => {
    chore("backup");
    const before = copies();
    sql('DROP SCHEMA public CASCADE; DROP SCHEMA "O\'d" CASCADE');
    const failed = chore("backup");
    expect(failed.err).toContain("production has no tables, and the last copy has 4; nothing was kept of it");
    expect(copies()).toEqual(before);
  });

  test("a database that does not answer fails the copy, and leaves nothing", () => {
    const failed = run(containerOf("backup").command, {
      ...containerOf("backup").env,
      PGHOST: join(folder, "scratch"),
    });
    expect(failed.code).not.toBe(0);
    expect(failed.err).toContain("the database could not be read");
    expect([...copies(), ...leftOver()]).toEqual([]);
  });

  test("the restore test brings the newest copy back in a PostgreSQL of its own, and leaves none behind", async () => {
    chore("backup");
    const before = everyRow();
    const container = containerOf("restore-test");
    const tested = run([...container.command, ...container.args], container.env);
    expect(tested).toMatchObject({
      code: 0,
      out: expect.stringContaining("restore test: 1002 rows came back"),
    });
    expect(everyRow()).toEqual(before);
    expect(readdirSync(join(folder, "scratch")).filter((name) => name === "data")).toEqual([]);
    chore("vacuum");
    await expectMetrics({
      "backup.prom": /^upkeep_backup_size_bytes [1-9]\d*$/m,
      "restore-test.prom": /^upkeep_restored_rows 1002$/m,
      "vacuum.prom": /^upkeep_last_success_timestamp_seconds\{chore="vacuum"\} \d{10}$/m,
    });
  });

  /** What the jobs leave for Prometheus is what it reads, by its own linter. */
  async function expectMetrics(wanted: Record<string, RegExp>): Promise<void> {
    const promtool = await requireTool("promtool");
    for (const [file, pattern] of Object.entries(wanted)) {
      const content = readFileSync(join(kept, "metrics", file), "utf8");
      expect(content).toMatch(pattern);
      execFileSync(promtool, ["check", "metrics"], { input: content, stdio: "pipe" });
    }
  }

  test("a failed copy leaves the mark of the last success as it was", () => {
    chore("backup");
    const mark = readFileSync(join(kept, "metrics", "backup.prom"), "utf8");
    sql('DROP SCHEMA public CASCADE; DROP SCHEMA "O\'d" CASCADE');
    expect(chore("backup").code).not.toBe(0);
    expect(readFileSync(join(kept, "metrics", "backup.prom"), "utf8")).toBe(mark);
  });

  test("the vacuum gives back the room of dead rows and analyses", () => {
    sql("UPDATE workflows SET name = name || '!'; DELETE FROM results WHERE kept");
    const state = () =>
      sql(
        "SELECT sum(n_dead_tup), count(last_vacuum), count(last_analyze) FROM pg_stat_user_tables WHERE relname IN ('workflows', 'results')",
      );
    sql("SELECT pg_stat_force_next_flush()");
    expect(Number(state().split("|")[0])).toBeGreaterThan(600);
    expect(chore("vacuum")).toMatchObject({
      code: 0,
      out: expect.stringContaining("vacuum: production done"),
    });
    expect(state()).toBe("0|2|2");
  });
});
