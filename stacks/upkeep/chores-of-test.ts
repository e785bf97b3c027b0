// For tests: a real PostgreSQL, and chores as their CronJobs run them, with the pod's places below a folder.
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
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageFile } from "../../package-root.ts";
import { postgresPrograms } from "../../tests/postgres-programs.ts";

/** Below it is all of the test. */
export const folder = mkdtempSync(join(tmpdir(), "fairlead-upkeep-"));
chmodSync(folder, 0o755);
/** Folder of PostgreSQL's programs; undefined where there are none. */
export const bin = postgresPrograms(folder);
// PostgreSQL refuses to run as root.
const NOBODY = 65_534;
const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

interface Template {
  spec: { template: { spec: { container: { command: string[]; args?: string[]; env: Variable[] }[] } } };
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
export function containerOf(chore: string) {
  const { job_template } = stack.resource.kubernetes_cron_job_v1[`postgresql_${chore}`].spec as {
    job_template: Template;
  };
  const [template] = job_template.spec.template.spec.container;
  if (!template) throw new Error(`no CronJob of ${chore}`);
  const moved = (path: string) => path.replace(/^\/(kept|scratch|scripts)(?=\/|$)/, `${folder}/$1`);
  const env = Object.fromEntries(template.env.map(({ name, value = "" }) => [name, moved(value)]));
  return { command: template.command.map(moved), args: template.args ?? [], env };
}

const socket = join(folder, "socket");

export interface Ran {
  code: number;
  out: string;
  err: string;
}

/** Runs a program of the test, or the container of a chore, against the test's server. */
export function run(command: readonly string[], env: Record<string, string> = {}): Ran {
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

/** Runs what a CronJob runs; with other arguments, or with programs of `path` before PostgreSQL's. */
export function chore(name: string, { args, path }: { args?: string[]; path?: string } = {}): Ran {
  const container = containerOf(name);
  // The Service's name leads nowhere here: the server is reached by its socket.
  const env = {
    ...container.env,
    PGHOST: socket,
    ...(path && { PATH: `${path}:${bin}:${process.env.PATH}` }),
  };
  return run([...container.command, ...(args ?? container.args)], env);
}

/** Where the copies are. */
export const kept = join(folder, "kept", "backups", "postgresql");
/** Names of the copies that are there, the oldest first. */
export const copies = () =>
  existsSync(kept)
    ? readdirSync(kept)
        .filter((name) => /^\d{8}T\d{6}Z$/.test(name))
        .sort()
    : [];
/** What an unfinished copy left. */
export const leftOver = () => readdirSync(kept).filter((name) => name.startsWith(".unfinished"));

/** What psql answers, without headings. */
export function sql(statement: string, database = "production"): string {
  const ran = run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement]);
  if (ran.code !== 0) throw new Error(ran.err);
  return ran.out.trim();
}

/** Puts the scripts of the deployed ConfigMap into their place, and starts a PostgreSQL that only its socket leads to. */
export function startPostgres(): void {
  const scripts = stack.resource.kubernetes_config_map_v1["upkeep-scripts"].data as Record<string, string>;
  mkdirSync(join(folder, "scripts"));
  for (const [name, script] of Object.entries(scripts))
    writeFileSync(join(folder, "scripts", name), text(script));
  for (const own of ["socket", "kept", "scratch", "data"]) {
    mkdirSync(join(folder, own));
    if ("uid" in user) chownSync(join(folder, own), NOBODY, NOBODY);
  }
  const data = join(folder, "data", "pgdata");
  done(run(["initdb", "-D", data, "-U", "production", "--auth=trust", "--no-sync"]));
  const options = `-c listen_addresses='' -c unix_socket_directories='${socket}' -c fsync=off -c autovacuum=off`;
  done(run(["pg_ctl", "-D", data, "-w", "-s", "-l", join(folder, "data", "log"), "-o", options, "start"]));
  sql("CREATE ROLE reader LOGIN PASSWORD 'never-in-a-copy'", "postgres");
}

/** Ends the PostgreSQL, and removes all of the test. */
export function stopPostgres(): void {
  run(["pg_ctl", "-D", join(folder, "data", "pgdata"), "-m", "immediate", "-s", "stop"]);
  rmSync(folder, { recursive: true, force: true });
}

function done({ code, err }: Ran): void {
  if (code !== 0) throw new Error(err);
}
