import { z } from "zod";
import { FlagdProvider } from "../flags/flagd-provider.ts";
import type { Principal } from "../security/principal.ts";
import type { StoredFlag } from "./ports.ts";

const variantName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/, "must be letters, digits and . _ -");
const variants = <T extends z.ZodType>(value: T) => z.record(variantName, value);

/** A flag as flagd defines it (https://flagd.dev/reference/flag-definitions); variants are all of one type. */
export const flagDefinition = z
  .strictObject({
    state: z.enum(["ENABLED", "DISABLED"]),
    variants: z.union([
      variants(z.boolean()),
      variants(z.string().max(2_000)),
      variants(z.number()),
      variants(z.record(z.string(), z.unknown())),
    ]),
    defaultVariant: variantName,
    targeting: z.record(z.string(), z.unknown()).optional().describe("JSON Logic"),
  })
  .refine(({ variants, defaultVariant }) => Object.hasOwn(variants, defaultVariant), {
    path: ["defaultVariant"],
    message: "is none of the variants",
  });
export type FlagDefinition = z.infer<typeof flagDefinition>;

/** Flags with the value that they have for the bearer: targeting sees `targetingKey` (the subject), `project` and `roles`. */
export async function evaluateFlags(flags: readonly StoredFlag[], { subject, project, roles }: Principal) {
  const provider = new FlagdProvider(flags);
  const context = { targetingKey: subject, project, roles: [...roles] };
  return Promise.all(
    flags.map(async (flag) => {
      const { value, variant, reason } = await provider.resolve(
        { name: flag.name, variants: flag.definition.variants },
        context,
      );
      return { ...flag, value, variant, reason };
    }),
  );
}
