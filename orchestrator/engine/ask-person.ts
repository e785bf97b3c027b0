import { type Approval, requestApproval, withdrawApproval } from "../store/approvals.ts";
import { newRunId } from "../store/run-id.ts";
import { persistently } from "../store/transient.ts";
import type { Decision } from "./controls.ts";
import { type Execution, stopped } from "./do-task.ts";
import { forever } from "./outcome.ts";

/** Role of the people who decide where nothing else is said. */
const usualRole = "approver";

/**
 * Asks a person with the role, never the one who asked for the run, and waits for the decision; nothing: the run was cancelled. Asked again
 * by a later execution, the first request stands. What nobody decided in the time that the platform gives is withdrawn (CC-7).
 */
export async function askPerson(
  { stepId, role = usualRole }: { stepId: string; role?: string },
  { plan, parts, control, during }: Execution,
): Promise<Decision | undefined> {
  const request = { id: newRunId(), runId: plan.id, stepId, role };
  const asked = await persistently(() => requestApproval(parts.store.pool, request));
  if (asked.isNew)
    parts.record({ type: "approval.requested", runId: plan.id, approvalId: asked.id, role: asked.role });
  const decided = parts.controls.decision(asked.id);
  // It may have been decided before we began to wait, perhaps while another process executed the run.
  void parts.controls.refresh().catch(() => undefined);
  const aborted = new Promise<undefined>((resolve) => {
    if (control.signal.aborted) resolve(undefined);
    control.signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  const waiting = new AbortController();
  const expired = untilExpired(asked, { parts, signal: waiting.signal });
  const decision = await during("waiting-for-approval", () => Promise.race([decided, aborted, expired]));
  waiting.abort();
  if (!decision) await stopped(control);
  return decision;
}

/** Between two looks whether a request has expired: no timer waits for as long as a request may. */
const LOOK_MS = 3_600_000;

/** Withdraws the request once it has waited as long as it may, unless somebody decided at that moment; else never resolves. */
async function untilExpired(
  { id, runId, requestedAt }: Pick<Approval, "id" | "runId" | "requestedAt">,
  { parts, signal }: { parts: Execution["parts"]; signal: AbortSignal },
): Promise<Decision> {
  const { approvalSeconds, clock, store } = parts;
  if (approvalSeconds === undefined) return forever();
  const end = Date.parse(requestedAt) + approvalSeconds * 1_000;
  for (let left = end - clock.now(); left > 0 && !signal.aborted; left = end - clock.now())
    await clock.sleep(Math.min(left, LOOK_MS), signal).catch(() => undefined);
  if (signal.aborted) return forever();
  const withdrawn = await persistently(() => withdrawApproval(store.pool, id), parts.onError);
  if (!withdrawn) return forever();
  parts.record({ type: "approval.decided", runId, approvalId: id, decision: "expired", ...withdrawn });
  return { state: "withdrawn" };
}
