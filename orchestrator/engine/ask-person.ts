import { requestApproval } from "../store/approvals.ts";
import { newRunId } from "../store/run-id.ts";
import { persistently } from "../store/transient.ts";
import type { Decision } from "./controls.ts";
import { type Execution, stopped } from "./do-task.ts";

/** Role of the people who decide where nothing else is said. */
const usualRole = "approver";

/**
 * Asks a person with the role, never the one who asked for the run, and waits for the decision; nothing: the run was cancelled. Asked again
 * by a later execution, the first request stands.
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
  const decision = await during("waiting-for-approval", () => Promise.race([decided, aborted]));
  if (!decision) await stopped(control);
  return decision;
}
