/** What a pin is built with, on the PATH and new enough. */
export interface Toolchain {
  path: string;
  /** Such as go1.26.8 or python3.11.7. */
  version: string;
}

/** Why nothing could be built, and what to do about it. */
export interface BuildTrouble {
  /** Whether there was something to build with. */
  found: boolean;
  message: string;
  fix: string;
}

/** What has been done so far, by the builder's own report. */
export interface WorkDone {
  modulesDownloaded: number;
  packagesCompiled: number;
}

/** One build: with what, in which environment, into which folder; `done` is counted up while it works. */
export interface BuildRun {
  toolchain: Toolchain;
  env: NodeJS.ProcessEnv;
  into: string;
  done: WorkDone;
}

/** Longer than the slowest cold build on 2 cores, many times over. */
export const buildTimeoutMs = 45 * 60_000;

/** The last three lines of what a builder said, in one line. */
export function lastLines(lines: readonly string[], otherwise = "it was stopped"): string {
  const said = lines.map((line) => line.trim()).filter((line) => line !== "");
  return said.length > 0 ? said.slice(-3).join(" | ") : otherwise;
}
