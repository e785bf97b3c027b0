import type { DomainEvent } from "../domain/event.ts";
import type { Reading } from "./instruments.ts";

/** What is under way, as far as events tell: resolution loops that are open and tokens of runs that have not ended. */
export interface OpenWork {
  follow(event: DomainEvent): void;
  /** Open resolution loops of each stage, and the attempts of the one that has made the most; 0 where none is open. */
  loops(stages: readonly string[]): { active: Reading[]; attempts: Reading[] };
  /** Tokens of each run that has called a model and not ended. */
  runningTokens(): Reading[];
}

/** Nothing is open until events tell of it. */
export function openWork(): OpenWork {
  const loops = new Map<string, { stage: string; attempt: number }>();
  const tokens = new Map<string, number>();
  return {
    follow(event) {
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
        case "run.finished":
          tokens.delete(event.runId);
          for (const key of loops.keys()) if (key.startsWith(`${event.runId}/`)) loops.delete(key);
          break;
      }
    },
    loops(stages) {
      const of = (stage: string) => [...loops.values()].filter((loop) => loop.stage === stage);
      const most = (stage: string) => Math.max(0, ...of(stage).map(({ attempt }) => attempt));
      return {
        active: stages.map((stage) => ({ labels: { stage }, value: of(stage).length })),
        attempts: stages.map((stage) => ({ labels: { stage }, value: most(stage) })),
      };
    },
    runningTokens: () => [...tokens].map(([task, value]) => ({ labels: { task }, value })),
  };
}
