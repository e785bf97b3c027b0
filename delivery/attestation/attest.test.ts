import { execa } from "execa";
import { expect, test } from "vitest";
import { developmentTool } from "../../tests/development-tool.ts";
import type { Release } from "../release/release.ts";
import { somebody } from "../signing/people-of-test.ts";
import { attest, contradiction, verifyAttestation } from "./attest.ts";
import type { Envelope } from "./envelope.ts";
import { preAuthentication } from "./envelope.ts";

const sha = (digit: string) => `sha256:${digit.repeat(64)}`;
const release: Release = {
  version: 1,
  platform: "shop",
  commit: "a".repeat(40),
  images: { web: `registry.example/web@${sha("1")}`, api: `registry.example/api@${sha("2")}` },
  catalog: sha("3"),
  policies: sha("4"),
};
const robot = somebody("robot");
const facts = {
  ...{ release, environment: "prod", passed: true, at: "2026-03-31T12:00:00.000Z" },
  inputs: [{ uri: "fairlead:gates/shop/release", digest: sha("5") }],
};

test("what is signed is the type, the payload and the lengths of both, as the protocol has it", () => {
  // The example of protocol.md.
  const given = preAuthentication("http://example.com/HelloWorld", Buffer.from("hello world"));
  expect(String(given)).toBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
});

test("the libraries of DSSE and in-toto verify a promotion's statement, and refuse one that was changed (PM-6)", async () => {
  const program = await developmentTool("verify-attestation");
  const envelope = await attest(facts, robot.signer);
  const ask = (given: Envelope, by = robot) => {
    const key = Buffer.from(String(by.person.key.x), "base64url").toString("base64");
    return execa(program, [by.person.kid, key], {
      input: JSON.stringify(given),
      reject: false,
      timeout: 60_000,
    });
  };
  expect(await ask(envelope)).toMatchObject({ exitCode: 0, stdout: "PASSED fairlead:shop/prod 3" });
  const says = Buffer.from(envelope.payload, "base64").toString().replace("shop/prod", "shop/test");
  const changed = { ...envelope, payload: Buffer.from(says).toString("base64") };
  expect(await ask(changed)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("do not match threshold"),
  });
  expect((await ask(envelope, somebody("robot"))).exitCode).toBe(1);
  expect((await ask({ ...envelope, payloadType: "application/json" })).exitCode).toBe(1);
});

test("a statement is refused where it was changed, is by nobody, or is of something else", async () => {
  const people = [robot.person];
  const envelope = await attest(facts, robot.signer);
  const { statement } = verifyAttestation(envelope, people);
  expect(contradiction(statement, facts)).toBeUndefined();
  expect(contradiction(statement, { ...facts, environment: "staging" })).toContain("fairlead:shop/staging");
  expect(contradiction(statement, { ...facts, passed: false })).toContain("came to FAILED");
  const other = { ...release, images: { ...release.images, web: `registry.example/web@${sha("9")}` } };
  expect(contradiction(statement, { ...facts, release: other })).toContain("other images");
  expect(() => verifyAttestation(envelope, [somebody("robot").person])).toThrow("does not hold");
  expect(() => verifyAttestation(envelope, [])).toThrow("no key of approvers.json");
  expect(() => verifyAttestation({ ...envelope, payloadType: "text/plain" }, people)).toThrow(
    "does not hold",
  );
  expect(() => verifyAttestation({}, people)).toThrow("no DSSE envelope");
});
