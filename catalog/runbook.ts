import { z } from "zod";
import { line, prose } from "./text.ts";

/** One thing to do, in order; a query or a command can be copied, and the reader is told how to judge the answer. */
export const step = z.strictObject({
  do: line,
  /** PromQL; shown with a link into Prometheus. */
  query: z.string().min(1).optional(),
  /** A shell command; `$NAMESPACE` stands for the environment's namespace. */
  command: prose.optional(),
  /** What a healthy answer looks like. */
  good: line.optional(),
  /** What an answer looks like that confirms the trouble. */
  bad: line.optional(),
});

/** What the person who is woken needs to know of one alert. */
export const runbook = z.strictObject({
  meaning: prose,
  impact: prose,
  diagnosis: z.array(step).min(1),
  /** The fast one first. */
  mitigation: z.array(step).min(1),
  rollback: z.array(step).default([]),
  escalation: prose.optional(),
});
export interface RunbookInput extends z.input<typeof runbook> {}
export type RunbookSpec = z.output<typeof runbook>;
export type StepSpec = z.output<typeof step>;
