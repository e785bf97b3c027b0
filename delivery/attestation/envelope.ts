// DSSE v1 (https://github.com/secure-systems-lab/dsse/blob/v1.0.0/envelope.md and protocol.md): what in-toto asks for.
import { createPublicKey, verify } from "node:crypto";
import { z } from "zod";
import { SignatureError } from "../signing/signature.ts";
import type { Person, Signer } from "../signing/signer.ts";

const base64 = z
  .string()
  .refine((text) => Buffer.from(text, "base64").toString("base64") === text, "must be Base64");

/** A signed payload of a type; Base64 as RFC 4648, section 4, has it. */
export const envelope = z.strictObject({
  payloadType: z.string().min(1),
  payload: base64,
  signatures: z.array(z.strictObject({ keyid: z.string().min(1), sig: base64 })).length(1),
});
export type Envelope = z.output<typeof envelope>;

/** What is signed of a payload: its type, and how long both are, so that neither can be taken for a part of the other (PAE, protocol.md). */
export function preAuthentication(payloadType: string, payload: Uint8Array): Buffer {
  const begin = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(begin), payload]);
}

/** An envelope of a payload, signed. */
export async function sealed(payloadType: string, payload: Uint8Array, signer: Signer): Promise<Envelope> {
  const sig = await signer.sign(preAuthentication(payloadType, payload));
  return {
    payloadType,
    payload: Buffer.from(payload).toString("base64"),
    signatures: [{ keyid: signer.kid, sig: Buffer.from(sig).toString("base64") }],
  };
}

/** Who sealed an envelope, and what is in it. Throws a SignatureError. */
export function unsealed(
  given: unknown,
  people: readonly Person[],
): { by: Person; payloadType: string; payload: Buffer } {
  const parsed = envelope.safeParse(given);
  if (!parsed.success) throw new SignatureError("not-signed", "it is no DSSE envelope with one signature");
  const { payloadType, signatures } = parsed.data;
  const [{ keyid, sig } = { keyid: "", sig: "" }] = signatures;
  const by = people.find(({ kid }) => kid === keyid);
  if (!by) throw new SignatureError("unknown-key", `"${keyid}" is no key of approvers.json`);
  const payload = Buffer.from(parsed.data.payload, "base64");
  const key = createPublicKey({ key: { ...by.key }, format: "jwk" });
  if (!verify(null, preAuthentication(payloadType, payload), key, Buffer.from(sig, "base64")))
    throw new SignatureError("altered", `the signature of ${keyid} does not hold`);
  return { by, payloadType, payload };
}
