import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Clock } from "../clock.ts";
import { keysInFolder } from "./keys.ts";
import { type LocalIssuer, openLocalIssuer } from "./local-issuer.ts";
import { tokenVerifier, type VerifyToken } from "./tokens.ts";

const names = { issuer: "https://issuer.test", audience: "orchestrator" };
const ada = { subject: "ada", project: "lab", roles: ["developer"] };
const text = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");

let folder: string;
let issuer: LocalIssuer;
let verify: VerifyToken;
let now = Date.now();
const clock: Clock = { now: () => now, sleep: async () => {} };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-tokens-"));
  issuer = await openLocalIssuer(folder, { ...names, clock });
  verify = tokenVerifier({ ...names, clock, keys: keysInFolder(issuer.publicFolder) });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a token says who its bearer is (NX-9)", async () => {
  expect(await verify(await issuer.issue(ada))).toMatchObject(ada);
});

/** A token of the current key whose header and claims differ from a good one. */
async function forged(change: { header?: object; claims?: object }): Promise<string> {
  const [header = "", payload = ""] = (await issuer.issue(ada)).split(".");
  const json = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
  return `${text({ ...json(header), ...change.header })}.${text({ ...json(payload), ...change.claims })}`;
}

describe("refused is a token", () => {
  test("without a signature (`alg: none`)", async () => {
    const token = `${await forged({ header: { alg: "none" } })}.`;
    await expect(verify(token)).rejects.toThrow("the token is not signed by one of EdDSA, RS256");
  });

  test("whose claims were changed after signing", async () => {
    const [, , signature] = (await issuer.issue(ada)).split(".");
    const token = `${await forged({ claims: { roles: ["operator"] } })}.${signature}`;
    await expect(verify(token)).rejects.toThrow("the token has a signature that does not fit");
  });

  test("that is signed with the public key as if it were a shared secret", async () => {
    const { kid = "", ...key } = (await keysInFolder(issuer.publicFolder)()).keys[0] ?? {};
    const token = await new SignJWT(ada)
      .setProtectedHeader({ alg: "HS256", kid, typ: "at+jwt" })
      .sign(Buffer.from(JSON.stringify(key)));
    await expect(verify(token)).rejects.toThrow("is not signed by one of");
  });

  test("that has expired, remembered or not", async () => {
    const token = await issuer.issue({ ...ada, seconds: 60 });
    await verify(token);
    now += 70_000;
    await expect(verify(token)).rejects.toThrow("the token has expired");
  });

  test.each([
    ["of another issuer", { ...names, issuer: "https://other.test" }, '"iss"'],
    ["for another audience", { ...names, audience: "other" }, '"aud"'],
  ])("%s", async (_what, other, claim) => {
    const stranger = await openLocalIssuer(folder, { ...other, clock });
    await expect(verify(await stranger.issue(ada))).rejects.toThrow(
      `the token has a wrong or missing ${claim}`,
    );
  });

  test("of another type, such as an identity token", async () => {
    const { privateKey, publicKey } = await generateKeyPair("EdDSA");
    const jwk = { ...(await exportJWK(publicKey)), kid: "typ", alg: "EdDSA", use: "sig" };
    const here = tokenVerifier({ ...names, clock, keys: async () => ({ keys: [jwk] }) });
    const sign = (typ: string, expiry = "1h") =>
      new SignJWT(ada)
        .setProtectedHeader({ alg: "EdDSA", kid: "typ", typ })
        .setIssuer(names.issuer)
        .setAudience(names.audience)
        .setSubject("ada")
        .setJti("1")
        .setIssuedAt(Math.floor(now / 1000))
        .setExpirationTime(Math.floor(now / 1000) + (expiry === "1h" ? 3_600 : 0))
        .sign(privateKey);
    await expect(here(await sign("at+jwt"))).resolves.toMatchObject({ subject: "ada" });
    await expect(here(await sign("JWT"))).rejects.toThrow('wrong or missing "typ"');
  });

  test("of a key that is not known, however well it is signed", async () => {
    const stranger = await openLocalIssuer(join(folder, "stranger"), { ...names, clock });
    await expect(verify(await stranger.issue(ada))).rejects.toThrow("signed by a key that is not known");
  });

  test.each([["x"], ["a.b.c"], [""], ["eyJ".repeat(4_000)], [`${text({ alg: "EdDSA" })}..`]])(
    "that is none: %.20s",
    async (token) => {
      await expect(verify(token)).rejects.toMatchObject({ kind: "unauthenticated" });
    },
  );

  test("whose subject could write a log line", async () => {
    const token = await issuer.issue({ ...ada, subject: "ada\n{}" });
    await expect(verify(token)).rejects.toThrow('the token has no valid claim "sub"');
  });
});

test("keys rotate: the new key's tokens are good at once, the old one's until it is withdrawn (AH-10)", async () => {
  const before = await issuer.issue(ada);
  await verify(before);
  const old = await issuer.rotate();
  now += 1_000;
  await expect(verify(await issuer.issue(ada))).resolves.toMatchObject({ subject: "ada" });
  await expect(verify(before)).resolves.toMatchObject({ subject: "ada" });
  await issuer.withdraw(old);
  now += 31_000;
  await expect(verify(before)).rejects.toThrow("signed by a key that is not known");
});

test("tokens with unknown keys make the keys be read once a second at most", async () => {
  let read = 0;
  const here = tokenVerifier({
    ...names,
    clock,
    keys: async () => {
      read += 1;
      return { keys: [] };
    },
  });
  const token = await issuer.issue(ada);
  for (let tries = 0; tries < 50; tries += 1) await expect(here(token)).rejects.toThrow("not known");
  expect(read).toBe(1);
  now += 1_000;
  await expect(here(token)).rejects.toThrow("not known");
  expect(read).toBe(2);
});

test("a key file that is half written or repeats another keeps nobody out: the last good keys hold until all can be read", async () => {
  const own = await mkdtemp(join(tmpdir(), "fairlead-keys-"));
  const here = await openLocalIssuer(own, { ...names, clock });
  const keys = keysInFolder(here.publicFolder);
  const told: number[] = [];
  let read = 0;
  const counted = () => {
    read += 1;
    return keys();
  };
  const onUnreadable = (_error: unknown, times: number) => void told.push(times);
  const first = await keys();
  const verifyHere = tokenVerifier({ ...names, clock, keys: counted, first, onUnreadable });
  const token = await here.issue(ada);
  await writeFile(join(here.publicFolder, "half.json"), '{"keys":[');
  now += 31_000;
  for (let times = 0; times < 20; times += 1) await verifyHere(token);
  expect({ told, read }).toEqual({ told: [1], read: 1 });
  now += 1_000;
  await verifyHere(token);
  await writeFile(join(here.publicFolder, "half.json"), JSON.stringify(first));
  now += 1_000;
  await verifyHere(token);
  expect(told).toEqual([1, 2, 3]);
  // Readable again: a key that is withdrawn is no longer good.
  await rm(join(here.publicFolder, "half.json"));
  await here.withdraw(await here.rotate());
  now += 1_000;
  await expect(verifyHere(token)).rejects.toThrow("signed by a key that is not known");
  await rm(own, { recursive: true });
});

test.each([
  [
    "a private key",
    async () => ({
      ...(await exportJWK((await generateKeyPair("EdDSA", { extractable: true })).privateKey)),
      kid: "k",
      alg: "EdDSA",
      use: "sig",
    }),
    "is a private key",
  ],
  [
    "a symmetric key",
    async () => ({ kty: "oct", k: "c2VjcmV0", kid: "k", alg: "HS256", use: "sig" }),
    "holds no public key",
  ],
])(
  "%s in the folder of public keys stops the start and is not repeated in the message",
  async (_what, key, why) => {
    const wrong = await mkdtemp(join(tmpdir(), "fairlead-keys-"));
    const jwk = await key();
    await writeFile(join(wrong, "key.json"), JSON.stringify(jwk));
    const message = await keysInFolder(wrong)().then(String, String);
    expect(message).toContain(why);
    expect(message).not.toContain("d" in jwk ? jwk.d : "c2VjcmV0");
    await rm(wrong, { recursive: true });
  },
);
