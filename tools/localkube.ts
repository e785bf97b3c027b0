import { mkdir, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { packageFile } from "../package-root.ts";
import { type Problem, ProblemsError } from "../problems/problem.ts";
import type { ToolOptions } from "./cache.ts";
import { findOnPath, requireTool } from "./find.ts";
import { ToolMissingError } from "./missing.ts";

/** What a local cluster is started with. */
export interface ClusterOptions extends ToolOptions {
  /** Holds keys, logs and the list of started processes; removed when the cluster is stopped. */
  stateDir: string;
  /** A file of KWOK Stages; ours make a pod fail that carries the annotation `local-test/fail`. */
  stages?: string;
  /** How many simulated nodes there are; 1 unless told. */
  nodes?: number;
}

/** A running cluster: real control plane, simulated nodes and pods, reachable on the loopback address only. */
export interface LocalCluster {
  kubeconfig: string;
  stop(): Promise<void>;
}

/** Cold it takes about 4 s with 2 cores; a machine busy with builds needs far longer. */
const startTimeoutMs = 300_000;

/**
 * Starts a local Kubernetes and waits until its nodes are Ready. What a crash left behind in the state folder
 * is cleaned up first; a cluster that still runs there is an error, because someone may be using it.
 */
export async function startCluster(options: ClusterOptions): Promise<LocalCluster> {
  const env = options.env ?? process.env;
  const stateDir = resolve(options.stateDir);
  const programs = await requirePrograms(env);
  const running = await runningProcesses(stateDir);
  if (running.length > 0) throw new ProblemsError([inUse(stateDir, running)]);
  await stopCluster(stateDir);
  await mkdir(stateDir, { recursive: true });
  const up = await execa(programs.bash, [script("up.sh"), stateDir], {
    env: {
      ...env,
      KUBECP: programs.kubecp,
      KUBECTL: programs.kubectl,
      STAGES: options.stages ? resolve(options.stages) : script("stages.yaml"),
      NODES: String(options.nodes ?? 1),
    },
    extendEnv: false,
    stdin: "ignore",
    reject: false,
    timeout: startTimeoutMs,
    forceKillAfterDelay: 20_000,
  });
  if (up.failed) {
    await stopCluster(stateDir);
    throw new ProblemsError([didNotStart(up.stderr.trim() || up.shortMessage || "it was stopped")]);
  }
  return { kubeconfig: join(stateDir, "kubeconfig"), stop: () => stopCluster(stateDir) };
}

/**
 * Ends what was started in a state folder and removes the folder. Only processes whose boot, pid and start time
 * are those written down are ended; with nothing written down nothing is done, so it may be called twice.
 */
export async function stopCluster(stateDir: string): Promise<void> {
  const folder = resolve(stateDir);
  const started = await readFile(join(folder, "pids"), "utf8").catch(() => undefined);
  if (started === undefined) return;
  await execa("bash", [script("down.sh"), folder], {
    // Nothing of a cluster that is thrown away needs a tidy end.
    env: { FAST: "1", KEEP: "" },
    stdin: "ignore",
    timeout: 60_000,
  });
  await rm(folder, { recursive: true, force: true });
}

function script(name: string): string {
  return packageFile(`tools/localkube/${name}`);
}

/** The processes of a state folder that still run, as `name (pid)`. */
async function runningProcesses(stateDir: string): Promise<string[]> {
  const rows = await readFile(join(stateDir, "pids"), "utf8").catch(() => "");
  const boot = await readFile(join(stateDir, "boot"), "utf8").catch(() => "");
  const thisBoot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => undefined);
  if (boot !== thisBoot) return [];
  const running: string[] = [];
  for (const row of rows.split("\n")) {
    const [name, pid, startTime] = row.split(" ");
    const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    // The program's name may hold spaces and brackets; the state is the first field after it, the start time the 20th.
    const fields = status.slice(status.lastIndexOf(") ") + 2).split(" ");
    if (startTime && fields[19] === startTime && fields[0] !== "Z") {
      running.push(`${name} (${pid})`);
    }
  }
  return running;
}

function didNotStart(said: string): Problem {
  return {
    rule: "tool/cluster-failed",
    severity: "error",
    message: `the local cluster did not start: ${said.split("\n").slice(0, 40).join("\n")}`,
    fix: "read the end of the log above; a busy machine may only need another try",
  };
}

function inUse(stateDir: string, running: readonly string[]): Problem {
  return {
    rule: "tool/cluster-running",
    severity: "error",
    message: `a local cluster already runs in ${stateDir}: ${running.join(", ")}`,
    fix: `stop it first (\`bash tools/localkube/down.sh ${stateDir}\`), or use another state folder`,
  };
}

/** Everything that the two scripts call; all that is missing is reported at once. */
async function requirePrograms(env: NodeJS.ProcessEnv) {
  const missing: ToolMissingError["missing"][number][] = [];
  const tool = (name: "kubecp" | "kubectl") =>
    requireTool(name, { env }).catch((error: unknown) => {
      if (!(error instanceof ToolMissingError)) throw error;
      missing.push(...error.missing);
      return "";
    });
  const [kubecp, kubectl] = [await tool("kubecp"), await tool("kubectl")];
  const found = new Map<string, string>();
  for (const program of ["bash", "openssl", "curl", "setsid", "awk"]) {
    const [path] = await findOnPath(program, env);
    if (path) found.set(program, path);
    else {
      missing.push({
        name: program,
        rule: "tool/missing",
        tried: ["not on the PATH; the local cluster is started with it"],
        fix: `install ${program} with your package manager`,
      });
    }
  }
  if (process.platform !== "linux") {
    missing.push({
      name: "kubecp",
      rule: "tool/missing",
      tried: [`the local cluster runs on Linux only, and this is ${process.platform}`],
      fix: "run it in a Linux virtual machine, or deploy to a cluster of your own",
    });
  }
  if (missing.length > 0) throw new ToolMissingError(missing);
  return { kubecp, kubectl, bash: found.get("bash") ?? "bash" };
}
