import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from "jose";
import type { Clock } from "../clock.ts";
import type { RefusalCause } from "../domain/event.ts";
import { algorithms, type KeySource } from "./keys.ts";
import { bearerClaims, type Principal } from "./principal.ts";
import { Refusal } from "./refusal.ts";

/** Says who the bearer of a token is; throws a Refusal for every token that is not beyond doubt. */
export type VerifyToken = (token: string) => Promise<Principal>;

export interface TokenOptions {
  keys: KeySource;
  issuer: string;
  audience: string;
  clock: Clock;
  /** Keys that were read already: those that hold until others can be read. */
  first?: JSONWebKeySet;
  /** Told of keys that could not be read, and how many times in a row; the last good ones hold until they can. */
  onUnreadable?: (error: unknown, times: number) => void;
}

const longestTokenCharacters = 8_192;
const rememberedTokens = 10_000;
/** A withdrawn key is noticed after this time at the latest. */
const keysAreFreshMs = 30_000;
/** Tokens with unknown keys, or a folder that cannot be read, make it be read again, but not more often than this. */
const keysAreReadAtMostEveryMs = 1_000;
const toleratedClockSkewSeconds = 5;

/**
 * Verifies access tokens as RFC 9068 and RFC 8725 ask: signature by a known key of an asymmetric algorithm, type `at+jwt`, issuer,
 * audience, `exp`, `iat`, `jti`. Keys rotate: an unknown `kid` makes the keys be read anew. A token that was found good is remembered until it
 * expires or the keys change, so that a client's next requests cost no signature check.
 */
export function tokenVerifier(options: TokenOptions): VerifyToken {
  const keys = currentKeys(options);
  const known = new Map<string, { principal: Principal; set: JSONWebKeySet }>();
  return async (token) => {
    if (token.length > longestTokenCharacters) throw refused("malformed", "is too long");
    const set = await keys.current();
    const remembered = known.get(token);
    if (remembered?.set === set && remembered.principal.expiresAt * 1000 > options.clock.now()) {
      return remembered.principal;
    }
    known.delete(token);
    const principal = await verify(token, { ...options, ...keys });
    if (known.size >= rememberedTokens) known.clear();
    known.set(token, { principal, set: await keys.current() });
    return principal;
  };
}

interface CurrentKeys {
  current(): Promise<JSONWebKeySet>;
  /** The keys as they are now in the folder; the same object as before if they are the same. */
  again(): Promise<JSONWebKeySet>;
}

function currentKeys({ keys, clock, first, onUnreadable }: TokenOptions): CurrentKeys {
  let set = first;
  let readAt = first ? clock.now() : 0;
  let reading: Promise<JSONWebKeySet> | undefined;
  let failures = 0;
  const read = async (): Promise<JSONWebKeySet> => {
    const found = await keys().catch((error: unknown) => {
      if (set === undefined) throw error;
      failures += 1;
      onUnreadable?.(error, failures);
      return undefined;
    });
    readAt = clock.now();
    if (found === undefined) return set as JSONWebKeySet;
    failures = 0;
    if (set === undefined || JSON.stringify(found) !== JSON.stringify(set)) set = found;
    return set;
  };
  const readOlderThan = (milliseconds: number): Promise<JSONWebKeySet> => {
    if (set !== undefined && clock.now() - readAt < milliseconds) return Promise.resolve(set);
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  return {
    current: () => readOlderThan(failures > 0 ? keysAreReadAtMostEveryMs : keysAreFreshMs),
    again: () => readOlderThan(keysAreReadAtMostEveryMs),
  };
}

async function verify(token: string, options: TokenOptions & CurrentKeys): Promise<Principal> {
  let payload: JWTPayload;
  try {
    payload = await verifiedPayload(token, options, await options.current());
  } catch (error) {
    if (!(error instanceof errors.JWKSNoMatchingKey)) throw reasoned(error);
    payload = await options
      .again()
      .then((set) => verifiedPayload(token, options, set))
      .catch((again: unknown) => {
        throw reasoned(again);
      });
  }
  const claims = bearerClaims.safeParse(payload);
  if (!claims.success) {
    throw refused("malformed", `has no valid claim "${claims.error.issues[0]?.path.join(".") ?? ""}"`);
  }
  const { sub, project, roles, exp } = claims.data;
  return { subject: sub, project, roles, expiresAt: exp };
}

async function verifiedPayload(
  token: string,
  { issuer, audience, clock }: TokenOptions,
  set: JSONWebKeySet,
): Promise<JWTPayload> {
  const { payload } = await jwtVerify(token, createLocalJWKSet(set), {
    issuer,
    audience,
    algorithms: [...algorithms],
    typ: "at+jwt",
    requiredClaims: ["exp", "iat", "sub", "jti"],
    clockTolerance: toleratedClockSkewSeconds,
    currentDate: new Date(clock.now()),
  });
  return payload;
}

function reasoned(error: unknown): Refusal {
  if (error instanceof errors.JWTExpired) return refused("expired", "has expired");
  if (error instanceof errors.JWTClaimValidationFailed)
    return refused("wrong-audience", `has a wrong or missing "${error.claim}"`);
  if (error instanceof errors.JWKSNoMatchingKey)
    return refused("bad-signature", "is signed by a key that is not known");
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return refused("bad-signature", "has a signature that does not fit");
  if (error instanceof errors.JOSEAlgNotAllowed)
    return refused("bad-signature", `is not signed by one of ${algorithms.join(", ")}`);
  if (error instanceof errors.JOSEError) return refused("malformed", "is no signed token");
  throw error;
}

function refused(why: RefusalCause, what: string): Refusal {
  return new Refusal("unauthenticated", `the token ${what}`, {
    why,
    fix: "send a current access token of this service: Authorization: Bearer TOKEN",
  });
}
