import { z } from "zod";
import { type Names, type ReferMembers, reference } from "./reference.ts";
import { line, meets, prose } from "./text.ts";
import { percent, ratioOf } from "./units.ts";

/** The shares of a canary where a flag names no others (WV-19). */
const canarySteps = ["1%", "10%", "50%", "100%"] as const;

/** A share of the keys; flagd weighs in whole numbers, and thousandths of a percent are the least that is told apart here. */
const share = percent.refine((text) => /^\d+(\.\d{1,3})?%$/.test(text), "must have at most three decimals");

const steps = z
  .array(share)
  .min(1)
  .max(20)
  .refine((all) => all.every((text, i) => ratioOf(text) > (i === 0 ? 0 : ratioOf(all[i - 1] ?? "0%"))), {
    error: "must begin above 0% and rise from step to step",
  });

/** A behaviour that is rolled out by a flag, some keys first: what a flagd definition is made of for each step. */
export const flag = z.strictObject({
  meets,
  title: line,
  /** What is different on the canary. */
  description: prose,
  /** The service that asks for it. */
  service: reference("service"),
  /** What the service is told on either side. */
  variants: z
    .strictObject({ stable: line, canary: line })
    .refine(({ stable, canary }) => stable !== canary, { error: "must differ", path: ["canary"] })
    .meta({ examples: [{ stable: "old", canary: "new" }] }),
  /** What is on one side as a whole, for as long as the step does not change. */
  by: z.enum(["run", "project"]).default("run"),
  /** The canary's share of the keys, step by step. */
  steps: steps.default([...canarySteps]),
});

type Input = z.input<typeof flag>;
/** A flag as the catalog describes it. */
export interface FlagInput<N extends Names = Names> extends ReferMembers<Input, N> {}
export type FlagSpec = z.output<typeof flag>;
