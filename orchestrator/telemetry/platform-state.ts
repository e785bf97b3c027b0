import type { Priority } from "../domain/workflow.ts";
import type { DiskSpace } from "../resilience/resource-usage.ts";
import type { LiveReading } from "./live-readers.ts";

/** Runs that have not ended, by what they do. */
export type RunsOfNow = Record<"queued" | "running" | "waiting-for-approval" | "paused", number>;

/** Agents of one type in one state. */
export interface AgentCount {
  type: string;
  state: string;
  count: number;
  /** Steps that they do now, and could do at once. */
  load: number;
  capacity: number;
}

/** A session that runs. */
export interface SessionNow {
  id: string;
  ageSeconds: number;
  isConservative: boolean;
  /** What its processes use, where a guardian measures it. */
  usage?: { memory: number; cpu: number; disk: number; processes: number };
  /** Shares of its limits. */
  shares?: Partial<Record<"memory" | "cpu" | "disk" | "processes", number>>;
  /** Processor seconds since it began. */
  cpuSeconds?: number;
}

/** What is so now, for gauges: read at each scrape. What exists once for the platform is told by one process and unknown to the others. */
export interface PlatformState {
  /** Whether this process tells what exists once for the platform. */
  isLeader(): Promise<boolean>;
  /** Runs that wait, by priority, and steps that are being done, by step id. */
  work(): Promise<{ pending: Record<Priority, number>; running: Record<string, number> }>;
  runs(): Promise<RunsOfNow>;
  /** Steps that wait for a person, and for how long the first of them. */
  approvals(): Promise<{ pending: number; oldestSeconds: number }>;
  agents(): Promise<AgentCount[]>;
  sessions(): Promise<SessionNow[]>;
  /** Runs that the engine would execute though they were deleted. */
  orphanedRuns(): Promise<number>;
  /** US dollars that runs cost which ended since midnight UTC, and by project since the first of the month. */
  costs(): Promise<{ today: number; monthByProject: Record<string, number> }>;
  /** Names of the breakers that are open. */
  openBreakers(): Iterable<string>;
  mode(): string;
  emergencyLevel(): number;
  /** Whether a mode that is on asks for a person. */
  personRequested(): boolean;
  tokensOfHour(): Promise<number>;
  /** Calls of models that wait here, and seconds for which each provider is still left alone. */
  modelQueues(): { waiting: number; backOffSeconds: Record<string, number> };
  /** Live event streams and sockets of this process. */
  live(): LiveReading;
  /** Files of evidence that are not compressed yet: the oldest one's age in seconds, 0 where there is none. */
  oldestUncompressedSeconds(): Promise<number>;
  /** Of the disk that holds the evidence. */
  evidenceSpace(): Promise<DiskSpace>;
  /** Seconds since the database answered this process last. */
  databaseSilentSeconds(): number;
}

/** What the catalog and the settings set, for gauges that show a limit beside what is used. */
export interface PlatformLimits {
  /** Runs at once (WV-13), and in the queue (NX-4). */
  runs(): number;
  queuedRuns: number;
  /** At most so much, by the limit's name in the catalog. */
  byName: Readonly<Record<string, number>>;
  version: string;
}

/** The same state for one scrape: each part is read once, when the first gauge asks for it. */
export function readOnce(state: PlatformState): PlatformState {
  const once = ([name, read]: [string, () => unknown]) => {
    let known: { value: unknown } | undefined;
    const readIt = () => {
      known ??= { value: read() };
      return known.value;
    };
    return [name, readIt];
  };
  return Object.fromEntries(Object.entries(state).map(once)) as unknown as PlatformState;
}
