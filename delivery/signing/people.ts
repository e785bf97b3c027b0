import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { problemsIn, readYaml } from "../../catalog/load/yaml-file.ts";
import { slug } from "../../catalog/text.ts";
import { type Problem, ProblemsError } from "../../problems/problem.ts";
import { explainIssues } from "../../problems/zod-issues.ts";
import type { Person } from "./signer.ts";

/** Where it stands who may sign for what: a JWK Set (RFC 7517) in the project's root. */
export const PEOPLE_FILE = "approvers.json";

const person = z.looseObject({
  kid: z.string().min(1).max(200),
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  // 32 bytes, base64url.
  x: z.string().regex(/^[\w-]{42}[AEIMQUYcgkosw048]$/, "must be the 43 characters of an Ed25519 public key"),
  roles: z.array(slug).default([]),
  until: z.iso.datetime().optional(),
  person: z.string().min(1).max(200).optional(),
});
const people = z.looseObject({ keys: z.array(person) });

type Document = Awaited<ReturnType<typeof readYaml>>;

/**
 * Everybody who may sign, by the keys of `approvers.json`; nobody where there is no such file. Throws a ProblemsError that says where it is not as
 * it must be: a key that is no Ed25519 public key, a private one, a `kid` that two keys have, a key that stands there under two names.
 */
export async function readPeople(root: string): Promise<Person[]> {
  if (!existsSync(join(root, PEOPLE_FILE))) return [];
  const document = await readYaml(root, PEOPLE_FILE);
  const exposed = privateKeys(document);
  if (exposed.length > 0) throw new ProblemsError(exposed);
  const parsed = people.safeParse(document.value);
  const wrong =
    document.value === undefined || parsed.success
      ? []
      : problemsIn(document, explainIssues(parsed.error.issues, document.value, people));
  const problems: Problem[] = [...document.problems, ...wrong];
  if (problems.some(({ severity }) => severity === "error") || !parsed.success)
    throw new ProblemsError(problems);
  const { keys } = parsed.data;
  const twice = twiceThere(document, keys);
  if (twice.length > 0) throw new ProblemsError(twice);
  return keys.map(({ kid, kty, crv, x, roles, until, person }) => ({
    kid,
    roles,
    key: { kty, crv, x },
    ...(until !== undefined && { until }),
    ...(person !== undefined && { person }),
  }));
}

/** Names that two keys have, and keys that have two names. */
function twiceThere({ locate }: Document, keys: readonly { kid: string; x: string }[]): Problem[] {
  return keys.flatMap(({ kid, x }, i): Problem[] => {
    const before = keys.slice(0, i);
    const wrong = (field: "kid" | "x", message: string, fix: string): Problem => {
      const location = locate(["keys", i, field]);
      return {
        rule: "signing/people",
        severity: "error",
        message,
        path: `keys[${i}].${field}`,
        location,
        fix,
      };
    };
    if (before.some((other) => other.kid === kid))
      return [wrong("kid", `two keys are named "${kid}"`, ONE_NAME)];
    const same = before.find((other) => other.x === x);
    return same ? [wrong("x", `"${kid}" is the same key as "${same.kid}"`, ONE_KEY)] : [];
  });
}

/** Apart from the form, whose faults are told with the value that is wrong. */
function privateKeys({ value, locate }: Document): Problem[] {
  const parsed = z.object({ keys: z.array(z.unknown()) }).safeParse(value);
  return (parsed.data?.keys ?? []).flatMap((key, i): Problem[] => {
    if (typeof key !== "object" || key === null || !("d" in key)) return [];
    const message = "there is a private key, which is of its owner alone";
    const fix =
      "take it out, have its owner make a new one with fairlead key, and see who has read this file";
    const location = locate(["keys", i, "d"]);
    return [{ rule: "signing/people", severity: "error", message, path: `keys[${i}].d`, location, fix }];
  });
}

const ONE_NAME =
  "name each key after one person or machine; a new key gets a name of its own, and `person` says whose it is";
const ONE_KEY =
  "take one of the two out: who signs with a key counts once; put all roles into the one that stays";

/** Why what somebody signed at a time (ISO 8601) in a role does not count; undefined where it does. */
export function whyNotEntitled(
  { kid, roles, until }: Person,
  { role, at }: { role: string; at: string },
): string | undefined {
  if (until !== undefined && Date.parse(at) > Date.parse(until))
    return `the key ${kid} counts until ${until} alone, and this was signed at ${at}`;
  if (!roles.includes(role)) return `${kid} has not the role ${role}`;
  return undefined;
}
