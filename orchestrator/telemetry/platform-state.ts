import type { Priority } from "../domain/workflow.ts";

/** What is so now, for gauges: read at each scrape. What exists once for the platform is told by one process and unknown to the others. */
export interface PlatformState {
  /** Whether this process holds the scheduler's lease. */
  isLeader(): boolean | Promise<boolean>;
  /** Runs that wait, by priority, and steps that are being done, by step id. */
  work(): Promise<{ pending: Record<Priority, number>; running: Record<string, number> }>;
  /** Names of the breakers that are open. */
  openBreakers(): Iterable<string>;
  mode(): string;
  tokensOfHour(): Promise<number>;
  /** Live event streams of this process. */
  liveStreams(): number;
  /** Files of evidence that are not compressed yet: the oldest one's age in seconds, 0 where there is none. */
  oldestUncompressedSeconds(): Promise<number>;
}

/** What the catalog sets, for gauges that show a limit beside what is used. */
export interface PlatformLimits {
  tokensPerHour: number;
  /** Folder whose file system holds the evidence. */
  evidenceFolder: string;
}
