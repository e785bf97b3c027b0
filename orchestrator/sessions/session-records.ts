import type { SessionEnd } from "../domain/event.ts";
import type { Usage } from "../resilience/resource-usage.ts";
import { sharedStates } from "../resilience/shared-states.ts";
import { changeState } from "../resilience/state-store.ts";
import type { Database } from "../store/database.ts";
import { forgetSessions, storedSessions } from "../store/sessions.ts";
import type { AgentSight } from "./session.ts";

/** Which session: names are a project's own. */
export interface SessionName {
  project: string;
  name: string;
}

/** A session as all processes see it; the one that runs it writes what becomes of it, any may write what is asked. */
export interface SessionRecord extends SessionName {
  by: string;
  /** The process that runs it. */
  executor: string;
  state: "running" | "ended";
  /** Milliseconds since 1970; a drill may set it back. */
  startedAt: number;
  ended?: { at: number; why: SessionEnd };
  agents: AgentSight[];
  usage?: Usage;
  /** Not done yet. */
  asked: Asked;
}

/** What may be asked of a running session. */
export interface Asked {
  end?: true;
  crashAgent?: true;
  ageSeconds?: number;
}

/** The name under which events, modes and metrics know a session. */
export const keyOf = ({ project, name }: SessionName): string => `${project}/${name}`;

/** Sessions in the database. */
export interface SessionRecords {
  /** Writes a new session down; false: one of that name runs already. */
  begin(record: SessionRecord): Promise<boolean>;
  read(name: SessionName): Promise<SessionRecord | undefined>;
  /** Changes what is known of it; false: it has ended, or there is none. */
  change(name: SessionName, change: (record: SessionRecord) => SessionRecord): Promise<boolean>;
  /** Those that run, also those of processes that are gone. */
  running(of?: { project: string }): Promise<(SessionRecord & { isLost: boolean })[]>;
}

/** The records of all processes on the database. */
export function sessionRecords(db: Database): SessionRecords {
  const states = sharedStates<SessionRecord | undefined>(db, "session");
  return {
    async begin(record) {
      const key = keyOf(record);
      const { before } = await changeState(states, key, {
        initial: () => undefined,
        change: (known) => (known?.state === "running" ? known : record),
      });
      if (before?.state === "running") return false;
      await forgetSessions(db, { beginning: key });
      return true;
    },
    read: async (name) => (await states.read(keyOf(name)))?.state,
    async change(name, change) {
      const { before } = await changeState(states, keyOf(name), {
        initial: () => undefined,
        change: (known) => (known?.state === "running" ? change(known) : known),
      });
      return before?.state === "running";
    },
    running: (of) => storedSessions<SessionRecord>(db, of),
  };
}
