import { z } from "zod";
import { line } from "./text.ts";

/** A finding of a lint, or of a tool that judges what is deployed, that is meant to be so: until when, and why. */
export const allowance = z.strictObject({
  /** The lint, by its rule; or the tool and its own name of what it found. */
  rule: z
    .string()
    .regex(
      /^((lint|kube-score)\/[a-z]+(-[a-z]+)*|checkov\/CKV2?_[A-Z0-9]+_[0-9]+)$/,
      'must be the rule of a lint, such as "lint/dead-tier", or a tool\'s, such as "kube-score/container-resources" or "checkov/CKV_K8S_11"',
    )
    .meta({ examples: ["lint/dead-tier"] }),
  /** Where, as the finding says it, or what is around it: `alerts.queue-deep`; `*` stands for any characters. */
  at: line.meta({ examples: ["alerts.queue-deep"] }),
  /** Why it is right here, for whoever reads it a year later. */
  reason: line
    .min(15, "must say why, in at least 15 characters")
    .meta({ examples: ["tickets are enough: nobody waits for it"] }),
  /** The last day on which it is allowed, so that somebody asks again. */
  until: z.iso.date('must be a day, written like "2027-03-31"').meta({ examples: ["2027-03-31"] }),
});
export interface AllowanceInput extends z.input<typeof allowance> {}
export type AllowanceSpec = z.output<typeof allowance>;
