// The stacks on cdktn, which continues cdktf: the same but for what each says of itself (docs/decisions/0169-cdktn-is-one-switch.md).
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageFile } from "../package-root.ts";
import { shopProject } from "./fixtures/bundled-app.ts";

// The build is no part of the package and has no types.
const { bundling } = await import("../bundling.mjs" as string);

let folder: string;

beforeAll(async () => {
  // Inside of the checkout: the bundle asks for packages that are not in it.
  await mkdir(packageFile(".fairlead"), { recursive: true });
  folder = await mkdtemp(join(packageFile(".fairlead"), "test-cdk-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Each file that the app writes for all environments of the shop when it is built on `cdk`; stacks without what the tool says of itself, which stands beside. */
async function synthesisedOn(cdk: "cdktf" | "cdktn") {
  const [app, outdir] = [join(folder, `${cdk}.mjs`), join(folder, `${cdk}.out`)];
  await build({ ...bundling(cdk), entryPoints: [packageFile("stacks/main.ts")], outfile: app });
  const env = { CDKTF_OUTDIR: outdir, FAIRLEAD_ENV: "local,prod,cluster,own", FAIRLEAD_STATE: folder };
  await execa(process.execPath, [app], { cwd: shopProject, env, timeout: 120_000 });
  const entries = await readdir(join(outdir, "stacks"), { recursive: true, withFileTypes: true });
  const files: Record<string, string> = {};
  const versions = new Set<string>();
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const text = await readFile(path, "utf8");
    files[path.slice(outdir.length)] = entry.name === "cdk.tf.json" ? withoutMetadata(text, versions) : text;
  }
  return { files, versions: [...versions] };
}

/** Empty objects are spelt differently, so the text is written anew; the order of keys stays as it was. */
function withoutMetadata(text: string, versions: Set<string>): string {
  const { "//": about, ...stack } = JSON.parse(text) as { "//": { metadata: { version: string } } };
  versions.add(about.metadata.version);
  return JSON.stringify(stack, undefined, 2);
}

test("the same stacks are synthesised on cdktn, byte for byte", { timeout: 300_000 }, async () => {
  const [cdktf, cdktn] = [await synthesisedOn("cdktf"), await synthesisedOn("cdktn")];
  expect(cdktf.versions).toEqual(["0.21.0"]);
  expect(cdktn.versions).toEqual(["0.24.0"]);
  expect(Object.keys(cdktf.files).filter((path) => path.endsWith("cdk.tf.json"))).toHaveLength(12);
  expect(cdktn.files).toEqual(cdktf.files);
});

test("another name is refused before anything is built", () => {
  expect(() => bundling("cdk8s")).toThrow('FAIRLEAD_CDK is "cdk8s": it is one of cdktf, cdktn');
});
