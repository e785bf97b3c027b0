import { compactVerify, decodeProtectedHeader, importJWK, type JWK } from "jose";
import { z } from "zod";
import { fromJson, type Measured, moment, type ReadFor, UnreadableError } from "../measured.ts";

const approvals = z.object({ version: z.literal(1), approvals: z.array(z.string()).min(1) });
/** What is signed. */
const approval = z.object({ release: z.string().min(1), environment: z.string().min(1), until: moment });

/**
 * How many people approved this release for this environment: each approval is a signature (JWS, compact) by a key of the project's
 * approvers over release, environment and expiry. A signature that does not hold makes the whole file unreadable: somebody changed it.
 */
export async function readApprovals(text: string, context: ReadFor): Promise<Measured> {
  if (context.release === undefined)
    throw new UnreadableError("approvals are of a release, and none is named");
  const people = new Set<string>();
  for (const signed of fromJson(text, approvals).approvals) {
    const { by, says } = await verified(signed, context.approvers);
    const isOfThis = says.release === context.release && says.environment === context.environment;
    if (isOfThis && context.at.getTime() < Date.parse(says.until)) people.add(by);
  }
  return { values: { approvers: { value: people.size } } };
}

async function verified(signed: string, approvers: readonly JWK[]) {
  const key = approvers.find(({ kid }) => kid !== undefined && kid === personOf(signed));
  if (!key?.kid) throw new UnreadableError("an approval is not by any of the project's approvers");
  try {
    const { payload } = await compactVerify(signed, await importJWK(key, "EdDSA"), { algorithms: ["EdDSA"] });
    return { by: key.kid, says: fromJson(new TextDecoder().decode(payload), approval) };
  } catch (error) {
    if (error instanceof UnreadableError) throw error;
    throw new UnreadableError(`the signature of ${key.kid} does not hold`);
  }
}

function personOf(signed: string): string | undefined {
  try {
    return decodeProtectedHeader(signed).kid;
  } catch {
    throw new UnreadableError("an approval is no signature");
  }
}
