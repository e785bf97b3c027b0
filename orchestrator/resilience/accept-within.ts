import type { Acceptance, Caller, RunRequest } from "../domain/run.ts";
import type { Database } from "../store/database.ts";
import { currentWorkflow } from "../store/workflows.ts";
import type { Resilience } from "./resilience.ts";

type Accept = (request: RunRequest, caller: Caller) => Promise<Acceptance>;

export interface AcceptContext {
  resilience: Pick<Resilience, "restrictions">;
  db: Database;
  /** The key of the running session that a run is of; nothing where it is of none. */
  sessionOf: (run: { project: string; labels: Record<string, string> }) => string | undefined;
}

/** Accepts runs as far as modes allow: none of a session that takes none (AH-4), and none with more steps than a task may have (AH-6). */
export function acceptWithin(accept: Accept, { resilience, db, sessionOf }: AcceptContext): Accept {
  return async (request, caller) => {
    const { project } = caller;
    const session = sessionOf({ project, labels: request.labels });
    const { accepts, stepsAtMost } = resilience.restrictions(session);
    if (!accepts && session !== undefined)
      return closed(`the session ${request.labels.session} takes no new task`);
    if (stepsAtMost === undefined) return accept(request, caller);
    const workflow = await currentWorkflow(db, { project, name: request.workflow });
    if (workflow && workflow.definition.steps.length > stepsAtMost)
      return closed(`a task may have ${stepsAtMost} steps at most now`);
    return accept(request, caller);
  };
}

const closed = (because: string): Acceptance => ({ kind: "closed", because });
