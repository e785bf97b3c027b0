import { generateKeyPairSync } from "node:crypto";
import { signerOfKey } from "./local-signer.ts";
import type { Person, Signer } from "./signer.ts";

/** For tests: somebody with a key pair of their own, and their private key as PKCS#8. */
export function somebody(
  kid: string,
  roles: readonly string[] = ["promoter"],
): { person: Person; signer: Signer; pem: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const person = { kid, roles, key: publicKey.export({ format: "jwk" }) as Person["key"] };
  const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  return { person, signer: signerOfKey(kid, privateKey), pem };
}
