import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ProblemsError } from "../../problems/problem.ts";
import { keyFile, readKey } from "./local-signer.ts";

/** Whose key it is, as its entry in approvers.json says. */
export interface KeyOwner {
  name: string;
  roles: readonly string[];
  env: NodeJS.ProcessEnv;
}

/** A key's entry for approvers.json, which holds nothing secret, and the file of its private key. */
export interface MadeKey {
  entry: object;
  file: string;
}

/** Makes an Ed25519 key pair and writes the private key (PKCS#8) for its owner alone. Throws a ProblemsError where there is one already. */
export async function makeKey({ name, roles, env }: KeyOwner): Promise<MadeKey> {
  const path = keyFile(env);
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const text = privateKey.export({ format: "pem", type: "pkcs8" });
    await writeFile(path, text, { flag: "wx", mode: 0o600, flush: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message =
      code === "EEXIST" ? `there is a key in ${path} already` : `${path} cannot be written (${code})`;
    const fix =
      code === "EEXIST"
        ? "fairlead key --show prints its entry; to have another, name another file by FAIRLEAD_KEY"
        : "name a file that can be written by FAIRLEAD_KEY";
    throw new ProblemsError([{ rule: "signing/unusable-key", severity: "error", message, fix }]);
  }
  return { entry: entryOf(publicKey, { name, roles }), file: path };
}

/** The entry of the key that is here. Throws a ProblemsError where there is none. */
export async function keyEntry({ name, roles, env }: KeyOwner): Promise<MadeKey> {
  const file = keyFile(env);
  const key = await readKey(env);
  if (key) return { entry: entryOf(createPublicKey(key), { name, roles }), file };
  const message = `there is no key in ${file}`;
  const fix = "fairlead key NAME makes one; FAIRLEAD_KEY names another file";
  throw new ProblemsError([{ rule: "signing/no-key", severity: "error", message, fix }]);
}

function entryOf(key: KeyObject, { name, roles }: { name: string; roles: readonly string[] }): object {
  const { kty, crv, x } = key.export({ format: "jwk" });
  return { kid: name, kty, crv, x, roles };
}
