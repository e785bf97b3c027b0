import type { Platform } from "../../model/model.ts";
import type { EventOf, RecordEvent } from "../domain/event.ts";
import { limitOf } from "./platform-limits.ts";

/** A failure that the platform mends by itself as far as it goes (WV-15). */
export type Failure =
  /** A stage failed; `attempts` is how often it has been tried to mend it. */
  | { kind: "verify"; attempts: number }
  /** A task is in a state in which it has been before; `attempts` is how often. */
  | { kind: "loop"; attempts: number }
  | { kind: "model-api"; hasBackUp: boolean }
  /** The MCP server ended or does not answer; `restarts` is how often it was restarted since it last worked. */
  | { kind: "mcp-server"; restarts: number }
  | { kind: "disk" };

/** What is to be done about a failure. */
export type Remedy =
  | { do: "try-again" | "fail-over" | "pause-tasks" | "restart" | "pause-artifacts-and-compress" }
  | { do: "report-incident" | "tell-people"; reason: IncidentReason };
export type IncidentReason = "attempts-exhausted" | "infinite-loop" | "mcp-server";

/** How often something is tried before people are called. */
export interface RecoveryLimits {
  verifyAttempts: number;
  loopAttempts: number;
  mcpRestarts: number;
}

/** The platform's limits of recovery; those of WV-15 where its catalog says nothing. */
export function recoveryLimitsOf(platform: Pick<Platform, "limits">): RecoveryLimits {
  return {
    verifyAttempts: limitOf(platform, "verify-attempts")?.atMost ?? 3,
    loopAttempts: limitOf(platform, "loop-attempts")?.atMost ?? 5,
    mcpRestarts: limitOf(platform, "mcp-restarts")?.atMost ?? 3,
  };
}

/** What is to be done about a failure now. Pure. */
export function remedyFor(failure: Failure, limits: RecoveryLimits): Remedy {
  switch (failure.kind) {
    case "verify":
      return failure.attempts < limits.verifyAttempts
        ? { do: "try-again" }
        : { do: "report-incident", reason: "attempts-exhausted" };
    case "loop":
      return failure.attempts <= limits.loopAttempts
        ? { do: "try-again" }
        : { do: "report-incident", reason: "infinite-loop" };
    case "model-api":
      return { do: failure.hasBackUp ? "fail-over" : "pause-tasks" };
    case "mcp-server":
      return failure.restarts < limits.mcpRestarts
        ? { do: "restart" }
        : { do: "tell-people", reason: "mcp-server" };
    case "disk":
      return { do: "pause-artifacts-and-compress" };
  }
}

/** Records how a failure ended: whom it was left to, or that nobody had to be called. */
export function recordRemedy(record: RecordEvent, remedy: Remedy, runId?: string): void {
  const of = runId === undefined ? {} : { runId };
  if ("reason" in remedy) record({ type: "incident.reported", reason: remedy.reason, ...of });
  if (remedy.do === "try-again" || remedy.do === "restart") return;
  const resolutions: Record<
    Exclude<Remedy["do"], "try-again" | "restart">,
    EventOf<"failure.handled">["resolution"]
  > = {
    "fail-over": "self-healed",
    "pause-artifacts-and-compress": "self-healed",
    "pause-tasks": "person",
    "tell-people": "person",
    "report-incident": "incident-reporter",
  };
  record({ type: "failure.handled", resolution: resolutions[remedy.do] });
}
