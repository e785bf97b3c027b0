import { z } from "zod";
import { counted, fromJson, type Measured, moment, UnreadableError } from "../measured.ts";

const action = z.enum(["no-op", "create", "read", "update", "delete", "forget"]);
const plan = z.object({
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

/** What a plan does, as `terraform show -json` tells it. */
export function readTerraformPlan(text: string): Measured {
  const { timestamp, complete, errored, resource_changes } = fromJson(text, plan);
  if (errored) throw new UnreadableError("planning ended with an error");
  if (!complete) throw new UnreadableError("the plan is not complete");
  const counts = { created: 0, changed: 0, replaced: 0, destroyed: 0 };
  for (const { change } of resource_changes) {
    const does = (name: z.output<typeof action>) => change.actions.includes(name);
    if (does("create") && does("delete")) counts.replaced += 1;
    else if (does("create")) counts.created += 1;
    else if (does("delete")) counts.destroyed += 1;
    else if (does("update")) counts.changed += 1;
  }
  return { ...(timestamp !== undefined && { at: timestamp }), values: counted(counts) };
}

/** The plan without values: they may hold secrets, and what is counted needs none. Throws an UnreadableError. */
export function withoutValues(text: string): string {
  return `${JSON.stringify(fromJson(text, plan), null, 2)}\n`;
}
