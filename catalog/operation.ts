import { z } from "zod";
import { type Names, type ReferMembers, reference } from "./reference.ts";
import { step } from "./runbook.ts";
import { line, meets, prose } from "./text.ts";

/** Things to do that belong together: one way of backing up, one level of an emergency stop. */
const part = z.strictObject({ title: line, text: prose.optional(), steps: z.array(step).min(1) });

/**
 * What people do to the platform beside answering its alerts. Under the name of a page that every platform has ("deploy",
 * "back-up-and-restore", "emergency-stop", …) the platform's own parts come first there; any other name is a page of its own.
 */
export const operation = z.strictObject({
  meets,
  title: line,
  purpose: prose,
  /** When to do it, and when not. */
  when: prose,
  before: z.array(step).default([]),
  /** May be left out where a page of that name is made anyway: then only its introduction is the platform's own. */
  parts: z.array(part).default([]),
  /** How to see that it worked. */
  verify: z.array(step).default([]),
  undo: z.array(step).default([]),
  /** Who hears of it, before and after. */
  tell: prose.optional(),
  /** Alerts whose pages lead here. */
  alerts: z.array(reference("alert")).default([]),
});

type Input = z.input<typeof operation>;
/** An operation as the catalog describes it. */
export interface OperationInput<N extends Names = Names> extends ReferMembers<Input, N> {}
export type OperationSpec = z.output<typeof operation>;
