import type { Priority } from "../domain/workflow.ts";

/** Who takes part in a conflict. */
export interface Party {
  /** The agent's id. */
  agent: string;
  runId: string;
  /** The run's, as it has aged by now (`agedPriority`): nobody loses by it for ever. */
  priority: Priority;
  capabilities: readonly string[];
  /** When its run was accepted; milliseconds since 1970. */
  acceptedAt: number;
  /** What of the resource it needs, or what of the work its answer changes, such as files; empty means all of it. */
  parts: readonly string[];
  /** Digest of its answer, where the conflict is over answers: equal ones agree. */
  answer?: string;
  /** The agent that it would let go first, where it was asked and the conflict is over a resource. */
  votesFor?: string;
}

/**
 * What a conflict is (our reading of NX-5): two or more runs claim the same resource at the same time and at least one of them wants it
 * alone; or two or more agents answered the same step, and not all alike.
 */
export interface Conflict {
  kind: "resource" | "answer";
  /** The resource, or RUN/STEP. */
  over: string;
  /** Two at least, no agent twice. */
  parties: readonly Party[];
  /** What is wanted beyond the capabilities that all of them must have. */
  capabilities: readonly string[];
}

/** A resource that a step wants; a step gets all that it wants at once or nothing, so that no two wait for each other. */
export interface Claim {
  resource: string;
  alone: boolean;
  party: Party;
}

/** The conflicts among claims on free resources, by resource. */
export function conflictsOverResources(
  claims: readonly Claim[],
  capabilities: (resource: string) => readonly string[] = () => [],
): Conflict[] {
  const resources = [...new Set(claims.map(({ resource }) => resource))].sort();
  return resources.flatMap((over) => {
    const all = claims.filter(({ resource }) => resource === over);
    const parties = all.map(({ party }) => party);
    const runs = new Set(parties.map(({ runId }) => runId));
    if (runs.size < 2 || all.every(({ alone }) => !alone)) return [];
    return [{ kind: "resource", over, parties, capabilities: capabilities(over) }];
  });
}

/** The conflict among the answers to one step, RUN/STEP, if they differ. */
export function conflictOverAnswers(
  step: { over: string; capabilities: readonly string[] },
  parties: readonly Party[],
): Conflict | undefined {
  const answers = new Set(parties.map(({ answer }) => answer));
  return answers.size < 2 ? undefined : { kind: "answer", ...step, parties };
}
