import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Platform } from "../../model/model.ts";
import type { SessionEnd } from "../domain/event.ts";
import { guardedLimitsOf, limitOf, spawnTimesOf } from "../resilience/platform-limits.ts";
import type { Resilience } from "../resilience/resilience.ts";
import type { Restrictions } from "../resilience/restrictions.ts";
import { Spawner } from "../resilience/spawner.ts";
import type { Database } from "../store/database.ts";
import { openAgentRecords } from "./left-behind.ts";
import { privateFolder } from "./private-folder.ts";
import { type AgentPlan, Session, type SessionParts } from "./session.ts";
import {
  type Asked,
  keyOf,
  type SessionName,
  type SessionRecord,
  sessionRecords,
} from "./session-records.ts";

/** Sessions that one process runs at most: metrics are declared for so many. */
const MOST_SESSIONS = 20;
const DAY_SECONDS = 86_400;
/** Between two looks at what was asked of sessions, and between two at what they use: 5 seconds are usual (AH-2). */
const ROUND_MS = 1_000;
const SWEEP_ROUNDS = 5;

export interface SessionsContext extends Pick<SessionParts, "program" | "clock" | "record" | "onError"> {
  platform: Pick<Platform, "limits">;
  resilience: Resilience;
  db: Database;
  /** Where workspaces and the records of agents' processes are; this machine's own. */
  folder: string;
  executorId: string;
}

/** What came of the wish to start a session. */
export type Begun =
  | { kind: "started" | "running"; session: SessionRecord }
  | { kind: "closed"; because: string }
  | { kind: "too-many"; most: number };

/** Who wants a session, and which agents it has. */
export interface SessionPlan extends SessionName {
  by: string;
  agents: readonly AgentPlan[];
}

/** Starts the sessions of this process; before, it ends what a predecessor on the machine left behind. */
export async function openSessions(context: SessionsContext): Promise<Sessions> {
  const { platform, resilience, clock, record, folder } = context;
  await privateFolder(folder);
  const records = await openAgentRecords(join(folder, "agents"));
  const times = spawnTimesOf(platform);
  const spawner = new Spawner({ times, clock, record, breaker: resilience.breakers.get("agent-spawn") });
  const lengthSeconds = limitOf(platform, "session-length")?.atMost ?? DAY_SECONDS;
  return new Sessions(context, {
    ...context,
    records,
    spawner,
    limits: guardedLimitsOf(platform),
    lengthSeconds,
  });
}

/** The sessions that this process runs, and what it knows of those of others. */
export class Sessions {
  readonly #context: SessionsContext;
  readonly #parts: SessionParts;
  readonly #records: ReturnType<typeof sessionRecords>;
  readonly #own = new Map<string, { session: Session; name: SessionName; done: Promise<void> }>();
  /** Ends that are not stored yet, by key. */
  readonly #ends = new Map<string, { name: SessionName; why: SessionEnd; startedAt: number }>();
  /** Keys of all that run, here and elsewhere, when they were last looked at. */
  #running: ReadonlySet<string> = new Set();

  constructor(context: SessionsContext, parts: SessionParts) {
    this.#context = context;
    this.#parts = parts;
    this.#records = sessionRecords(context.db);
  }

  /** Starts a session, or gives the one of that name that runs. */
  async start({ agents, ...plan }: SessionPlan): Promise<Begun> {
    const { resilience, clock, executorId, folder, record } = this.#context;
    const known = await this.#records.read(plan);
    if (known?.state === "running") return { kind: "running", session: known };
    const { accepts, starts } = resilience.restrictions();
    if (!accepts || !starts)
      return { kind: "closed", because: "the mode or breaker that is on starts no agents" };
    if (this.#own.size >= MOST_SESSIONS) return { kind: "too-many", most: MOST_SESSIONS };
    const startedAt = clock.now();
    const sight = agents.map(({ type }) => ({ type, state: "starting" as const }));
    const own = {
      ...plan,
      executor: executorId,
      state: "running" as const,
      startedAt,
      agents: sight,
      asked: {},
    };
    if (!(await this.#records.begin(own))) return this.start({ agents, ...plan });
    const key = keyOf(plan);
    resilience.forgetSession(key);
    const ladder = resilience.session(key);
    const workspace = join(folder, `work-${randomUUID()}`);
    await mkdir(workspace);
    const session = new Session({ key, startedAt, folder: workspace, agents, ladder }, this.#parts);
    record({ type: "session.started", subject: key, agents: agents.length });
    const done = session.run().then((why) => this.#ended(session, { name: plan, why }));
    this.#own.set(key, { session, name: plan, done });
    return { kind: "started", session: own };
  }

  /** Asks something of a running session, wherever it runs; false: none of that name runs. */
  ask(name: SessionName, asked: Asked): Promise<boolean> {
    return this.#records.change(name, (one) => ({ ...one, asked: { ...one.asked, ...asked } }));
  }

  /** A session that runs, or ended within a day. */
  read(name: SessionName): Promise<SessionRecord | undefined> {
    return this.#records.read(name);
  }

  /** A project's sessions that run, here and elsewhere. */
  running(project: string): Promise<SessionRecord[]> {
    return this.#records.running({ project });
  }

  /** Whether a session of that key runs, here or elsewhere: as of a second ago. */
  isRunning(key: string): boolean {
    return this.#running.has(key) || this.#own.has(key);
  }

  /** The largest share of a limit that any session of this process uses, and how tired the most tired one is. */
  get worst(): { resources: number; fatigue: number } {
    const sessions = [...this.#own.values()].map(({ session }) => session);
    return {
      resources: Math.max(0, ...sessions.flatMap(({ shares }) => Object.values(shares))),
      fatigue: Math.max(0, ...sessions.flatMap(({ fatigue }) => Object.values(fatigue))),
    };
  }

  /** Sessions of this process, for gauges. */
  get own(): readonly Session[] {
    return [...this.#own.values()].map(({ session }) => session);
  }

  /** Has agents work, wait where they are or end, as the modes and breakers that are on ask (AH-6). */
  obey({ running, agentsRatio }: Pick<Restrictions, "running" | "agentsRatio">): void {
    const { own } = this;
    if (running === "ends") for (const session of own) session.end("emergency");
    const agents = own.flatMap((session) => session.agents.filter(({ state }) => state !== "ended"));
    let places = running === "goes-on" ? Math.ceil(agents.length * agentsRatio) : 0;
    for (const session of own) places -= session.letWork(places);
  }

  /** Does what is asked once a second, and looks at what sessions use every five, until the signal comes; then ends them all. */
  async watch(signal: AbortSignal): Promise<void> {
    const { clock, onError } = this.#context;
    for (let round = 0; !signal.aborted; round++) {
      if (round % SWEEP_ROUNDS === 0) await this.#sweep().catch(onError);
      await this.#heed().catch(onError);
      await clock.sleep(ROUND_MS, signal).catch(() => undefined);
    }
    for (const { session } of this.#own.values()) session.end("stopping");
    await Promise.all([...this.#own.values()].map(({ done }) => done));
  }

  async #sweep(): Promise<void> {
    for (const { session, name } of this.#own.values()) {
      await session.sweep().catch(this.#context.onError);
      const { agents, usage } = session;
      await this.#records.change(name, (one) => ({ ...one, agents, ...(usage && { usage }) }));
    }
  }

  async #heed(): Promise<void> {
    await this.#closeEnded();
    const running = await this.#records.running();
    for (const { isLost, ...record } of running) {
      const own = this.#own.get(keyOf(record));
      if (own) await this.#do(own.session, record);
      else if (isLost) await this.#close(record, { why: "lost", startedAt: record.startedAt });
    }
    const keys = new Set(running.map(keyOf));
    for (const key of this.#running) if (!keys.has(key)) this.#context.resilience.forgetSession(key);
    this.#running = keys;
  }

  async #do(session: Session, record: SessionRecord): Promise<void> {
    const { end, crashAgent, ageSeconds } = record.asked;
    if (end === undefined && crashAgent === undefined && ageSeconds === undefined) return;
    const startedAt =
      ageSeconds === undefined ? record.startedAt : this.#context.clock.now() - ageSeconds * 1_000;
    await this.#records.change(record, (one) => ({ ...one, startedAt, asked: {} }));
    if (ageSeconds !== undefined) session.ageSeconds = ageSeconds;
    if (crashAgent) session.crashAgent();
    if (end) session.end("asked");
  }

  async #ended(session: Session, { name, why }: { name: SessionName; why: SessionEnd }): Promise<void> {
    const { clock, onError } = this.#context;
    await rm(session.folder, { recursive: true, force: true }).catch(onError);
    this.#ends.set(session.key, { name, why, startedAt: clock.now() - session.ageSeconds * 1_000 });
    this.#own.delete(session.key);
    await this.#closeEnded().catch(onError);
  }

  /** What could not be stored, since the database was away, is stored when it is back. */
  async #closeEnded(): Promise<void> {
    for (const [key, { name, ...end }] of this.#ends) {
      await this.#close(name, end);
      this.#ends.delete(key);
    }
  }

  /** One of all processes tells the end: the one whose change was the first. */
  async #close(name: SessionName, { why, startedAt }: { why: SessionEnd; startedAt: number }): Promise<void> {
    const { clock, record, resilience } = this.#context;
    const at = clock.now();
    const end = { state: "ended" as const, ended: { at, why }, agents: [], asked: {} };
    const isMine = await this.#records.change(name, (one) => ({ ...one, ...end }));
    const subject = keyOf(name);
    resilience.forgetSession(subject);
    if (!isMine) return;
    record({ type: "session.ended", subject, seconds: Math.max(0, (at - startedAt) / 1_000), reason: why });
  }
}
