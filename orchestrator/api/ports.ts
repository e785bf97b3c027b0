// What the routes need of the store, the engine and the rest; main.ts puts them together.
import type { Agent, AgentRegistration } from "../domain/agent.ts";
import type { DomainEvent, RecordedEvent } from "../domain/event.ts";
import type { Acceptance, Caller, Run, RunRequest, RunState } from "../domain/run.ts";
import type { WorkflowDefinition } from "../domain/workflow.ts";
import type { FlagDefinition } from "./flags.ts";
import type { Hive } from "./hive-ports.ts";
import type { Page } from "./page.ts";

export interface PageRequest {
  limit: number;
  cursor?: string | undefined;
}

export interface StoredWorkflow {
  /** `*`: built in, seen by every project, changed by none. */
  project: string;
  version: number;
  definition: WorkflowDefinition;
  createdBy: string;
  createdAt: string;
}

export interface Workflows {
  /** Stores the first or next version; the current one again where nothing differs. */
  save(workflow: { project: string; by: string; definition: WorkflowDefinition }): Promise<StoredWorkflow>;
  list(project: string, page: PageRequest): Promise<Page<StoredWorkflow>>;
  /** The current version of the project's own workflow, or of the built-in one of that name. */
  read(project: string, name: string): Promise<StoredWorkflow | undefined>;
  /** Deletes all versions and their runs (CC-5); false if the project has none of that name. */
  remove(project: string, name: string): Promise<boolean>;
}

export interface RunFilter {
  project: string;
  state?: RunState | undefined;
  workflow?: string | undefined;
}

/** A run as lists show it. */
export type RunSummary = Omit<Run, "steps" | "input" | "after" | "idempotencyKey">;

export interface Runs {
  accept(request: RunRequest, caller: Caller): Promise<Acceptance>;
  /** The newest first. */
  list(filter: RunFilter, page: PageRequest): Promise<Page<RunSummary>>;
  read(project: string, id: string): Promise<Run | undefined>;
  /** Asks that a run stops; what is final stays as it is. */
  cancel(id: string): Promise<void>;
  /** Those of the runs that have ended. */
  ended(ids: readonly string[]): Promise<string[]>;
}

export interface Approval {
  id: string;
  runId: string;
  stepId: string;
  role: string;
  requestedBy: string;
  state: "pending" | "approved" | "rejected" | "withdrawn";
  requestedAt: string;
  decidedBy?: string;
  decidedAt?: string;
  comment?: string;
}

export interface Approvals {
  list(filter: { project: string; pending: boolean }, page: PageRequest): Promise<Page<Approval>>;
  read(project: string, id: string): Promise<Approval | undefined>;
  /** Undefined if somebody else has decided meanwhile. */
  decide(decision: Decision): Promise<Approval | undefined>;
}

export interface Decision {
  id: string;
  by: string;
  decision: "approved" | "rejected";
  comment: string | undefined;
}

export interface Agents {
  /** Rejects with AgentTaken if somebody else has registered the id. */
  register(agent: AgentRegistration, by: string): Promise<Agent>;
  /** False if they have registered no such agent. */
  heartbeat(id: string, by: string): Promise<boolean>;
  list(filter: { type: string | undefined }, page: PageRequest): Promise<Page<Agent>>;
  /** False if it was not there. Rejects with AgentTaken for one that a process brought along. */
  remove(id: string): Promise<boolean>;
}

export interface EventFilter {
  project: string;
  /** Events after this id. */
  after: number;
  limit: number;
  runId?: string | undefined;
  types?: readonly DomainEvent["type"][];
}

export interface Events {
  /** In the order of their ids: those of the project's runs and sessions, and those of the platform. */
  list(filter: EventFilter): Promise<RecordedEvent[]>;
  /** Id of the newest event; 0 if there is none. */
  last(): Promise<number>;
  /** Calls back whenever there may be new ones; returns how to stop it. */
  onNew(wake: () => void): () => void;
}

/** Degradation modes (WV-12), emergency levels (AH-6), and the modes of a session (AH-4). */
export interface Modes {
  read(): Promise<ModeStatus>;
  /** Rejects with a ModeRefused where there is no such mode, or a signal asks for a higher one. False: no such session runs. */
  change(to: ModeChange): Promise<boolean>;
}

export interface ModeChange {
  mode: string;
  because: string;
  by: string;
  /** Whose mode; the whole platform's without it. */
  session?: { project: string; name: string } | undefined;
}

export interface ModeStatus {
  mode: string;
  /** Of the ladder of that mode. */
  modes: string[];
  emergencyLevel: number;
  since: string;
  /** All ladders of the whole platform. */
  ladders: { ladder: string; mode: string; modes: string[]; since: string; by: string; because: string }[];
}

/** Signals that lead to modes. */
export interface ModeSignals {
  /** All that the platform's modes ask for; no value: nobody knows it. */
  list(): Promise<Signal[]>;
  /** Stores what somebody tells; it holds until it is told anew. */
  tell(told: { signal: string; value: number; because: string; by: string }): Promise<void>;
}

export interface Signal {
  signal: string;
  value?: number | undefined;
  told?: { value: number; by: string; because: string; at: string } | undefined;
}

export interface StoredFlag {
  name: string;
  definition: FlagDefinition;
  version: number;
  updatedBy: string;
  updatedAt: string;
}

export interface Flags {
  list(page: PageRequest): Promise<Page<StoredFlag>>;
  read(name: string): Promise<StoredFlag | undefined>;
  /** Undefined if the expected version is no longer the current one; 0 expects that there is none yet. */
  save(flag: {
    name: string;
    definition: FlagDefinition;
    by: string;
    expectedVersion: number | undefined;
  }): Promise<StoredFlag | undefined>;
}

export interface AuditEntry {
  actor: string;
  project: string;
  /** The operation's id. */
  action: string;
  /** What it was done to: the path with its ids. */
  object: string;
  /** `attempted` is written before it is done, the rest afterwards. */
  outcome: "attempted" | "done" | "refused" | "failed";
  requestId: string;
}

export interface AuditRecord extends AuditEntry {
  id: number;
  at: string;
}

export interface Audit {
  append(entries: readonly AuditEntry[]): Promise<void>;
  list(project: string, page: PageRequest): Promise<Page<AuditRecord>>;
}

export interface Status {
  read(project: string): Promise<StatusReport>;
}

export interface StatusReport {
  platform: string;
  mode: string;
  runs: Partial<Record<RunState, number>>;
  agents: Partial<Record<Agent["state"], number>>;
  pendingApprovals: number;
  breakers: Record<string, "closed" | "open" | "half-open">;
}

/** What gates and resolution loops came to (WV-3, WV-4). */
export interface Quality {
  gates(
    project: string,
    hours: number,
  ): Promise<{ gate: string; approved: number; rejected: number; withoutQuorum: number }[]>;
  openLoops(project: string): Promise<{ runId: string; stage: string; attempts: number; openedAt: string }[]>;
}

/** What stands in the way of serving; empty when ready. */
export type Readiness = () => Promise<{ check: string; why: string }[]>;

/** The exporter's answer to a scrape. */
export type Metrics = () => Promise<{ contentType: string; body: string }>;

export interface Ports {
  workflows: Workflows;
  runs: Runs;
  approvals: Approvals;
  agents: Agents;
  events: Events;
  modes: Modes;
  signals: ModeSignals;
  flags: Flags;
  audit: Audit;
  status: Status;
  quality: Quality;
  /** Only where Agent Hive's face is shown. */
  hive?: Hive;
  readiness: Readiness;
  metrics: Metrics;
}
