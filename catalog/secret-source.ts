import { z } from "zod";
import { secretKey } from "./service.ts";
import { line, slug } from "./text.ts";
import { duration } from "./units.ts";

/** Where a Secret that services or receivers read comes from. In none of the three ways does its value reach Terraform's state or plan. */
export const secretSource = z.discriminatedUnion("kind", [
  /** Somebody makes it before the first deploy. */
  z.strictObject({ kind: z.literal("existing") }),
  /** The External Secrets operator fetches it from a store outside of the cluster, and again each time `refresh` is over. */
  z.strictObject({
    kind: z.literal("external"),
    /** Name of the SecretStore or ClusterSecretStore. */
    store: slug,
    storeKind: z.enum(["ClusterSecretStore", "SecretStore"]).default("ClusterSecretStore"),
    refresh: duration.default("1h"),
    /** Where each key's value is in the store. */
    keys: z.record(secretKey, z.strictObject({ from: line, property: line.optional() })),
  }),
  /**
   * Terraform writes it, from the variable TF_VAR_secret_NAME, a JSON map of its keys. The variable is ephemeral and the attribute
   * write-only (Terraform 1.11). Another `revision` writes it anew: Terraform cannot see that a value differs.
   */
  z.strictObject({
    kind: z.literal("written"),
    revision: z.int().min(1).default(1),
    /** Keys beside those that the catalog reads: of a Secret that is mounted as files. */
    keys: z.array(secretKey).default([]),
  }),
]);
export type SecretSourceSpec = z.output<typeof secretSource>;
