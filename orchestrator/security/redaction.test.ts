import fc from "fast-check";
import { expect, test } from "vitest";
import { redactingLog } from "./log.ts";
import { redacted, scrubber } from "./redaction.ts";

const canary = 'canary"\\/+é secret';

test.each([
  ["a JSON Web Token", "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl"],
  ["a key of a model provider", "sk-proj-0123456789abcdefABCDEF"],
  ["a token of a code host", "ghp_0123456789abcdefghijABCDEFGHIJ"],
  ["a chat token", "xoxb-1234567890-abcdef"],
  ["a cloud key", "AKIAIOSFODNN7EXAMPLE"],
])("%s is known by its shape", (_what, secret) => {
  expect(scrubber([])(`before ${secret} after`)).toBe(`before ${redacted} after`);
});

test("the rest of a header, of a URL with a password and of a private key stays readable", () => {
  const scrub = scrubber([]);
  expect(scrub("Authorization: Bearer abcdefgh12345")).toBe(`Authorization: Bearer ${redacted}`);
  expect(scrub("postgresql://fairlead:hunter2x@127.0.0.1:5432/db")).toBe(
    `postgresql://fairlead:${redacted}@127.0.0.1:5432/db`,
  );
  expect(scrub("a\n-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\nb")).toBe(
    `a\n${redacted}\nb`,
  );
});

test("a known secret is found in every spelling that logs, URLs and headers give it", () => {
  const scrub = scrubber([canary]);
  const spellings = [
    canary,
    JSON.stringify({ value: canary }),
    JSON.stringify(JSON.stringify(canary)),
    encodeURIComponent(canary),
    Buffer.from(canary).toString("base64"),
  ];
  for (const spelling of spellings) expect(scrub(`<${spelling}>`)).toContain(redacted);
  expect(scrub(spellings.join(" "))).not.toContain("canary");
});

test("no known secret survives, whatever surrounds it and whichever of them contain each other", () => {
  const secret = fc.string({ minLength: 6, maxLength: 40 });
  fc.assert(
    fc.property(fc.array(secret, { minLength: 1, maxLength: 4 }), fc.string(), (secrets, around) => {
      const text = around + secrets.join(around) + around;
      const scrubbed = scrubber(secrets)(text);
      return secrets.every(
        (known) => redacted.includes(known) || !scrubbed.split(redacted).join("\0").includes(known),
      );
    }),
  );
});

test("secrets that are too short to be told from other text are refused", () => {
  expect(() => scrubber(["abc"])).toThrow("1 secret(s) have fewer than 6 characters");
});

test("no secret gets into a log line: not by a property, an error, a nested object or a message", () => {
  const lines: string[] = [];
  const log = redactingLog({
    level: "trace",
    scrub: scrubber([canary]),
    to: { write: (line) => lines.push(line) },
  });
  log.info({ authorization: "Bearer whatever-it-is", nested: { deep: { password: "p4ss" } } }, "named");
  log.error({ err: new Error(`cannot use ${canary}`, { cause: new Error(canary) }) }, "thrown");
  log.warn({ list: [{ text: canary }] }, `said ${canary}`);
  log.child({ bound: canary }).info("bound");
  expect(lines).toHaveLength(4);
  expect(lines.join("")).not.toMatch(/canary|whatever|p4ss/);
});

test("no client writes a log line of its own", () => {
  const lines: string[] = [];
  const log = redactingLog({ level: "info", scrub: scrubber([]), to: { write: (line) => lines.push(line) } });
  log.info({ subject: 'x"}\n{"level":"fatal"}\u2028\u001b[2J' }, 'y\n{"level":"fatal"}');
  expect(lines).toHaveLength(1);
  expect(lines[0]?.trimEnd()).not.toMatch(/[\n\u001b]/);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "info" });
});
