// What the routes of Agent Hive's face need beside the rest.
import type { AgentScript } from "../sessions/agent-script.ts";

export interface HiveSession {
  id: string;
  state: "running" | "ended";
  startedAt: string;
  ageSeconds: number;
  /** Tasks by state. */
  tasks: Record<string, number>;
  /** Its processes; none where it has tasks only. */
  agents: { type: string; state: string; pid?: number | undefined }[];
  /** Why it ended, where its agents did. */
  ended?: string | undefined;
}

/** What Agent Hive has beside the rest: sessions, measured resources (AH-2) and drills. */
export interface Hive {
  runningSessions(project: string): Promise<HiveSession[]>;
  session(project: string, name: string): Promise<HiveSession | undefined>;
  /** Starts agents as processes; does nothing where the session runs. */
  startSession(session: SessionRequest): Promise<SessionStarted>;
  /** Asks that a session ends; false: none of that name runs. */
  endSession(project: string, name: string): Promise<boolean>;
  /** Of the project's sessions that run. */
  resources(project: string): Promise<UsedResource[]>;
  /** Orders a fault in a session; returns when it is ordered. */
  startDrill(drill: Drill): Promise<DrillOrdered>;
}

export interface SessionRequest {
  project: string;
  name: string;
  by: string;
  agents: { type: string; script: AgentScript }[];
}

export type SessionStarted =
  | { kind: "started" | "running" }
  | { kind: "closed"; because: string }
  | { kind: "too-many"; most: number };

export interface UsedResource {
  session: string;
  resource: string;
  used: number;
  limit: number;
  unit: string;
}

export interface Drill {
  fault: "agent-crash" | "age";
  project: string;
  session: string;
  ageSeconds?: number | undefined;
}

/** `off`: the service is not set up for drills. */
export type DrillOrdered = "ordered" | "off" | "not-running";
