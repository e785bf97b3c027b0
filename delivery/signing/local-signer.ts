import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign, verify } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import envPaths from "env-paths";
import { execa } from "execa";
import { type Problem, ProblemsError } from "../../problems/problem.ts";
import { PEOPLE_FILE } from "./people.ts";
import type { Person, Signer } from "./signer.ts";

/** Somebody may have to touch a token, or to agree. */
const SIGNER_TIMEOUT_MS = 120_000;

/** Where a private key is looked for: `FAIRLEAD_KEY`, or the user's folder of settings. */
export function keyFile(env: NodeJS.ProcessEnv): string {
  return env.FAIRLEAD_KEY ?? join(envPaths("fairlead", { suffix: "" }).config, "key.pem");
}

/**
 * Who signs here: the program that `FAIRLEAD_SIGNER` names, or the private key in `keyFile`. Whose key it is is found by the key itself, never by a
 * name that is typed in. Undefined where there is neither. Throws a ProblemsError where the key can be read by others, cannot be read at all, or is
 * none of the project's.
 */
export async function openSigner(
  env: NodeJS.ProcessEnv,
  people: readonly Person[],
): Promise<Signer | undefined> {
  const sign = env.FAIRLEAD_SIGNER ? byProgram(env.FAIRLEAD_SIGNER) : await byFile(env);
  if (!sign) return undefined;
  // No text of ours: it has no dot, as all that is signed for a purpose has.
  const trial = Buffer.from(`fairlead asks whose key this is ${randomBytes(16).toString("hex")}`);
  const signature = await sign(trial);
  const person = people.find(({ key }) => verify(null, trial, publicKey(key), signature));
  if (person) return { kid: person.kid, sign };
  const where = env.FAIRLEAD_SIGNER ? "the program that FAIRLEAD_SIGNER names" : "this machine";
  throw failed("unknown-key", `the key of ${where} is none of ${PEOPLE_FILE}`, {
    fix: "`fairlead key --show` prints its entry: have it added by those who look after that file",
  });
}

/** Signs by a private key that is at hand. */
export function signerOfKey(kid: string, key: KeyObject): Signer {
  return { kid, sign: async (bytes) => sign(null, bytes, key) };
}

/** The private key of this machine; undefined where there is none. */
export async function readKey(env: NodeJS.ProcessEnv): Promise<KeyObject | undefined> {
  const path = keyFile(env);
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" && env.FAIRLEAD_KEY === undefined) return undefined;
    const fix = "name a file that can be read by FAIRLEAD_KEY, or make a key: fairlead key";
    throw failed("unusable-key", `the key in ${path} cannot be read (${error.code})`, { fix });
  });
  if (!file) return undefined;
  try {
    const { mode } = await file.stat();
    if (process.platform !== "win32" && (mode & 0o077) !== 0)
      throw failed("open-key", `others can read the private key in ${path}`, { fix: `chmod 600 ${path}` });
    return privateKey(await file.readFile("utf8"), path);
  } finally {
    await file.close();
  }
}

async function byFile(env: NodeJS.ProcessEnv): Promise<Signer["sign"] | undefined> {
  const key = await readKey(env);
  return key && signerOfKey("", key).sign;
}

function privateKey(text: string, path: string): KeyObject {
  try {
    const key = text.trimStart().startsWith("{")
      ? createPrivateKey({ key: JSON.parse(text), format: "jwk" })
      : createPrivateKey(text);
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // What was read is secret, and so may be what is said of it.
  }
  const fix = "PKCS#8 (PEM) or a JWK, without a passphrase; `fairlead key` makes one";
  throw failed("unusable-key", `${path} is no Ed25519 private key`, { fix });
}

function byProgram(program: string): Signer["sign"] {
  return async (bytes) => {
    const ran = await execa(program, [], {
      ...{ input: bytes, encoding: "buffer", reject: false, timeout: SIGNER_TIMEOUT_MS },
      // One signature of 256 ends with the byte of a line's end.
      stripFinalNewline: false,
      // Where it asks for a touch or a word, its owner sees it.
      stderr: "inherit",
    });
    if (!ran.failed && ran.stdout.length === 64) return ran.stdout;
    const said = ran.timedOut
      ? `did not answer in ${SIGNER_TIMEOUT_MS / 1000} s`
      : ran.failed
        ? `failed (${ran.exitCode === undefined ? (ran.code ?? "ended") : `exit code ${ran.exitCode}`})`
        : `gave ${ran.stdout.length} bytes`;
    throw failed("signer", `the program that FAIRLEAD_SIGNER names ${said}`, {
      fix: "it gets bytes on standard input, and gives their Ed25519 signature, 64 bytes, on standard output",
    });
  };
}

function publicKey(key: Person["key"]): KeyObject {
  return createPublicKey({ key: { ...key }, format: "jwk" });
}

const rules = {
  "unknown-key": "signing/unknown-key",
  "unusable-key": "signing/unusable-key",
  "open-key": "signing/open-key",
  signer: "signing/signer",
} as const;

function failed(why: keyof typeof rules, message: string, { fix }: { fix: string }): ProblemsError {
  const problem: Problem = { rule: rules[why], severity: "error", message, fix };
  return new ProblemsError([problem]);
}
