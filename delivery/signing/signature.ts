import { compactVerify, decodeProtectedHeader, importJWK, type JWK } from "jose";
import { canonicalJson } from "../../model/canonical-json.ts";
import type { Person, Signer } from "./signer.ts";

/** What a text was signed as: one that is signed for one thing counts for no other. */
export type SignedAs = `fairlead-${string}+jws`;

/** Why a signature does not count. */
export class SignatureError extends Error {
  override readonly name = "SignatureError";
  /** `not-signed`: it is no signature. `unknown-key`: by nobody of the project. `other-kind`: of another kind of text. `altered`: it does not hold. */
  readonly why: "not-signed" | "unknown-key" | "other-kind" | "altered";

  constructor(why: SignatureError["why"], message: string) {
    super(message);
    this.why = why;
  }
}

/** The payload's canonical JSON, signed: JWS in its compact form (RFC 7515), Ed25519 (RFC 8037), `typ` as it is signed as. */
export async function signed(payload: object, signer: Signer, typ: SignedAs): Promise<string> {
  const bytes = base64url(canonicalJson(payload));
  const header = base64url(canonicalJson({ alg: "EdDSA", kid: signer.kid, typ }));
  const signature = await signer.sign(new TextEncoder().encode(`${header}.${bytes}`));
  return `${header}.${bytes}.${Buffer.from(signature).toString("base64url")}`;
}

/** Who signed, and what it says. Whether they may, and whether it is still valid, is the caller's question. Throws a SignatureError. */
export async function verifySigned(
  text: string,
  people: readonly Person[],
  typ: SignedAs,
): Promise<{ by: Person; payload: unknown }> {
  const by = signerOf(text, people, typ);
  try {
    const { payload } = await compactVerify(text, await keyOf(by), { algorithms: ["EdDSA"] });
    return { by, payload: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload)) };
  } catch {
    throw new SignatureError("altered", `the signature of ${by.kid} does not hold`);
  }
}

/** A signature apart from what it signs (RFC 7515, appendix F). */
export async function signedApart(payload: object, signer: Signer, typ: SignedAs): Promise<string> {
  return (await signed(payload, signer, typ)).replace(/\..*\./, "..");
}

/** Who signed a payload apart from it. Throws a SignatureError. */
export async function verifyApart(
  { payload, signature }: { payload: object; signature: string },
  people: readonly Person[],
  typ: SignedAs,
): Promise<Person> {
  const [header, between, end, ...more] = signature.split(".");
  if (header === undefined || between !== "" || end === undefined || more.length > 0)
    throw new SignatureError("not-signed", "it bears no signature");
  const { by } = await verifySigned(`${header}.${base64url(canonicalJson(payload))}.${end}`, people, typ);
  return by;
}

function signerOf(text: string, people: readonly Person[], typ: SignedAs): Person {
  const header = headerOf(text);
  // Base64 that differs in bits which count for nothing would be another text with the same signature.
  if (!header || text.split(".").some((part) => base64url(Buffer.from(part, "base64url")) !== part))
    throw new SignatureError("not-signed", "it bears no signature");
  if (header.typ !== typ)
    throw new SignatureError("other-kind", `it is signed as "${header.typ ?? "nothing"}", not as "${typ}"`);
  const by = people.find(({ kid }) => kid === header.kid);
  if (!by) throw new SignatureError("unknown-key", `"${header.kid ?? ""}" is no key of approvers.json`);
  return by;
}

function headerOf(text: string): { typ?: string; kid?: string } | undefined {
  try {
    return text.split(".").length === 3 ? decodeProtectedHeader(text) : undefined;
  } catch {
    return undefined;
  }
}

const imported = new WeakMap<Person, ReturnType<typeof importJWK>>();

function keyOf(person: Person): ReturnType<typeof importJWK> {
  const known = imported.get(person) ?? importJWK(person.key as JWK, "EdDSA");
  imported.set(person, known);
  return known;
}

function base64url(bytes: string | Buffer): string {
  return Buffer.from(bytes as string).toString("base64url");
}
