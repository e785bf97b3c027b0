import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from "jose";
import type { Clock } from "../clock.ts";

export interface TokenRequest {
  subject: string;
  project: string;
  roles: readonly string[];
  /** One hour unless told. */
  seconds?: number;
}

/** Issues tokens where there is no identity provider: on one's own machine and in tests. */
export interface LocalIssuer {
  /** Holds the public keys; what `keysInFolder` reads. */
  publicFolder: string;
  issue(request: TokenRequest): Promise<string>;
  /** Signs with a new key from now on; tokens of the old one stay valid until it is withdrawn. Returns the old key's id. */
  rotate(): Promise<string>;
  /** Removes a public key: its tokens are refused from then on. */
  withdraw(kid: string): Promise<void>;
}

interface IssuerOptions {
  issuer: string;
  audience: string;
  clock: Clock;
}

/** Opens the issuer whose keys are in a folder, with a new Ed25519 key if there is none. The private key is readable by its owner only. */
export async function openLocalIssuer(folder: string, options: IssuerOptions): Promise<LocalIssuer> {
  const publicFolder = join(folder, "public");
  await mkdir(publicFolder, { recursive: true, mode: 0o700 });
  let signing: JWK = await storedKey(folder).catch(() => newKey(folder));
  return {
    publicFolder,
    issue: (request) => signed(request, { ...options, signing }),
    rotate: async () => {
      const old = signing.kid ?? "";
      signing = await newKey(folder);
      return old;
    },
    withdraw: (kid) => rm(join(publicFolder, `${kid}.json`)),
  };
}

async function signed(
  { subject, project, roles, seconds = 3_600 }: TokenRequest,
  { issuer, audience, clock, signing }: IssuerOptions & { signing: JWK },
): Promise<string> {
  const now = Math.floor(clock.now() / 1000);
  return new SignJWT({ project, roles: [...roles] })
    .setProtectedHeader({ alg: "EdDSA", kid: signing.kid ?? "", typ: "at+jwt" })
    .setSubject(subject)
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(now)
    .setExpirationTime(now + seconds)
    .setJti(randomUUID())
    .sign(await importJWK(signing, "EdDSA"));
}

async function storedKey(folder: string): Promise<JWK> {
  return JSON.parse(await readFile(join(folder, "signing-key.json"), "utf8"));
}

// The public key is there before the first token is signed, and a file is never seen half written.
async function newKey(folder: string): Promise<JWK> {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA", { extractable: true });
  const kid = randomUUID();
  const named = { kid, alg: "EdDSA", use: "sig" };
  await write(join(folder, "public", `${kid}.json`), { ...(await exportJWK(publicKey)), ...named });
  const key = { ...(await exportJWK(privateKey)), ...named };
  await write(join(folder, "signing-key.json"), key);
  return key;
}

async function write(path: string, key: JWK): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(key), { mode: 0o600 });
  await rename(`${path}.new`, path);
}
