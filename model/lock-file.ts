import { z } from "zod";
import { image } from "../catalog/service.ts";
import { slug } from "../catalog/text.ts";
import { hasDigest } from "./admission.ts";

const digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, "must be sha256: and 64 hexadecimal digits")
  .meta({ examples: [`sha256:${"0".repeat(64)}`] });

/** What runs in an environment, as promotion writes it for whoever deploys. */
export const lockFile = z.strictObject({
  version: z.literal(1),
  platform: slug,
  environment: slug,
  /** Digest of the release. */
  release: digest,
  /** By service: the image with its digest. */
  images: z.record(slug, image.refine(hasDigest, "must have its digest")),
  /** Id of the promotion that wrote it. */
  promotion: z.uuid(),
  /** Number of the ledger's record by which its writer held the promotion: nobody with a smaller one may write over it. */
  token: z.int().min(1),
  /** Digest of the ledger's record with which the promotion began. */
  record: digest,
});
export type LockFile = z.output<typeof lockFile>;

/** Path of an environment's lock file from the project root. */
export function lockFilePath(platform: string, environment: string): string {
  return `promotion/${platform}/${environment}.lock.json`;
}
