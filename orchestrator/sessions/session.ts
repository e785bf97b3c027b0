import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Limit } from "../../model/resilience.ts";
import type { Clock } from "../clock.ts";
import type { RecordEvent, SessionEnd } from "../domain/event.ts";
import type { AgentProcess } from "../resilience/agent-process.ts";
import { Guardian } from "../resilience/guardian.ts";
import type { ModeLadder } from "../resilience/mode-ladder.ts";
import { type Resource, type Usage, UsageMeter } from "../resilience/resource-usage.ts";
import { effectsOn } from "../resilience/session-effects.ts";
import type { Spawner } from "../resilience/spawner.ts";
import type { AgentScript, WorkReport } from "./agent-script.ts";
import { FATIGUE_OF, type Fatigue, fatigueOf } from "./fatigue.ts";
import { AGENT_MARK, type AgentRecords } from "./left-behind.ts";
import { readReports } from "./read-reports.ts";

/** An agent that a session has. */
export interface AgentPlan {
  type: string;
  script: AgentScript;
}

/** What sessions work with. */
export interface SessionParts {
  spawner: Spawner;
  records: AgentRecords;
  limits: Partial<Record<Resource, Limit>>;
  /** A session ends when it is that old (AH-1). */
  lengthSeconds: number;
  /** Path of the agents' program. */
  program: string;
  clock: Clock;
  record: RecordEvent;
  onError: (error: Error) => void;
}

/** Which session: its agents' folder is its own and goes with it. */
export interface SessionStart {
  key: string;
  startedAt: number;
  folder: string;
  agents: readonly AgentPlan[];
  ladder: ModeLadder | undefined;
}

/** An agent of a session as others see it. */
export interface AgentSight {
  type: string;
  state: "starting" | "working" | "paused" | "ended";
  pid?: number;
}

interface Kept extends AgentPlan {
  mark: string;
  stop: AbortController;
  process?: AgentProcess;
  /** Whether it may work; what may not is stopped where it is. */
  mayWork: boolean;
  hasEnded: boolean;
  /** The newest of its pieces of work. */
  reports: WorkReport[];
}

/** Seconds before agents that could not be started are tried again; the spawner has made its attempts then. */
const AGAIN_SECONDS = 10;

/** A session at work: agents as processes that are started, watched, replaced, limited and ended (AH-1, AH-2, AH-4, AH-7, AH-9). */
export class Session {
  readonly key: string;
  readonly folder: string;
  readonly ladder: ModeLadder | undefined;
  /** What it used when it was last looked at. */
  usage: Usage | undefined;
  readonly #parts: SessionParts;
  readonly #agents: readonly Kept[];
  readonly #meter: UsageMeter;
  readonly #guardian: Guardian;
  #startedAt: number;
  #why: SessionEnd | undefined;

  constructor({ key, startedAt, folder, agents, ladder }: SessionStart, parts: SessionParts) {
    this.key = key;
    this.folder = folder;
    this.ladder = ladder;
    this.#parts = parts;
    this.#startedAt = startedAt;
    this.#agents = agents.map((agent) => ({ ...agent, ...fresh() }));
    const { clock, limits, record } = parts;
    this.#meter = new UsageMeter(folder, clock);
    const effects = effectsOn({
      roots: () => this.#roots(),
      folder,
      stopAgent: async (root) => this.#stopAgent(root),
    });
    this.#guardian = new Guardian({ limits, effects, clock, record, subject: key });
  }

  /** Runs it to its end: resolves with why it ended, when nothing of it is left. */
  async run(): Promise<SessionEnd> {
    for (const name of ["work", "cache", "tmp"])
      await mkdir(join(this.folder, name), { recursive: true }).catch(this.#parts.onError);
    await Promise.all(this.#agents.map((agent) => this.#keep(agent)));
    // What has ended uses nothing: the guardian's last action is known to have worked.
    await this.#guardian.judge({ memory: 0, cpu: 0, disk: 0, processes: 0 });
    return this.#why ?? "finished";
  }

  /** Ends its agents, each within the time that it has; the first reason stands. */
  end(why: SessionEnd): void {
    this.#why ??= why;
    for (const { stop } of this.#agents) stop.abort();
  }

  get ageSeconds(): number {
    return (this.#parts.clock.now() - this.#startedAt) / 1_000;
  }

  set ageSeconds(seconds: number) {
    this.#startedAt = this.#parts.clock.now() - seconds * 1_000;
  }

  /** Of its most tired agent, by what shows it. */
  get fatigue(): Fatigue {
    const all = this.#agents.map(({ reports }) => fatigueOf(reports));
    const worst = (of: keyof Fatigue) => Math.max(0, ...all.map((one) => one[of]));
    return { errors: worst("errors"), repetition: worst("repetition"), slowness: worst("slowness") };
  }

  /** Shares of its limits that it uses, by resource. */
  get shares(): Partial<Record<Resource, number>> {
    return this.usage ? this.#guardian.shares(this.usage) : {};
  }

  get agents(): AgentSight[] {
    return this.#agents.map(({ type, process, hasEnded }) => ({
      type,
      state: hasEnded
        ? "ended"
        : process === undefined
          ? "starting"
          : process.isPaused
            ? "paused"
            : "working",
      ...(process?.pid !== undefined && !hasEnded && { pid: process.pid }),
    }));
  }

  /** Lets so many of its agents work and stops the others where they are; gives how many it took. */
  letWork(atMost: number): number {
    let working = 0;
    for (const agent of this.#agents) {
      if (agent.hasEnded) continue;
      agent.mayWork = working < atMost;
      if (agent.mayWork) working += 1;
      heed(agent);
    }
    return working;
  }

  /** Ends the first of its agents as a crash would; the spawner replaces it. */
  crashAgent(): void {
    const pid = this.#roots()[0];
    if (pid === undefined) return;
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended meanwhile, and is being replaced.
    }
  }

  /** Measures what it uses, has the guardian judge it, and says how old and tired it is. To be called every few seconds. */
  async sweep(): Promise<void> {
    this.usage = await this.#meter.measure(this.#roots());
    await this.#guardian.judge(this.usage);
    const { errors, repetition, slowness } = this.fatigue;
    const age = this.ageSeconds;
    await this.ladder?.measure({ "session-age": age, fatigue: Math.max(errors, repetition, slowness) });
    if (age >= this.#parts.lengthSeconds) this.end("length");
  }

  #roots(): number[] {
    return this.#agents.flatMap(({ process, hasEnded }) => (hasEnded ? [] : (process?.pid ?? [])));
  }

  async #keep(agent: Kept): Promise<void> {
    const { spawner, records, clock, program, onError } = this.#parts;
    const { signal } = agent.stop;
    const command = {
      type: agent.type,
      command: process.execPath,
      args: [program],
      folder: this.folder,
      env: { [AGENT_MARK]: agent.mark },
    };
    while (!signal.aborted) {
      try {
        await spawner.keep(command, { signal, onStarted: (process) => this.#started(agent, process) });
        break;
      } catch (error) {
        if (signal.aborted) break;
        onError(error as Error);
        delete agent.process;
        await clock.sleep(AGAIN_SECONDS * 1_000, signal).catch(() => undefined);
      }
    }
    agent.hasEnded = true;
    await records.remove(agent.mark).catch(onError);
  }

  #started(agent: Kept, process: AgentProcess): void {
    agent.process = process;
    readReports(process.output, (report) => {
      agent.reports.push(report);
      if (agent.reports.length > FATIGUE_OF) agent.reports.shift();
    });
    const begin = async () => {
      await this.#parts.records.add(agent.mark, process.pid ?? 0);
      process.input.write(`${JSON.stringify(agent.script)}\n`);
      heed(agent);
    };
    // Without its record it gets no work: nobody would find it after a kill of ours.
    begin().catch(this.#parts.onError);
  }

  #stopAgent(root: number): void {
    this.#agents.find((agent) => agent.process?.pid === root)?.stop.abort();
    if (this.#agents.every(({ stop, hasEnded }) => stop.signal.aborted || hasEnded))
      this.#why ??= "resources";
  }
}

function fresh() {
  return { mark: randomUUID(), stop: new AbortController(), mayWork: true, hasEnded: false, reports: [] };
}

function heed({ process, mayWork }: Kept): void {
  if (mayWork) process?.resume();
  else process?.pause();
}
