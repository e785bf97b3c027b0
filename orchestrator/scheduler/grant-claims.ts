import type { DomainEvent } from "../domain/event.ts";
import { type Claim, conflictsOverResources } from "./conflicts.ts";
import { resolveConflict } from "./resolve-conflict.ts";

/** A claim of a step, which gets all that it claims at once or nothing; no two steps have the same party's `agent`. */
export interface StepClaim extends Claim {
  /** RUN/STEP/ATTEMPT. */
  key: string;
  granted: boolean;
  /** Capabilities that decide conflicts over the resource. */
  prefers: readonly string[];
}

/**
 * Which steps get now what they claim. Conflicts among those that wait are resolved resource by resource; who has lost one waits, and who has
 * won all of its own waits only for those that have a resource now. So a winner that still has to wait is not overtaken by those it has won
 * against. A conflict is told when its winner gets the resource.
 */
export function grantClaims(claims: readonly StepClaim[]): { granted: string[]; events: DomainEvent[] } {
  const holders = claims.filter(({ granted }) => granted);
  let waiting = claims.filter(({ granted }) => !granted);
  const told = new Map<string, { winners: Set<string>; events: readonly DomainEvent[] }>();
  for (const resource of [...new Set(waiting.map(({ resource }) => resource))].sort()) {
    const wanted = waiting.filter((claim) => claim.resource === resource);
    const prefers = [...new Set(wanted.flatMap((claim) => claim.prefers))];
    const [conflict] = conflictsOverResources(wanted, () => prefers);
    if (!conflict) continue;
    const { winners, events } = resolveConflict(conflict);
    const keys = wanted.filter(({ party }) => winners.includes(party.agent)).map(({ key }) => key);
    told.set(resource, { winners: new Set(keys), events });
    const losers = new Set(wanted.map(({ key }) => key).filter((key) => !keys.includes(key)));
    waiting = waiting.filter(({ key }) => !losers.has(key));
  }
  const isBlocked = (claim: StepClaim) => holders.some((holder) => !canShare(holder, claim));
  const blocked = new Set(waiting.filter(isBlocked).map(({ key }) => key));
  const granted = new Set(waiting.map(({ key }) => key).filter((key) => !blocked.has(key)));
  const events = [...told.values()].filter(({ winners }) => [...winners].some((key) => granted.has(key)));
  return { granted: [...granted], events: events.flatMap((one) => one.events) };
}

/** Whether two may have what they claim side by side: steps of one run are no conflict, nor are different parts of a thing. */
function canShare(a: StepClaim, b: StepClaim): boolean {
  if (a.resource !== b.resource || a.party.runId === b.party.runId) return true;
  if (!a.alone && !b.alone) return true;
  const isOwn = a.party.parts.length > 0 && b.party.parts.length > 0;
  return isOwn && a.party.parts.every((part) => !b.party.parts.includes(part));
}
