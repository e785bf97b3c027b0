import { mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { expect, test } from "vitest";
import { packageFile } from "../package-root.ts";
import { type BuildPin, builds } from "./builds.ts";
import { cacheDir, inputsDigest } from "./cache.ts";
import { temporaryFolder } from "./fake-tools.ts";

async function pinInFolder(): Promise<{ folder: string; pin: BuildPin }> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "cmd"));
  for (const file of ["go.mod", "go.sum", "cmd/main.go", "README.md"])
    await writeFile(join(folder, file), "1");
  return { folder, pin: { ...builds.k6, folder: relative(packageFile("."), folder) } };
}

test.each(["go.mod", "go.sum", "cmd/main.go"])("a change of %s asks for another build", async (file) => {
  const { folder, pin } = await pinInFolder();
  const before = await inputsDigest(pin);
  await writeFile(join(folder, file), "2");
  expect(await inputsDigest(pin)).not.toBe(before);
});

test("a change of what Go does not compile asks for no other build", async () => {
  const { folder, pin } = await pinInFolder();
  const before = await inputsDigest(pin);
  await writeFile(join(folder, "README.md"), "2");
  expect(await inputsDigest({ ...pin, coldSeconds: 1 })).toBe(before);
});

test("another tag or linker variable asks for another build", async () => {
  const { pin } = await pinInFolder();
  const digests = [pin, { ...pin, tags: ["netgo"] }, { ...pin, variables: { "main.v": "1" } }].map(
    inputsDigest,
  );
  expect(new Set(await Promise.all(digests)).size).toBe(3);
});

test("FAIRLEAD_CACHE names the cache folder, and a relative one is made absolute", () => {
  expect(cacheDir({ FAIRLEAD_CACHE: "somewhere" })).toBe(resolve("somewhere"));
  expect(cacheDir({})).toMatch(/fairlead$/);
});
