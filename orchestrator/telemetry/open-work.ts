import type { DomainEvent } from "../domain/event.ts";
import type { Reading } from "./instruments.ts";
import { byLabel } from "./readings.ts";

/** What is under way in this process, as far as events tell: resolution loops, tokens of runs, agents at work. */
export interface OpenWork {
  follow(event: DomainEvent): void;
  /** Open resolution loops of each stage, and the attempts of the one that has made the most; 0 where none is open. */
  loops(stages: readonly string[]): { active: Reading[]; attempts: Reading[] };
  /** Tokens of each run that has called a model and not ended. */
  runningTokens(): Reading[];
  /** Steps that agents of each type do now; a type that is not among the given ones counts as the last of them. */
  working(agentTypes: readonly string[]): Record<string, number>;
}

/** What is open, by run and what of it. */
interface Open {
  loops: Map<string, { stage: string; attempt: number }>;
  tokens: Map<string, number>;
  steps: Map<string, string>;
}

/** Nothing is open until events tell of it. */
export function openWork(): OpenWork {
  const open: Open = { loops: new Map(), tokens: new Map(), steps: new Map() };
  const { loops, tokens, steps } = open;
  return {
    follow: (event) => follow(event, open),
    loops(stages) {
      const of = (stage: string) => [...loops.values()].filter((loop) => loop.stage === stage);
      const most = (stage: string) => Math.max(0, ...of(stage).map(({ attempt }) => attempt));
      const each = (count: (stage: string) => number) =>
        byLabel("stage", Object.fromEntries(stages.map((stage) => [stage, count(stage)])));
      return { active: each((stage) => of(stage).length), attempts: each(most) };
    },
    runningTokens: () => [...tokens].map(([task, value]) => ({ labels: { task }, value })),
    working(agentTypes) {
      const counts: Record<string, number> = Object.fromEntries(agentTypes.map((type) => [type, 0]));
      for (const type of steps.values()) {
        const known = agentTypes.includes(type) ? type : (agentTypes.at(-1) ?? type);
        counts[known] = (counts[known] ?? 0) + 1;
      }
      return counts;
    },
  };
}

function follow(event: DomainEvent, { loops, tokens, steps }: Open): void {
  switch (event.type) {
    case "resolution.opened":
    case "resolution.attempted":
      loops.set(`${event.runId}/${event.stage}`, { stage: event.stage, attempt: event.attempt });
      break;
    case "resolution.closed":
      loops.delete(`${event.runId}/${event.stage}`);
      break;
    case "model.called":
      if (event.runId === undefined) break;
      tokens.set(event.runId, (tokens.get(event.runId) ?? 0) + event.inputTokens + event.outputTokens);
      break;
    case "step.started":
      steps.set(`${event.runId}/${event.stepId}`, event.agentType);
      break;
    case "step.finished":
      steps.delete(`${event.runId}/${event.stepId}`);
      break;
    case "run.finished":
      tokens.delete(event.runId);
      for (const open of [loops, steps])
        for (const key of open.keys()) if (key.startsWith(`${event.runId}/`)) open.delete(key);
      break;
  }
}
