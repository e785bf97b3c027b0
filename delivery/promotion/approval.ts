import { decodeProtectedHeader } from "jose";
import { z } from "zod";
import { slug } from "../../catalog/text.ts";
import { canonicalJson } from "../../model/canonical-json.ts";
import { ProblemsError } from "../../problems/problem.ts";
import type { LedgerRecord } from "../ledger/record.ts";
import { digest } from "../release/release.ts";
import { type SignedAs, signed, verifySigned } from "../signing/signature.ts";
import type { Person, Signer } from "../signing/signer.ts";

/** What somebody signed: that they approve of a release in an environment, or let it in against what is asked. */
export interface Agreement {
  kind: "approval" | "override";
  /** `kid` of the key that signed it. */
  by: string;
  role: string;
  release: string;
  environment: string;
  /** ISO 8601. */
  issued: string;
  /** ISO 8601. */
  until: string;
  /** The platform whose ledger it is for. */
  ledger: string;
  /** Why an override is needed. */
  reason?: string;
  /** Number of the first record that holds it; of what is not recorded yet, Infinity. */
  number: number;
}

/** A text that counts for nothing: who handed it in is known, and who signed it is not. */
export interface VoidAgreement {
  kind: Agreement["kind"];
  isVoidBecause: string;
}

const approval = z.strictObject({
  release: digest,
  environment: slug,
  role: slug,
  issued: z.iso.datetime(),
  until: z.iso.datetime(),
  ledger: slug,
});
const payloads = { approval, override: approval.extend({ reason: z.string().min(1).max(1000) }) };
const SIGNED_AS: Record<Agreement["kind"], SignedAs> = {
  approval: "fairlead-approval+jws",
  override: "fairlead-override+jws",
};

/** What is signed of an agreement. */
export type ToSign = Omit<Agreement, "kind" | "by" | "number">;

/**
 * Signs an approval or an override: a JWS in its compact form, as `fairlead approve --file` and the evidence of gates take it. Throws a ProblemsError where that
 * is not of the form that would be read.
 */
export async function signAgreement(
  kind: Agreement["kind"],
  toSign: ToSign,
  signer: Signer,
): Promise<string> {
  const parsed = payloads[kind].safeParse(toSign);
  if (parsed.success) return signed(parsed.data, signer, SIGNED_AS[kind]);
  const [issue] = parsed.error.issues;
  const message = `it cannot be signed: ${issue?.path.join(".")}: ${issue?.message}`;
  const fix =
    "a role is lower-case letters, digits and '-'; an override has a reason of 1,000 characters at most";
  throw new ProblemsError([{ rule: "approval/unusable", severity: "error", message, fix }]);
}

/** What a text says that it was signed as; an approval, of what says nothing. */
export function kindOf(text: string): Agreement["kind"] {
  try {
    return decodeProtectedHeader(text).typ === SIGNED_AS.override ? "override" : "approval";
  } catch {
    return "approval";
  }
}

/** What a text says that somebody signed, or why it counts for nothing whatever is asked: altered, by no key of the project, of another shape. */
export async function readAgreement(
  kind: Agreement["kind"],
  text: string,
  { people, number = Number.POSITIVE_INFINITY }: { people: readonly Person[]; number?: number },
): Promise<Agreement | VoidAgreement> {
  try {
    const { by, payload } = await verifySigned(text, people, SIGNED_AS[kind]);
    const parsed = payloads[kind].safeParse(payload);
    if (parsed.success) return { kind, by: by.kid, ...parsed.data, number };
    const [issue] = parsed.error.issues;
    return {
      kind,
      isVoidBecause: `what is signed is no ${kind}: ${issue?.path.join(".")}: ${issue?.message}`,
    };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "SignatureError") throw error;
    return { kind, isVoidBecause: error.message };
  }
}

/**
 * All that people signed, as the records of a ledger have it: by the keys as they are in `approvers.json` now. What was recorded twice is there once, with its
 * first record; what does not hold, or is recorded for something else than it says, is left out.
 */
export async function agreementsOf(
  records: readonly LedgerRecord[],
  people: readonly Person[],
): Promise<Agreement[]> {
  const all = new Map<string, Agreement>();
  for (const { entry, number } of records) {
    if (entry.kind !== "approval" && entry.kind !== "override") continue;
    const text = entry.kind === "approval" ? entry.approval : entry.override;
    const read = await readAgreement(entry.kind, text, { people, number });
    if ("isVoidBecause" in read) continue;
    if (read.release !== entry.release || read.environment !== entry.environment) continue;
    const key = sameness(read);
    if (!all.has(key)) all.set(key, read);
  }
  return [...all.values()];
}

/** Equal for what is the same agreement, however often and wherever it is written down. */
export function sameness({ number: _number, ...said }: Agreement): string {
  return canonicalJson(said);
}
