import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { RecordEvent } from "../domain/event.ts";
import { type AgentCommand, AgentProcess, type Exit } from "./agent-process.ts";
import type { LiveBreaker } from "./live-breaker.ts";
import { within } from "./within.ts";

/** How often and how long starting and ending an agent is tried. */
export interface SpawnTimes {
  attempts: number;
  /** Waits before the second attempt, the third, and so on; the last one repeats. */
  waitSeconds: readonly number[];
  /** From the start of the process to its first sign of life. */
  spawnSeconds: number;
  /** From the request to end to the kill. */
  terminateSeconds: number;
  /** Longest silence of an agent that lives. */
  silenceSeconds: number;
}

/** All attempts to start an agent failed. */
export class SpawnFailed extends Error {
  override name = "SpawnFailed";
}

export interface SpawnerContext {
  times: SpawnTimes;
  clock: Clock;
  record: RecordEvent;
  /** Whether agents may be started now: each start, with all its attempts, is one call. */
  breaker?: Pick<LiveBreaker, "execute"> | undefined;
}

/** Starts agents, watches them, replaces those that are lost, and ends them all with their children. */
export class Spawner {
  readonly #context: SpawnerContext;
  readonly #agents = new Set<AgentProcess>();

  constructor(context: SpawnerContext) {
    this.#context = context;
  }

  /** Agents that were started and have not ended. */
  get agents(): readonly AgentProcess[] {
    return [...this.#agents];
  }

  /**
   * Starts an agent and waits for its first sign of life. Throws a SpawnFailed after the last attempt, a BrokenCircuitError where none may
   * be started, or the signal's reason.
   */
  spawn(command: AgentCommand, signal?: AbortSignal): Promise<AgentProcess> {
    const { breaker } = this.#context;
    const start = () => this.#start(command, signal);
    return breaker ? breaker.execute(start) : start();
  }

  /** Ends an agent: asks, then kills; with it whatever it started. */
  async terminate(agent: AgentProcess): Promise<void> {
    const { times, record } = this.#context;
    const outcome = await agent.terminate(times.terminateSeconds);
    record({ type: "agent.terminated", agentType: agent.type, outcome });
  }

  /** Ends all agents at once; nothing of them is left. */
  async terminateAll(): Promise<void> {
    await Promise.all(this.agents.map((agent) => this.terminate(agent)));
  }

  /**
   * Keeps one agent alive until it ends by itself with success, or the signal comes: a crashed or silent one is ended and replaced.
   * `onStarted` gets each of them. Throws a SpawnFailed where none can be started.
   */
  async keep(command: AgentCommand, { signal, onStarted }: KeepOptions): Promise<void> {
    const { clock, record } = this.#context;
    const agent = { agentId: `${command.type}-${randomUUID()}`, agentType: command.type };
    for (let lostAt: { at: number; reason: "crashed" | "unresponsive" } | undefined; ; ) {
      const current = await this.spawn(command, signal);
      if (lostAt) {
        const seconds = (clock.now() - lostAt.at) / 1000;
        record({ type: "agent.replaced", ...agent, seconds, reason: lostAt.reason });
      }
      onStarted?.(current);
      const end = await this.#untilLost(current, signal);
      if (end === "ended" || end === "stopped") {
        if (end === "stopped") await this.terminate(current);
        record({ type: "agent.removed", ...agent });
        return;
      }
      record({ type: "agent.lost", ...agent, reason: end });
      lostAt = { at: clock.now(), reason: end };
      await this.#giveUp(current, end);
    }
  }

  async #start(command: AgentCommand, signal?: AbortSignal): Promise<AgentProcess> {
    const { times, clock, record } = this.#context;
    const began = clock.now();
    const told = (outcome: "success" | "failure", attempts: number) => {
      const seconds = (clock.now() - began) / 1000;
      record({ type: "agent.spawned", agentType: command.type, outcome, attempts, seconds });
    };
    let reason = "";
    for (let attempt = 1; attempt <= times.attempts; attempt++) {
      if (attempt > 1) await clock.sleep(this.#waitBefore(attempt), signal);
      signal?.throwIfAborted();
      const tried = await this.#attempt(command, attempt, signal);
      if (tried instanceof AgentProcess) {
        told("success", attempt);
        return tried;
      }
      reason = tried;
    }
    told("failure", times.attempts);
    throw new SpawnFailed(`agent "${command.type}" did not start in ${times.attempts} attempts: ${reason}`);
  }

  async #attempt(
    command: AgentCommand,
    attempt: number,
    signal?: AbortSignal,
  ): Promise<AgentProcess | string> {
    const { times, clock, record } = this.#context;
    const began = clock.now();
    const agent = new AgentProcess(command, clock);
    this.#agents.add(agent);
    void agent.exited.then(() => this.#agents.delete(agent));
    const first = await within(
      clock,
      times.spawnSeconds * 1000,
      Promise.race([agent.alive, agent.exited, aborted(signal)]),
    );
    if (signal?.aborted) {
      await this.terminate(agent);
      throw signal.reason;
    }
    const isAlive = !first.late && first.value === undefined;
    const seconds = (clock.now() - began) / 1000;
    const outcome = isAlive ? "success" : first.late ? "timeout" : "error";
    record({ type: "agent.spawn-attempted", agentType: command.type, attempt, outcome, seconds });
    if (isAlive) return agent;
    if (!first.late) {
      await agent.terminate(0);
      return exitText(first.value as Exit, agent.lastWords);
    }
    await this.terminate(agent);
    return `no sign of life within ${times.spawnSeconds} s`;
  }

  async #untilLost(
    agent: AgentProcess,
    signal: AbortSignal,
  ): Promise<"crashed" | "unresponsive" | "ended" | "stopped"> {
    const { times, clock } = this.#context;
    const stopped = aborted(signal).then(() => "stopped" as const);
    for (;;) {
      const left = agent.lastSign + times.silenceSeconds * 1000 - clock.now();
      if (left <= 0) return "unresponsive";
      const first = await within(clock, left, Promise.race([agent.exited, stopped]));
      if (first.late) continue;
      if (first.value === "stopped") return "stopped";
      return first.value.code === 0 ? "ended" : "crashed";
    }
  }

  // Whoever hears nothing does not hear a request to end either, and its task waits for the successor. Of one that crashed, what it
  // started may be left.
  async #giveUp(agent: AgentProcess, reason: "crashed" | "unresponsive"): Promise<void> {
    const outcome = await agent.terminate(0);
    if (reason === "unresponsive")
      this.#context.record({ type: "agent.terminated", agentType: agent.type, outcome });
  }

  #waitBefore(attempt: number): number {
    const { waitSeconds } = this.#context.times;
    return (waitSeconds[Math.min(attempt - 2, waitSeconds.length - 1)] ?? 0) * 1000;
  }
}

export interface KeepOptions {
  signal: AbortSignal;
  onStarted?: (agent: AgentProcess) => void;
}

/** Resolves when the signal comes. */
function aborted(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    else signal?.addEventListener("abort", () => resolve(), { once: true });
  });
}

function exitText({ code, signal, error }: Exit, lastWords: string): string {
  if (error !== undefined) return error;
  const how = signal === null ? `ended with ${code}` : `was ended by ${signal}`;
  return lastWords === "" ? how : `${how}: ${lastWords}`;
}
