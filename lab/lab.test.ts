// One lab for most of the tests: real processes, started and ended by the command line.
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa, execaSync } from "execa";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { rootFolder } from "../tests/structure/source-files.ts";
import { fakeTool, temporaryFolder } from "../tools/fake-tools.ts";
import { isRunning, startOf } from "./processes.ts";
import type { Notification } from "./receivers.ts";
import type { LabStatus } from "./status.ts";
import { commandMs, type TemporaryLabs, temporaryLabs } from "./temporary-labs.ts";

vi.setConfig({ testTimeout: 2 * commandMs, hookTimeout: 2 * commandMs });

let labs: TemporaryLabs;
const up = (name: string, more: string[] = []) =>
  labs.fairlead(["lab", "up", "--platform", "weathervane", "--name", name, "--json", ...more]);
const down = (name: string) => labs.fairlead(["lab", "down", "--name", name]);
const status = async (name: string) => {
  const { exitCode, stdout } = await labs.fairlead(["lab", "status", "--name", name, "--json"]);
  return { exitCode, ...(JSON.parse(stdout) as LabStatus) };
};
const processOf = (part: string, name = "one") => {
  const process = labs.state(name).parts[part]?.process;
  if (!process) throw new Error(`${part} was not started`);
  return process;
};
/** What the system takes to bury a process, or to tell of it, on a machine that does other things. */
const patience = { timeout: 60_000 };
const healthyParts = async (name: string) =>
  (await status(name)).parts.filter(({ state }) => state === "healthy").length;
const runningIn = (name: string) => labs.running().filter((command) => command.includes(`/${name}`));
const address = (part: string) => labs.state("one").parts[part]?.addresses.url ?? "";

/** A folder for a PATH in which neither Prometheus nor Alertmanager is, whatever this machine has. */
async function noTools(): Promise<string> {
  const folder = await temporaryFolder();
  await symlink("/bin/sh", join(folder, "sh"));
  await symlink(process.execPath, join(folder, "node"));
  return folder;
}

beforeAll(async () => {
  labs = await temporaryLabs(rootFolder);
  const { exitCode, stderr } = await up("one");
  expect(exitCode, stderr).toBe(0);
});
afterAll(() => labs?.close());

describe("a lab that is up", () => {
  test("says of each part that it is healthy, and where it answers", async () => {
    // One look may be late on a busy machine.
    await expect.poll(() => healthyParts("one"), patience).toBe(7);
    const found = await status("one");
    expect(found.parts.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "database healthy",
      "anthropic healthy",
      "openai healthy",
      "receivers healthy",
      "orchestrator-1 healthy",
      "alertmanager healthy",
      "prometheus healthy",
    ]);
    for (const part of found.parts)
      expect(part.addresses.url).toMatch(/^(http|postgresql):\/\/.*127\.0\.0\.1:\d+/);
    expect(JSON.stringify(found)).not.toMatch(/:[^/@"]{8,}@127/);
  });

  test("is watched with the generated rules: every service that it plays is scraped, and the Watchdog reaches its receiver", async () => {
    await expect
      .poll(async () => (await status("one")).monitoring, { timeout: 100_000, interval: 500 })
      .toMatchObject({ targets: 2, targetsUp: 2, firing: ["Watchdog"] });
    const told = async () =>
      ((await (await fetch(`${address("receivers")}/told`)).json()) as Notification[]).map(({ to }) => to);
    await expect.poll(told, { timeout: 120_000 }).toContain("webhook/heartbeat");
  });

  test("tells of a lost orchestrator in PagerDuty's and Slack's formats, and `up` brings back that one alone", async () => {
    const before = labs.state("one");
    const since = Date.now();
    process.kill(processOf("orchestrator-1").pid, "SIGKILL");
    await expect
      .poll(() => isRunning(before.parts["orchestrator-1"]?.process ?? { pid: 0, startedAt: "" }), patience)
      .toBe(false);
    const found = await status("one");
    expect(found.exitCode).toBe(1);
    expect(found.parts.find(({ name }) => name === "orchestrator-1")?.state).toBe("ended");
    const told = async () =>
      ((await (await fetch(`${address("receivers")}/told?since=${since}`)).json()) as Notification[])
        .filter(({ message }) => JSON.stringify(message).includes("AutopilotDown"))
        .map(({ to }) => to);
    await expect.poll(told, { timeout: 60_000 }).toEqual(expect.arrayContaining(["pagerduty", "slack"]));

    expect((await up("one")).exitCode).toBe(0);
    const after = labs.state("one");
    expect(after.parts["orchestrator-1"]?.addresses).toEqual(before.parts["orchestrator-1"]?.addresses);
    expect(after.parts["orchestrator-1"]?.process).not.toEqual(before.parts["orchestrator-1"]?.process);
    for (const part of ["database", "receivers", "alertmanager", "prometheus"])
      expect(after.parts[part]).toEqual(before.parts[part]);
  });

  test("is left as it is by a second `up`", async () => {
    const before = labs.state("one");
    const { exitCode, stderr } = await up("one");
    expect(exitCode).toBe(0);
    expect(stderr.match(/ran already/g)).toHaveLength(7);
    expect(labs.state("one")).toEqual(before);
  });

  test("is not changed by an `up` that asks for another one", async () => {
    const { exitCode, stderr } = await up("one", ["--replicas", "2"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("lab/other");
  });

  test("says that another program has taken a part's port, and keeps the rest", async () => {
    const url = new URL(address("receivers"));
    process.kill(processOf("receivers").pid, "SIGKILL");
    // Whoever still speaks to the receivers must not keep this server from closing.
    const taken = createServer((connection) => connection.destroy());
    await expect
      .poll(
        () =>
          new Promise((done) =>
            taken.once("error", () => done(false)).listen(Number(url.port), url.hostname, () => done(true)),
          ),
        patience,
      )
      .toBe(true);
    const { exitCode, stderr } = await up("one");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(new RegExp(`listens on port ${url.port}[\\s\\S]*lab/port-taken`));
    await new Promise((done) => taken.close(done));
    await expect.poll(() => healthyParts("one"), patience).toBe(6);
    expect((await up("one")).exitCode).toBe(0);
  });

  test("is not touched while another command changes it", async () => {
    const me = { pid: process.pid, startedAt: startOf(process.pid) };
    await writeFile(join(labs.folder, "one/lock"), JSON.stringify(me));
    const { exitCode, stderr } = await down("one");
    expect(exitCode).toBe(5);
    expect(stderr).toContain(`process ${process.pid}`);
    // Of a holder that is gone nobody takes notice.
    await writeFile(join(labs.folder, "one/lock"), JSON.stringify({ ...me, startedAt: "another boot/1" }));
    expect((await up("one")).exitCode).toBe(0);
  });
});

describe("nothing is left running, and nothing else is ended", () => {
  test("of a lab whose `up` was killed midway, down ends what it had started; the other lab stays", async () => {
    const starting = execa(
      process.execPath,
      [join(rootFolder, "dist/cli/main.js"), "lab", "up", "--platform", "weathervane", "--name", "two"],
      { env: { FAIRLEAD_LABS: labs.folder }, reject: false, cwd: rootFolder, stdin: "ignore" },
    );
    const started = () => {
      try {
        return Object.values(labs.state("two").parts).filter(({ process }) => process).length;
      } catch {
        return 0;
      }
    };
    await expect.poll(started, { timeout: 60_000, interval: 10 }).toBeGreaterThan(2);
    starting.kill("SIGKILL");
    await starting;
    expect((await down("two")).exitCode).toBe(0);
    await expect.poll(() => runningIn("two"), patience).toEqual([]);
    await expect.poll(() => healthyParts("one"), patience).toBe(7);
  });

  test("an interrupted `up` ends what it had started", async () => {
    const starting = execa(
      process.execPath,
      [join(rootFolder, "dist/cli/main.js"), "lab", "up", "--platform", "weathervane", "--name", "three"],
      { env: { FAIRLEAD_LABS: labs.folder }, reject: false, cwd: rootFolder, stdin: "ignore" },
    );
    await expect
      .poll(() => execaSync("ls", [join(labs.folder, "three/logs")], { reject: false }).stdout, {
        timeout: 60_000,
        interval: 10,
      })
      .toContain("receivers");
    starting.kill("SIGINT");
    expect((await starting).exitCode).toBe(130);
    // PostgreSQL is ended by the shell beside it.
    await expect.poll(() => runningIn("three"), patience).toEqual([]);
  });

  test("a process that has the number of one of ours is left alone", async () => {
    const stranger = execa("sleep", ["100"], { detached: true, reject: false });
    const pid = stranger.pid ?? 0;
    const folder = join(labs.folder, "four");
    await mkdir(folder);
    const parts = { receivers: { process: { pid, startedAt: "another boot/1" }, addresses: {} } };
    const state = { version: 1, name: "four", platform: "weathervane", project: "/", replicas: 1 };
    await writeFile(
      join(folder, "state.json"),
      JSON.stringify({ ...state, createdAt: new Date().toISOString(), parts }),
    );
    const { exitCode, stdout } = await down("four");
    expect([exitCode, stdout]).toEqual([0, "Lab four: nothing ran."]);
    expect(startOf(pid)).toBeDefined();
    stranger.kill();
    await stranger;
  });

  test("a part that does not come up is told with the end of its log, and takes the others with it", async () => {
    // PostgreSQL refuses a folder of data that is not its own.
    const data = join(labs.folder, "five/database/data");
    await mkdir(data, { recursive: true });
    await writeFile(join(data, "PG_VERSION"), "9.6\n");
    await writeFile(join(labs.folder, "five/database/password"), "x\n");
    const { exitCode, stderr } = await up("five");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/PostgreSQL did not start[\s\S]*lab\/part-failed/);
    await expect.poll(() => runningIn("five"), patience).toEqual([]);
    // What is left of it, its logs, is no lab.
    expect((await labs.fairlead(["lab", "status", "--json"])).stdout).toContain('"name": "one"');
  });

  test("a tool that is missing is told before anything starts", async () => {
    const empty = join(labs.folder, "no-tools");
    const { exitCode, stderr } = await labs.fairlead(
      ["lab", "up", "--platform", "weathervane", "--name", "six"],
      {
        env: { FAIRLEAD_CACHE: empty, PATH: await noTools() },
      },
    );
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/(prometheus|alertmanager) is missing/);
    await rm(empty, { recursive: true, force: true });
  });

  test("a tool of a version that is not accepted is told before anything starts", async () => {
    const old = [
      await fakeTool("prometheus", "prometheus, version 2.45.0 (branch: HEAD)"),
      await fakeTool("alertmanager", "alertmanager, version 0.20.0 (branch: HEAD)"),
    ].join(":");
    const { exitCode, stderr } = await labs.fairlead(
      ["lab", "up", "--platform", "weathervane", "--name", "six"],
      { env: { FAIRLEAD_CACHE: await temporaryFolder(), PATH: `${old}:${await noTools()}` } },
    );
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(
      /(prometheus is 2\.45\.0, accepted is 3\.x|alertmanager is 0\.20\.0, accepted is)/,
    );
    expect(runningIn("six")).toEqual([]);
  });

  test("a state that cannot be read is told by every command, and nothing is guessed", async () => {
    await mkdir(join(labs.folder, "seven"));
    await writeFile(join(labs.folder, "seven/state.json"), '{"version":1,"parts":');
    for (const action of ["up", "status", "down"]) {
      const { exitCode, stderr } = await labs.fairlead([
        "lab",
        action,
        "--name",
        "seven",
        "--platform",
        "weathervane",
      ]);
      expect([action, exitCode]).toEqual([action, 1]);
      expect(stderr).toMatch(/is not the state of a lab[\s\S]*lab\/state/);
    }
    await rm(join(labs.folder, "seven"), { recursive: true });
  });

  const mounted = join(tmpdir(), `fairlead-small-${process.pid}`);
  const canMount =
    execaSync("mkdir", ["-p", mounted]).exitCode === 0 &&
    execaSync("mount", ["-t", "tmpfs", "-o", "size=20m", "tmpfs", mounted], { reject: false }).exitCode === 0;
  test.runIf(canMount)("a full disk is told before anything starts", async () => {
    try {
      const { exitCode, stderr } = await labs.fairlead(["lab", "up", "--platform", "weathervane"], {
        env: { FAIRLEAD_LABS: mounted },
      });
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/MiB left[\s\S]*lab\/disk-full/);
    } finally {
      await execa("umount", [mounted]);
      await rm(mounted, { recursive: true, force: true });
    }
  });

  test("`down` ends all parts and removes the folder; a second one has nothing to do", async () => {
    const { exitCode, stdout } = await down("one");
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      "ended database, anthropic, openai, receivers, orchestrator-1, alertmanager, prometheus",
    );
    await expect.poll(() => labs.running(), { timeout: 30_000 }).toEqual([]);
    expect(await down("one")).toMatchObject({ exitCode: 0, stdout: "Lab one: nothing ran." });
    expect((await status("one")).exitCode).toBe(1);
  });
});
