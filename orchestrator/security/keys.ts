import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { JSONWebKeySet } from "jose";
import { z } from "zod";

/** Signature algorithms that tokens may use: asymmetric ones only, so that what verifies a token cannot issue one (RFC 8725, 3.2). */
export const algorithms = ["EdDSA", "RS256"] as const;

const publicKey = z
  .looseObject({
    kid: z.string().min(1).max(200),
    kty: z.enum(["OKP", "RSA"]),
    alg: z.enum(algorithms),
    use: z.literal("sig"),
  })
  .refine((key) => !("d" in key), "is a private key; this folder is for public keys only");
const keyFile = z.union([z.object({ keys: z.array(publicKey).max(100) }), publicKey]);

/** The public keys that are valid now. */
export type KeySource = () => Promise<JSONWebKeySet>;

/**
 * Public keys from a folder of JWK and JWKS files (RFC 7517), `*.json`: a key is added by a file, and withdrawn by removing it.
 * Throws, naming the file, on anything else, a private or a symmetric key, or two keys with the same `kid`.
 */
export function keysInFolder(folder: string): KeySource {
  return async () => {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
    const keys = (await Promise.all(names.map((name) => keysOf(folder, name)))).flat();
    const ids = keys.map(({ kid }) => kid);
    const repeated = ids.find((kid, index) => ids.indexOf(kid) !== index);
    if (repeated !== undefined) throw new Error(`two keys in ${folder} have the kid "${repeated}"`);
    return { keys };
  };
}

async function keysOf(folder: string, name: string): Promise<z.infer<typeof publicKey>[]> {
  let parsed: z.infer<typeof keyFile>;
  try {
    parsed = keyFile.parse(JSON.parse(await readFile(join(folder, name), "utf8")));
  } catch (error) {
    throw new Error(`${name} in the folder of public keys holds no public key for tokens: ${causeOf(error)}`);
  }
  return "keys" in parsed && Array.isArray(parsed.keys) ? parsed.keys : [publicKey.parse(parsed)];
}

function causeOf(error: unknown): string {
  if (error instanceof z.ZodError) return error.issues.map(({ message }) => message).join("; ");
  return error instanceof SyntaxError
    ? "is no JSON"
    : `cannot be read (${(error as NodeJS.ErrnoException).code})`;
}
