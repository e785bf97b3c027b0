import { z } from "zod";
import { counted, fromJson, type Measured, moment, UnreadableError } from "../measured.ts";

const action = z.enum(["no-op", "create", "read", "update", "delete", "forget"]);
/** A plan as `terraform show -json` tells it, without values: they may hold secrets. */
export const terraformPlan = z.object({
  format_version: z.string().regex(/^1\./),
  terraform_version: z.string(),
  timestamp: moment.optional(),
  complete: z.boolean().default(true),
  errored: z.boolean().default(false),
  // Without any resource Terraform leaves it out; then it knows no planned values either.
  planned_values: z.object({}),
  resource_changes: z
    .array(z.object({ address: z.string(), change: z.object({ actions: z.array(action).min(1) }) }))
    .default([]),
});

/** What Terraform does to an object. */
export type Effect = "created" | "changed" | "replaced" | "destroyed";

/** What a plan's actions on an object come to; undefined where it stays as it is. */
export function effectOf(actions: readonly z.output<typeof action>[]): Effect | undefined {
  const does = (name: z.output<typeof action>) => actions.includes(name);
  if (does("create")) return does("delete") ? "replaced" : "created";
  if (does("delete")) return "destroyed";
  return does("update") ? "changed" : undefined;
}

/** A plan of a schema that was made to its end. Throws an UnreadableError. */
export function wholePlan<T extends z.output<typeof terraformPlan>>(text: string, schema: z.ZodType<T>): T {
  const plan = fromJson(text, schema);
  if (plan.errored) throw new UnreadableError("planning ended with an error");
  if (!plan.complete) throw new UnreadableError("the plan is not complete");
  return plan;
}

/** What a plan does, as `terraform show -json` tells it. */
export function readTerraformPlan(text: string): Measured {
  const { timestamp, resource_changes } = wholePlan(text, terraformPlan);
  const counts: Record<Effect, number> = { created: 0, changed: 0, replaced: 0, destroyed: 0 };
  for (const { change } of resource_changes) {
    const effect = effectOf(change.actions);
    if (effect) counts[effect] += 1;
  }
  return { ...(timestamp !== undefined && { at: timestamp }), values: counted(counts) };
}

/** The plan without values: they may hold secrets, and what is counted needs none. Throws an UnreadableError. */
export function withoutValues(text: string): string {
  return `${JSON.stringify(fromJson(text, terraformPlan), null, 2)}\n`;
}
