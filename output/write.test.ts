import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Artifact } from "../model/model.ts";
import { compareOutput, filesBelow } from "./compare.ts";
import { isSelected } from "./scope.ts";
import { writeOutput } from "./write.ts";

const origin = { platform: "shop", path: ["parts", 0, "alerts", "a"], label: "alerts.a" };
const artifact = (path: string, content = `${path}\n`): Artifact => ({ path, content, origin });
const everything = () => true;

async function project(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-output-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test("files are written, and written again only when they change", async () => {
  const root = await project();
  const artifacts = [artifact("generated/alerts/shop/a.yaml"), artifact("docs/requirements.md")];
  expect((await writeOutput(root, artifacts, everything)).map((d) => d.kind)).toEqual(["missing", "missing"]);
  expect(await writeOutput(root, artifacts, everything)).toEqual([]);
  expect(await readFile(join(root, "docs/requirements.md"), "utf8")).toBe("docs/requirements.md\n");
  expect(await readdir(join(root, ".fairlead"))).toEqual([]);
});

test("a file that nothing generates any more is removed, with the folders that it leaves empty", async () => {
  const root = await project();
  await writeOutput(
    root,
    [artifact("generated/alerts/shop/prod/rules/a.yaml"), artifact("generated/policies/b.json")],
    everything,
  );
  const changed = await writeOutput(root, [artifact("generated/policies/b.json")], everything);
  expect(changed).toEqual([{ path: "generated/alerts/shop/prod/rules/a.yaml", kind: "stale" }]);
  expect(await filesBelow(root, "generated")).toEqual(["generated/policies/b.json"]);
  expect(await readdir(join(root, "generated"))).toEqual(["policies"]);
});

test("a selection neither writes nor removes anything outside it", async () => {
  const root = await project();
  const others = [
    "generated/alerts/other/prod/old.yaml",
    "generated/alerts/shop/dev/old.yaml",
    "generated/runbooks/page.css",
  ];
  await writeOutput(
    root,
    others.map((path) => artifact(path)),
    everything,
  );
  const mine = (path: string) =>
    isSelected(path, { platforms: ["shop"], environments: ["prod"] }, ["dev", "prod"]);
  await writeOutput(
    root,
    [artifact("generated/alerts/shop/prod/new.yaml"), artifact("generated/alerts/shop/tests/new.yaml")],
    mine,
  );
  expect(await filesBelow(root, "generated")).toEqual(
    [...others, "generated/alerts/shop/prod/new.yaml"].sort(),
  );
});

test("a file that was edited by hand is named with its first line that differs", async () => {
  const root = await project();
  const path = "generated/alerts/shop/a.yaml";
  await writeOutput(root, [artifact(path, "one\ntwo\nthree\n")], everything);
  await writeFile(join(root, path), "one\nzwei\nthree\n");
  expect(await compareOutput(root, [artifact(path, "one\ntwo\nthree\n")], everything)).toEqual([
    { path, kind: "changed", origin, line: { number: 2, is: "zwei", should: "two" } },
  ]);
});

test("a file that cannot be written leaves the old one whole", async () => {
  const root = await project();
  const path = "generated/alerts/a.yaml";
  await writeOutput(root, [artifact(path, "old\n")], everything);
  // A folder stands where the second file should go: renaming onto it fails.
  await mkdir(join(root, "generated/alerts/b.yaml/inside"), { recursive: true });
  await expect(
    writeOutput(root, [artifact(path, "old\n"), artifact("generated/alerts/b.yaml")], everything),
  ).rejects.toThrow();
  expect(await readFile(join(root, path), "utf8")).toBe("old\n");
  expect(await readdir(join(root, ".fairlead"))).toEqual([]);
});

test("files under generated/ that are somebody else's are left alone", async () => {
  const root = await project();
  await mkdir(join(root, "generated/client"), { recursive: true });
  await writeFile(join(root, "generated/client/index.ts"), "mine\n");
  expect(await writeOutput(root, [artifact("generated/alerts/a.yaml")], everything)).toHaveLength(1);
  expect(await readFile(join(root, "generated/client/index.ts"), "utf8")).toBe("mine\n");
});

test("nothing is written or removed through a link", async () => {
  const root = await project();
  const elsewhere = await project();
  await symlink(elsewhere, join(root, "generated"));
  await expect(writeOutput(root, [artifact("generated/alerts/a.yaml")], everything)).rejects.toThrow(
    "output/linked-folder",
  );
  expect(await readdir(elsewhere)).toEqual([]);
});
