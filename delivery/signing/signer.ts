/** Signs in somebody's name: a key in a file, an agent, a hardware module. */
export interface Signer {
  /** Names the key, and by that the person or machine, in `approvers.json`. */
  readonly kid: string;
  /** Ed25519 signature of the bytes (RFC 8032), 64 bytes. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Somebody who may sign. */
export interface Person {
  kid: string;
  /** What they may sign for; a machine that writes ledgers has the role `promoter`. */
  roles: readonly string[];
  /** JWK of the public key, Ed25519. */
  key: Readonly<Record<string, unknown>>;
  /** ISO 8601: what they sign later does not count. */
  until?: string;
  /** Whose key it is, where somebody has several: all of them count as one person. Absent: the key's name is the person's. */
  person?: string;
}

/** Who a key's owner is, so that somebody with a new key is nobody new. */
export function personOf(kid: string, people: readonly Person[]): string {
  return people.find((one) => one.kid === kid)?.person ?? kid;
}
