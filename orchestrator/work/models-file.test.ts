import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readModels } from "./models-file.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-models-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(text: string) {
  const path = join(folder, "models.yaml");
  await writeFile(path, text);
  return readModels(path, { OPENAI_API_KEY: "canary-of-variable" }).catch((error: Error) => {
    throw new Error(error.message.replaceAll(folder, "FOLDER"));
  });
}

const anthropic = `
  - name: anthropic
    baseUrl: http://127.0.0.1:9101/v1
    model: small
    key: { file: KEYFILE }
    usdPerMillionTokens: { input: 1, output: 5 }`;

test("keys come from files and variables, and are told to whoever hides them", async () => {
  const keyFile = join(folder, "key");
  await writeFile(keyFile, "canary-of-file\n");
  const models = await read(`providers:${anthropic.replace("KEYFILE", keyFile)}
  - { name: openai, baseUrl: "https://api.example.com/v1", model: big, key: { variable: OPENAI_API_KEY },
      usdPerMillionTokens: { input: 2, output: 8 }, timeoutSeconds: 5, atOnce: 2 }
tools: { command: [node, tools.js] }`);
  expect(models.secrets.sort()).toEqual(["canary-of-file", "canary-of-variable"]);
  expect(models.providers).toMatchObject([
    { name: "anthropic", apiKey: "canary-of-file", timeoutMs: 60_000, atOnce: 10 },
    { name: "openai", apiKey: "canary-of-variable", timeoutMs: 5_000, atOnce: 2 },
  ]);
  expect(models.tools).toEqual({ server: { command: ["node", "tools.js"] }, timeoutMs: 30_000 });
});

test("what is wrong is named, and no value is shown", async () => {
  const wrong = anthropic.replace("{ file: KEYFILE }", "canary-in-the-file").replace("http:", "ftp:");
  const error = await read(`providers:${wrong}\ntools: {}`).catch((thrown: Error) => thrown);
  expect(error).toMatchInlineSnapshot(`
    [Error: FOLDER/models.yaml: ✖ must have either a url, with its key where it asks for one, or a command
      → at tools
    ✖ must be a URL of http or https
      → at providers[0].baseUrl
    ✖ must say where the key is: file: PATH, or variable: NAME
      → at providers[0].key]
  `);
  expect(String(error)).not.toContain("canary");
});

test.each([
  ["neither YAML nor JSON", "providers: [canary-1", "is neither YAML nor JSON"],
  [
    "a variable that is empty",
    `providers:${anthropic.replace("{ file: KEYFILE }", "{ variable: NONE }")}`,
    "the key in the variable NONE is empty",
  ],
  [
    "two of one name",
    `providers:${anthropic.replace("    key: { file: KEYFILE }\n", "").repeat(2)}`,
    "two have the same name",
  ],
])("%s is refused", async (_, text, message) => {
  await expect(read(text)).rejects.toThrow(message);
});
