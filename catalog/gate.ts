import { z } from "zod";
import { type Names, type ReferMembers, reference } from "./reference.ts";
import { line, meets, slug } from "./text.ts";

/** A gate of the platform: which policy decides, and at the door of which environments. */
export const gate = z.strictObject({
  meets,
  title: line,
  /** `policies/<platform>/<policy>.yaml`. */
  policy: slug,
  environments: z.array(reference("environment")).min(1),
});

type Input = z.input<typeof gate>;
export interface GateInput<N extends Names = Names> extends ReferMembers<Input, N> {}
