// Whose key is here, and who is in approvers.json: with real files and a real program that signs.
import { generateKeyPairSync } from "node:crypto";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openSigner } from "./local-signer.ts";
import { readPeople } from "./people.ts";
import { somebody } from "./people-of-test.ts";
import { signed, verifySigned } from "./signature.ts";

const ann = somebody("ann");

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "fairlead-signing-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

/** A program of Node that is run as FAIRLEAD_SIGNER; `sign` is what it does with the bytes. */
async function program(sign: string): Promise<string> {
  const place = await folder();
  const path = join(place, "signer.mjs");
  await writeFile(join(place, "key.pem"), ann.pem, { mode: 0o600 });
  const lines = [
    `#!${process.execPath}`,
    'import { readFileSync, writeSync } from "node:fs";',
    'import { sign } from "node:crypto";',
    `const key = readFileSync(${JSON.stringify(join(place, "key.pem"))});`,
    "const bytes = readFileSync(0);",
    sign,
  ];
  await writeFile(path, `${lines.join("\n")}\n`);
  await chmod(path, 0o755);
  return path;
}

async function fileOf(pem: string, mode = 0o600): Promise<string> {
  const path = join(await folder(), "key.pem");
  await writeFile(path, pem, { mode });
  await chmod(path, mode);
  return path;
}

test("the program that FAIRLEAD_SIGNER names signs, and whose key it has is found by its signature", async () => {
  const env = { FAIRLEAD_SIGNER: await program("writeSync(1, sign(null, bytes, key));") };
  const people = [somebody("ben").person, ann.person];
  const signer = await openSigner(env, people);
  expect(signer?.kid).toBe("ann");
  if (!signer) return;
  const text = await signed({ says: "yes" }, signer, "fairlead-approval+jws");
  expect(await verifySigned(text, people, "fairlead-approval+jws")).toMatchObject({
    by: { kid: "ann" },
    payload: { says: "yes" },
  });
});

test.each([
  ["gives something else", 'writeSync(1, "no");', "gave 2 bytes"],
  ["fails", "process.exit(3);", "failed (exit code 3)"],
  ["gives bytes that end like a line", "writeSync(1, Buffer.alloc(64, 10));", "is none of approvers.json"],
  ["signs with a key of nobody's", "writeSync(1, Buffer.alloc(64, 1));", "is none of approvers.json"],
])("a program that %s is refused", async (_, sign, why) => {
  const env = { FAIRLEAD_SIGNER: await program(sign) };
  await expect(openSigner(env, [ann.person])).rejects.toThrow(why);
});

test("a program that is not there is refused", async () => {
  await expect(openSigner({ FAIRLEAD_SIGNER: "/nowhere/signer" }, [ann.person])).rejects.toThrow("ENOENT");
});

test("a key is refused that others can read, that is nobody's, or that is none; nothing of it is told", async () => {
  const open = (path: string) => openSigner({ FAIRLEAD_KEY: path }, [ann.person]);
  expect((await open(await fileOf(ann.pem)))?.kid).toBe("ann");
  await expect(open(await fileOf(ann.pem, 0o640))).rejects.toMatchObject({
    problems: [{ rule: "signing/open-key", fix: expect.stringContaining("chmod 600") }],
  });
  await expect(open(await fileOf(somebody("eve").pem))).rejects.toMatchObject({
    problems: [{ rule: "signing/unknown-key" }],
  });
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const other = rsa.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  for (const text of [other, "secret-4711", "{"])
    await expect(open(await fileOf(text))).rejects.toMatchObject({
      problems: [
        { rule: "signing/unusable-key", message: expect.not.stringMatching(/secret-4711|PRIVATE KEY/) },
      ],
    });
  await expect(open("/nowhere/key.pem")).rejects.toThrow("ENOENT");
});

const entryOf = ({ person }: ReturnType<typeof somebody>, more: object = {}) => ({
  ...person.key,
  kid: person.kid,
  roles: ["security"],
  ...more,
});

async function peopleOf(...keys: object[]) {
  const root = await folder();
  await writeFile(join(root, "approvers.json"), JSON.stringify({ keys }, undefined, 2));
  return readPeople(root);
}

test("approvers.json is read with its roles, its ends, and whose a second key is", async () => {
  expect(await readPeople(await folder())).toEqual([]);
  const second = somebody("ann-2026");
  const until = "2026-03-31T00:00:00Z";
  const people = await peopleOf(entryOf(ann, { until }), entryOf(second, { person: "ann" }));
  expect(people).toMatchObject([
    { kid: "ann", roles: ["security"], until },
    { kid: "ann-2026", person: "ann" },
  ]);
});

test.each([
  ["a private key", () => [entryOf(ann, { d: "c2VjcmV0LTQ3MTE" })], /there is a private key/],
  ["a name twice", () => [entryOf(ann), entryOf(somebody("ann"))], /two keys are named "ann"/],
  ["a key twice", () => [entryOf(ann), { ...entryOf(ann), kid: "bob" }], /"bob" is the same key as "ann"/],
  ["a key of another kind", () => [{ kid: "ann", kty: "RSA", n: "AQAB", e: "AQAB" }], /OKP/],
  ["a key cut short", () => [entryOf(ann, { x: "AAAA" })], /43 characters/],
])("approvers.json with %s is refused, and where that stands is told", async (_, keys, why) => {
  const refused = await peopleOf(...keys()).catch((error: unknown) => error);
  expect(refused).toMatchObject({
    problems: expect.arrayContaining([
      expect.objectContaining({
        message: expect.stringMatching(why),
        location: expect.objectContaining({ file: "approvers.json" }),
      }),
    ]),
  });
  expect(JSON.stringify((refused as { problems: unknown }).problems)).not.toContain("c2VjcmV0LTQ3MTE");
});
