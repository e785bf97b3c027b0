import type { DomainEvent } from "../domain/event.ts";
import { priority as priorities } from "../domain/workflow.ts";
import type { Conflict, Party } from "./conflicts.ts";

/** The five strategies of NX-5 in the order in which they are tried: from the one that disturbs least to the one that asks a person. */
export const strategies = ["priority", "capability", "resource-sharing", "consensus", "escalation"] as const;
export type Strategy = (typeof strategies)[number];

export interface Resolution {
  /** The strategy that decided; `escalation` when a person has to. */
  strategy: Strategy;
  /** Agents that go first, or whose answer holds: one, all where the resource is shared, none while a person is asked. */
  winners: string[];
  /** One for each strategy that was tried; `escalated` means that it handed the conflict on to the next. A person's is told by `decidedByPerson`. */
  events: DomainEvent[];
}

/** What a strategy says: who wins, or who is still in question; nothing when it has nothing to go by, and so was not tried. */
type Verdict = { winners: readonly Party[] } | { left: readonly Party[] } | undefined;

/** `left` are the parties that no strategy before has put behind others. */
type Decide = (conflict: Conflict, left: readonly Party[]) => Verdict;

const deciders: Record<Exclude<Strategy, "escalation">, Decide> = {
  priority: byPriority,
  capability: byCapability,
  "resource-sharing": bySharing,
  consensus: byConsensus,
};

/** Tries the strategies in their order until one decides. The same conflict is always decided alike, in whatever order its parties stand. */
export function resolveConflict(conflict: Conflict): Resolution {
  const events: DomainEvent[] = [];
  let left = conflict.parties;
  for (const strategy of strategies) {
    if (strategy === "escalation") break;
    const verdict = deciders[strategy](conflict, left);
    if (!verdict) continue;
    const isDecided = "winners" in verdict;
    events.push({ type: "conflict.resolved", strategy, outcome: isDecided ? "resolved" : "escalated" });
    if (isDecided) return { strategy, winners: verdict.winners.map(({ agent }) => agent).sort(), events };
    left = verdict.left;
  }
  return { strategy: "escalation", winners: [], events };
}

/** What a person decided about a conflict that was escalated; without a winner, that nobody did in time. */
export function decidedByPerson(conflict: Conflict, winner: string | undefined): Resolution {
  const isParty = conflict.parties.some(({ agent }) => agent === winner);
  const outcome = isParty ? "resolved" : "escalated";
  const winners = isParty && winner !== undefined ? [winner] : [];
  return {
    strategy: "escalation",
    winners,
    events: [{ type: "conflict.resolved", strategy: "escalation", outcome }],
  };
}

/** The more urgent run goes first. Nothing to go by when all are equally urgent, as with answers within one run. */
function byPriority(_: Conflict, left: readonly Party[]): Verdict {
  return best(left, ({ priority }) => -priorities.options.indexOf(priority));
}

/** The agent that has the most of what is wanted goes first. */
function byCapability({ capabilities }: Conflict, left: readonly Party[]): Verdict {
  return best(left, (party) => capabilities.filter((one) => party.capabilities.includes(one)).length);
}

function best(left: readonly Party[], score: (party: Party) => number): Verdict {
  const highest = Math.max(...left.map(score));
  const winners = left.filter((party) => score(party) === highest);
  if (winners.length === left.length) return undefined;
  return winners.length === 1 ? { winners } : { left: winners };
}

/** All of them go on side by side, if each said which parts it needs and no two need the same. */
function bySharing(_: Conflict, left: readonly Party[]): Verdict {
  if (left.some(({ parts }) => parts.length === 0)) return undefined;
  const parts = left.flatMap((party) => [...new Set(party.parts)]);
  return new Set(parts).size === parts.length ? { winners: left } : { left };
}

/**
 * More than half of all parties agree. An answer is a vote for itself; of those with the winning answer the first by id stands for all. Over a
 * resource, who was not asked votes for the run that was accepted first: what is customary needs no vote.
 */
function byConsensus({ kind, parties }: Conflict, left: readonly Party[]): Verdict {
  const byAge = (a: Party, b: Party) => a.acceptedAt - b.acceptedAt || byId(a, b);
  const first = left.toSorted(byAge)[0]?.agent;
  const vote = (party: Party) => (kind === "answer" ? party.answer : (party.votesFor ?? first));
  const chosen = parties.map(vote).find((choice) => isMajority(parties, (party) => vote(party) === choice));
  const winners = left.filter(({ agent, answer }) => chosen === (kind === "answer" ? answer : agent));
  return winners.length > 0 ? { winners: winners.toSorted(byId).slice(0, 1) } : { left };
}

function byId(a: Party, b: Party): number {
  return a.agent < b.agent ? -1 : 1;
}

function isMajority(parties: readonly Party[], agrees: (party: Party) => boolean): boolean {
  return parties.filter(agrees).length * 2 > parties.length;
}
