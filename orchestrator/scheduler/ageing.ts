import type { Priority } from "../domain/workflow.ts";

/**
 * Seconds that a run of each priority stands back behind an urgent one of the same moment. It is what makes the order age: a normal
 * run that has waited this much longer than an urgent one goes first.
 */
export type Ageing = Readonly<Record<Priority, number>>;

/** Our reading of WV-13: a normal run stands back by 10 minutes, a low one by 20; at 50 runs an hour (WV-16) that is 8 and 16 others. */
export const usualAgeing: Ageing = { urgent: 0, normal: 600, low: 1_200 };

/** A run's place in the order, in milliseconds since 1970: the smaller, the earlier. It never changes while the run waits. */
export function placeInOrder(run: { priority: Priority; acceptedAt: number }, ageing: Ageing): number {
  return run.acceptedAt + ageing[run.priority] * 1_000;
}

/** The priority that a waiting run has come to: one step higher for each of the differences between them that it has waited. */
export function agedPriority(
  { priority, waitedSeconds }: { priority: Priority; waitedSeconds: number },
  ageing: Ageing = usualAgeing,
): Priority {
  const left = ageing[priority] - waitedSeconds;
  if (left <= ageing.urgent) return "urgent";
  return left <= ageing.normal ? "normal" : "low";
}
