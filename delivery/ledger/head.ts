import { z } from "zod";
import { slug } from "../../catalog/text.ts";
import { canonicalJson } from "../../model/canonical-json.ts";
import { digest } from "../release/release.ts";
import { signedApart } from "../signing/signature.ts";
import type { Signer } from "../signing/signer.ts";

/** As what a ledger's head is signed. */
export const HEAD_TYPE = "fairlead-head+jws";

const head = z.strictObject({
  version: z.literal(1),
  ledger: slug,
  number: z.int().min(1),
  /** Of the record of that number, as it is stored. */
  digest,
  /** ISO 8601, UTC: when that record was written. */
  at: z.iso.datetime(),
});

/** The end of a ledger as it is stored: signed by whoever wrote the last record, so that a cut tail is seen. */
export const storedHead = z.strictObject({ head, signature: z.string() });
export type StoredHead = z.output<typeof storedHead>;

/** The text of a signed head. */
export async function headText(
  { ledger, number, digest, at }: { ledger: string; number: number; digest: string; at: string },
  signer: Signer,
): Promise<string> {
  const head = { version: 1 as const, ledger, number, digest, at };
  return `${canonicalJson({ head, signature: await signedApart(head, signer, HEAD_TYPE) })}\n`;
}
