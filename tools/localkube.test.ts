import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, onTestFinished, test } from "vitest";
import { ProblemsError } from "../problems/problem.ts";
import { temporaryFolder } from "./fake-tools.ts";
import { findTool } from "./find.ts";
import { startCluster, stopCluster } from "./localkube.ts";
import { ToolMissingError } from "./missing.ts";

const kubecp = await findTool("kubecp");
const kubectl = await findTool("kubectl");
const bootId = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");

/** A process that has nothing to do with a cluster, and the time it started at as the kernel tells it. */
async function bystander() {
  const process = spawn("sleep", ["60"], { stdio: "ignore" });
  onTestFinished(() => void process.kill("SIGKILL"));
  const status = await readFile(`/proc/${process.pid}/stat`, "utf8");
  return { process, startTime: status.slice(status.lastIndexOf(") ") + 2).split(" ")[19] ?? "" };
}

async function stateOf(rows: string, boot = bootId): Promise<string> {
  const stateDir = join(await temporaryFolder(), "state");
  await mkdir(stateDir);
  await writeFile(join(stateDir, "pids"), rows);
  await writeFile(join(stateDir, "boot"), boot);
  return stateDir;
}

async function ended(pid: number | undefined): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ") Z");
  return status.slice(status.lastIndexOf(") ") + 2).startsWith("Z");
}

describe.runIf(process.platform === "linux")("stopping what a crash left behind", () => {
  test("a process that was started is ended, and the state folder removed", async () => {
    const { process, startTime } = await bystander();
    const stateDir = await stateOf(`etcd ${process.pid} ${startTime}\n`);
    await stopCluster(stateDir);
    expect(await ended(process.pid)).toBe(true);
    expect(existsSync(stateDir)).toBe(false);
  });

  test("another process that got the same pid later is left alone", async () => {
    const { process, startTime } = await bystander();
    const stateDir = await stateOf(`etcd ${process.pid} ${Number(startTime) - 1}\n`);
    await stopCluster(stateDir);
    expect(await ended(process.pid)).toBe(false);
    expect(existsSync(stateDir)).toBe(false);
  });

  test("a process of the same pid and start time, but after a reboot, is left alone", async () => {
    const { process, startTime } = await bystander();
    await stopCluster(await stateOf(`etcd ${process.pid} ${startTime}\n`, "another boot\n"));
    expect(await ended(process.pid)).toBe(false);
  });

  test("a folder in which nothing was started is not touched", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "precious"), "");
    await stopCluster(folder);
    await stopCluster(join(folder, "does-not-exist"));
    expect(existsSync(join(folder, "precious"))).toBe(true);
  });
});

test("without its programs nothing is started, and all that is missing is named", async () => {
  const env = { PATH: "", FAIRLEAD_CACHE: await temporaryFolder() };
  const error = await startCluster({ stateDir: await temporaryFolder(), env }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ToolMissingError);
  const names = (error as ToolMissingError).missing.map((tool) => tool.name);
  expect(names).toEqual(expect.arrayContaining(["kubecp", "kubectl", "bash", "openssl", "curl"]));
});

describe.runIf(kubecp.where === "cache" && kubectl.where !== "missing")("a real cluster", () => {
  test("starts, refuses a second start, runs pods, restarts after a crash and leaves no process", async () => {
    const stateDir = join(await temporaryFolder(), "state");
    onTestFinished(() => stopCluster(stateDir));
    const cluster = await startCluster({ stateDir, nodes: 2 });
    const pids = await pidsIn(stateDir);
    expect(pids).toHaveLength(5);
    const kube = (...args: string[]) =>
      execa("kubectl", ["--kubeconfig", cluster.kubeconfig, ...args], { timeout: 60_000 });
    expect((await kube("get", "nodes", "--output=name")).stdout).toBe("node/fake-1\nnode/fake-2");
    await kube("create", "deployment", "web", "--image=web", "--replicas=3");
    await kube("wait", "--for=condition=Available", "deployment/web", "--timeout=30s");

    const second = await startCluster({ stateDir }).catch((thrown: unknown) => thrown);
    expect(second).toBeInstanceOf(ProblemsError);
    expect((second as ProblemsError).problems).toMatchObject([{ rule: "tool/cluster-running" }]);

    for (const pid of pids) process.kill(pid, "SIGKILL");
    for (const pid of pids) await expect.poll(() => ended(pid), { timeout: 10_000 }).toBe(true);
    const again = await startCluster({ stateDir });
    const restarted = await pidsIn(stateDir);
    await again.stop();
    await again.stop();
    for (const pid of [...pids, ...restarted]) expect(await ended(pid)).toBe(true);
    expect(existsSync(stateDir)).toBe(false);
  }, 180_000);

  test("a start that is interrupted takes down what it had started", async () => {
    const stateDir = join(await temporaryFolder(), "state");
    onTestFinished(() => stopCluster(stateDir));
    const env = { KUBECP: kubecp.where === "cache" ? kubecp.path : "" };
    const up = execa("bash", ["tools/localkube/up.sh", stateDir], { env, reject: false, timeout: 60_000 });
    const apiserver = () =>
      readFile(join(stateDir, "pids"), "utf8").then((rows) => /kube-apiserver/.test(rows));
    await expect.poll(() => apiserver().catch(() => false), { timeout: 20_000 }).toBe(true);
    const pids = await pidsIn(stateDir);
    up.kill("SIGTERM");
    expect((await up).exitCode).toBe(1);
    for (const pid of pids) expect(await ended(pid)).toBe(true);
    expect(existsSync(stateDir)).toBe(false);
  }, 90_000);

  test("a cluster that cannot start says why and leaves nothing", async () => {
    const stateDir = join(await temporaryFolder(), "state");
    const stages = join(await temporaryFolder(), "stages.yaml");
    await writeFile(stages, "apiVersion: kwok.x-k8s.io/v1alpha1\nkind: Stage\nspec: 12\n");
    const error = await startCluster({ stateDir, stages }).catch((thrown: unknown) => thrown);
    expect((error as ProblemsError).problems).toMatchObject([{ rule: "tool/cluster-failed" }]);
    expect((error as ProblemsError).message).toContain("up.sh: kwok ended\n");
    expect((error as ProblemsError).message).toContain("cannot unmarshal number");
    expect(existsSync(stateDir)).toBe(false);
  }, 180_000);
});

async function pidsIn(stateDir: string): Promise<number[]> {
  const rows = (await readFile(join(stateDir, "pids"), "utf8")).trim().split("\n");
  return rows.map((row) => Number(row.split(" ")[1]));
}
