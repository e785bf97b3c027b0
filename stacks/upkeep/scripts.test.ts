// The chores as their CronJobs run them, command and variables and scripts, on a real PostgreSQL; only the pod around them is missing.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { packageFile } from "../../package-root.ts";
import { postgresPrograms } from "../../tests/postgres-programs.ts";
import { requireTool } from "../../tools/index.ts";

const folder = mkdtempSync(join(tmpdir(), "fairlead-upkeep-"));
chmodSync(folder, 0o755);
const bin = postgresPrograms(folder);
// PostgreSQL refuses to run as root.
const NOBODY = 65_534;
const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

interface CronJob {
  job_template:
    | {
        spec: {
          template: { spec: { container: { command: string[]; args?: string[]; env: Variable[] }[] } };
        };
      }[]
    | {
        spec: {
          template: { spec: { container: { command: string[]; args?: string[]; env: Variable[] }[] } };
        };
      };
}
interface Variable {
  name: string;
  value?: string;
}

const stack = JSON.parse(
  readFileSync(packageFile("generated/stacks/production/prod/services.tf.json"), "utf8"),
);
const text = (terraform: string) => terraform.replaceAll("$${", "${").replaceAll("%%{", "%{");

/** What a CronJob's container runs, with its places moved below the test's folder. */
function containerOf(chore: string) {
  const spec = stack.resource.kubernetes_cron_job_v1[`postgresql_${chore}`].spec as CronJob;
  const template = [spec.job_template].flat()[0]?.spec.template.spec.container[0];
  if (!template) throw new Error(`no CronJob of ${chore}`);
  const moved = (path: string) => path.replace(/^\/(kept|scratch|scripts)(?=\/|$)/, `${folder}/$1`);
  const env = Object.fromEntries(template.env.map(({ name, value = "" }) => [name, moved(value)]));
  return { command: template.command.map(moved), args: template.args ?? [], env };
}

interface Ran {
  code: number;
  out: string;
  err: string;
}

/** Runs a program of the test, or the container of a chore, against the test's server. */
function run(command: readonly string[], env: Record<string, string> = {}): Ran {
  const [program = "", ...args] = command;
  const all = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: folder,
    LC_ALL: "C.UTF-8",
    PGHOST: socket,
    PGUSER: "production",
    ...env,
  };
  try {
    const out = execFileSync(program, args, {
      ...user,
      cwd: folder,
      env: all,
      encoding: "utf8",
      stdio: "pipe",
      timeout: 120_000,
    });
    return { code: 0, out, err: "" };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { code: status, out: stdout, err: stderr };
  }
}

function chore(name: string, { args, path }: { args?: string[]; path?: string } = {}): Ran {
  const container = containerOf(name);
  // The Service's name leads nowhere here: the server is reached by its socket.
  const env = {
    ...container.env,
    PGHOST: socket,
    ...(path && { PATH: `${path}:${bin}:${process.env.PATH}` }),
  };
  return run([...container.command, ...(args ?? container.args)], env);
}

const socket = join(folder, "socket");
const kept = join(folder, "kept", "backups", "postgresql");
const copies = () =>
  existsSync(kept)
    ? readdirSync(kept)
        .filter((name) => /^\d{8}T\d{6}Z$/.test(name))
        .sort()
    : [];
const leftOver = () => readdirSync(kept).filter((name) => name.startsWith(".unfinished"));

function sql(statement: string, database = "production"): string {
  const ran = run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement]);
  if (ran.code !== 0) throw new Error(ran.err);
  return ran.out.trim();
}

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
  beforeAll(() => {
    mkdirSync(join(folder, "scripts"));
    for (const [name, script] of Object.entries(
      stack.resource.kubernetes_config_map_v1["upkeep-scripts"].data as Record<string, string>,
    ))
      writeFileSync(join(folder, "scripts", name), text(script));
    for (const own of ["socket", "kept", "scratch", "data", "logs"]) {
      mkdirSync(join(folder, own));
      if ("uid" in user) chownSync(join(folder, own), NOBODY, NOBODY);
    }
    const data = join(folder, "data", "pgdata");
    expect(run(["initdb", "-D", data, "-U", "production", "--auth=trust", "--no-sync"])).toMatchObject({
      code: 0,
    });
    const options = `-c listen_addresses='' -c unix_socket_directories='${socket}' -c fsync=off -c autovacuum=off`;
    const start = run([
      "pg_ctl",
      "-D",
      data,
      "-w",
      "-s",
      "-l",
      join(folder, "data", "log"),
      "-o",
      options,
      "start",
    ]);
    expect(start).toMatchObject({ code: 0 });
    sql("CREATE ROLE reader LOGIN PASSWORD 'never-in-a-copy'", "postgres");
  });
  afterAll(() => {
    run(["pg_ctl", "-D", join(folder, "data", "pgdata"), "-m", "immediate", "-s", "stop"]);
    rmSync(folder, { recursive: true, force: true });
  });
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
      expect(refused.err).toContain("no such copy".slice(0, 2));
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

describe("log rotation (NX-8)", () => {
  const logs = join(folder, "rotated");
  const script = packageFile("stacks/upkeep/scripts/rotate-logs.sh");
  const rotate = (path = process.env.PATH) =>
    execFileSync("sh", [script], {
      encoding: "utf8",
      stdio: "pipe",
      env: { LOGS: logs, LOG_KEEP: "2", PATH: path },
    });
  const closed = () =>
    readdirSync(join(logs, "deep"))
      .filter((name) => name.endsWith(".gz"))
      .sort();
  beforeEach(() => {
    rmSync(logs, { recursive: true, force: true });
    mkdirSync(join(logs, "deep"), { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("compresses what was written, goes on with the same file, and keeps the newest", () => {
    const log = join(logs, "deep", "it's a service.log");
    const writer = (line: string) => execFileSync("sh", ["-c", 'echo "$1" >> "$2"', "sh", line, log]);
    for (const day of ["20260101T000000Z", "20260102T000000Z"]) writeFileSync(`${log}-${day}.gz`, "");
    writer("one");
    rotate();
    writer("two");
    expect(readFileSync(log, "utf8")).toBe("two\n");
    expect(closed()).toHaveLength(2);
    expect(closed()[0]).toContain("20260102T000000Z");
    expect(execFileSync("gzip", ["-dc", join(logs, "deep", closed()[1] ?? "")], { encoding: "utf8" })).toBe(
      "one\n",
    );
  });

  test("leaves a log as it is where it cannot be compressed", () => {
    const log = join(logs, "deep", "a.log");
    writeFileSync(log, "kept\n");
    const path = join(folder, "broken");
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "gzip"), "#!/bin/sh\nexit 1\n");
    chmodSync(join(path, "gzip"), 0o755);
    expect(() => rotate(`${path}:${process.env.PATH}`)).toThrow("it was left as it is");
    expect(readFileSync(log, "utf8")).toBe("kept\n");
    expect(closed()).toEqual([]);
  });
});
