import type { Platform } from "../../model/model.ts";
import type { EventOf, RecordEvent } from "../domain/event.ts";
import { type AttemptLimits, usualAttempts } from "../pipeline/state.ts";
import { limitOf } from "./platform-limits.ts";

/** A failure beside the pipeline, which has its own resolution loops, that the platform mends by itself as far as it goes (WV-15). */
export type Failure =
  | { kind: "model-api"; hasBackUp: boolean }
  /** The MCP server ended or does not answer; `restarts` is how often it was restarted since it last worked. */
  | { kind: "mcp-server"; restarts: number }
  | { kind: "disk" };

/** What is to be done about a failure. */
export type Remedy =
  | { do: "fail-over" | "pause-tasks" | "restart" | "pause-artifacts-and-compress" }
  | { do: "tell-people"; reason: "mcp-server" };

/** How often something is tried before people are called. */
export interface RecoveryLimits extends AttemptLimits {
  mcpRestarts: number;
}

/** The platform's limits of recovery; those of WV-15 where its catalog says nothing. */
export function recoveryLimitsOf(platform: Pick<Platform, "limits">): RecoveryLimits {
  return {
    verifyAttempts: limitOf(platform, "verify-attempts")?.atMost ?? usualAttempts.verifyAttempts,
    loopAttempts: limitOf(platform, "loop-attempts")?.atMost ?? usualAttempts.loopAttempts,
    mcpRestarts: limitOf(platform, "mcp-restarts")?.atMost ?? 3,
  };
}

/** What is to be done about a failure now. Pure. */
export function remedyFor(failure: Failure, limits: RecoveryLimits): Remedy {
  switch (failure.kind) {
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
  if (remedy.do === "restart") return;
  const resolutions: Record<Exclude<Remedy["do"], "restart">, EventOf<"failure.handled">["resolution"]> = {
    "fail-over": "self-healed",
    "pause-artifacts-and-compress": "self-healed",
    "pause-tasks": "person",
    "tell-people": "person",
  };
  record({ type: "failure.handled", resolution: resolutions[remedy.do] });
}
