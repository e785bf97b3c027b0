import { z } from "zod";
import { type Names, type ReferMembers, reference } from "./reference.ts";
import { selector } from "./selector.ts";
import { line, meets, prose, slug } from "./text.ts";
import { duration, percent } from "./units.ts";

/** What goes on in a mode, and what does not. */
const works = z.strictObject({
  /** Whether work that is asked for is taken. */
  newWork: z.enum(["accepted", "refused"]),
  /** What becomes of the work that runs: it goes on to its next step, ends after the step, keeps its state and waits, or is ended. */
  running: z.enum(["goes-on", "finishes", "pauses", "ends"]),
  /** The only stages that are done; without it all are. */
  stages: z.array(slug).min(1).optional(),
  /** Share of the agents that work. */
  agents: percent.default("100%"),
  /** The largest number of steps that a task may have. */
  stepsAtMost: z.int().min(1).optional(),
  /** Every change is reviewed before it is taken. */
  everyChangeReviewed: z.boolean().default(false),
  /** Keys of the model providers cannot be used. */
  keysLocked: z.boolean().default(false),
  /** Somebody is asked for, and answers before anything goes on. */
  requestsPerson: z.boolean().default(false),
});

/** A signal that brings the mode about: a ratio, a length of time, or a number. */
const trigger = z.strictObject({
  signal: slug,
  is: z.enum([">", ">="]),
  value: z.union([z.number().min(0), percent, duration], {
    error: 'must be a number, a percentage such as "90%" or a duration such as "16h"',
  }),
});

/**
 * How a platform works while something is wrong. Modes of one ladder exclude one another; the one of rank 0 is the usual one, and the
 * higher the rank, the less goes on.
 */
export const mode = z.strictObject({
  meets,
  title: line,
  description: prose,
  /** The service that changes it. */
  service: reference("service"),
  ladder: slug,
  rank: z.int().min(0).max(9),
  works,
  /** What brings it about by itself; a person can bring about any mode. */
  entered: z.array(trigger).default([]),
  /** A step down: when no signal asks for the mode for that long, or by a person only; what a person set, a person leaves. */
  left: z.union([z.strictObject({ calmFor: duration }), z.literal("by-person")]).default("by-person"),
  /** The gauge that has the given value in this mode. */
  shownBy: z.strictObject({ ...selector.shape, value: z.number() }),
  alert: reference("alert").optional(),
});

type Input = z.input<typeof mode>;
/** A mode as the catalog describes it. */
export interface ModeInput<N extends Names = Names> extends ReferMembers<Input, N> {}
export type ModeSpec = z.output<typeof mode>;
