import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { packageFile } from "../package-root.ts";
import { labFolder } from "./folder.ts";
import { type LabState, readState } from "./state.ts";

/** A folder of labs for tests, and the command line that uses it. */
export interface TemporaryLabs {
  folder: string;
  /** Runs `fairlead`; gives its exit code and what it says. */
  fairlead(args: readonly string[], options?: SaidHow): Promise<Said>;
  state(name: string): LabState;
  /** Command lines that run anything below the folder. */
  running(): string[];
  /** Takes down whatever is left. */
  close(): Promise<void>;
}

/** How a command is run; `timeout` in milliseconds. */
interface SaidHow {
  cwd?: string;
  env?: Record<string, string>;
  timeout?: number;
}

/** What a command came to. */
export interface Said {
  exitCode?: number;
  stdout: string;
  stderr: string;
}

/**
 * Milliseconds that a command may take: a database, an orchestrator and Prometheus, which wait for each other, have a minute and a half each
 * to come up, and a machine that is busy takes it.
 */
export const commandMs = 400_000;

/** An empty folder of labs below the temporary folder, into which PostgreSQL's account can go. */
export async function temporaryLabs(project: string): Promise<TemporaryLabs> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-labs-"));
  await execa("chmod", ["711", folder]);
  const env = { FAIRLEAD_LABS: folder, NO_COLOR: "1" };
  const fairlead: TemporaryLabs["fairlead"] = (args, options = {}) =>
    execa(process.execPath, [packageFile("dist/cli/main.js"), ...args], {
      ...{ cwd: options.cwd ?? project, env: { ...env, ...options.env } },
      ...{ reject: false, stdin: "ignore", timeout: options.timeout ?? commandMs },
    });
  return {
    folder,
    fairlead,
    state(name) {
      const state = readState(labFolder(name, env));
      if (!state) throw new Error(`there is no lab ${name}`);
      return state;
    },
    running: () => runningBelow(folder),
    async close() {
      for (const name of readdirSync(folder)) await fairlead(["lab", "down", "--name", name]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Processes that were started with a path below a folder, or that work in it. */
function runningBelow(folder: string): string[] {
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
      const isOfLab = command.includes(folder) || environment.includes(`HOME=${folder}`);
      return isOfLab ? [command] : [];
    } catch {
      return [];
    }
  });
}
