import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filesBelow } from "../output/compare.ts";
import { copyOf } from "./project-folder.ts";
import { rootFolder } from "./structure/source-files.ts";

async function generated(env: Record<string, string>): Promise<Map<string, string>> {
  const folder = await copyOf(rootFolder, ["catalog", "policies", "docs"]);
  const cli = join(rootFolder, "dist/cli/main.js");
  execFileSync(process.execPath, [cli, "generate"], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: "pipe",
  });
  const files = await filesBelow(folder, "generated");
  return new Map(
    await Promise.all(files.map(async (f) => [f, await readFile(join(folder, f), "utf8")] as const)),
  );
}

test("two folders, time zones and locales give the same bytes, and they are the committed ones", async () => {
  const one = await generated({ TZ: "Pacific/Kiritimati", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" });
  const other = await generated({ TZ: "America/St_Johns", LANG: "C", LC_ALL: "C" });
  expect(other).toEqual(one);
  expect(one.size).toBeGreaterThan(100);
  for (const [file, text] of one) expect(text, file).not.toContain(rootFolder.replace(/\/$/, ""));
  const committed = await filesBelow(rootFolder, "generated");
  expect(committed).toEqual([...one.keys()]);
  for (const file of committed)
    expect(one.get(file), file).toBe(await readFile(join(rootFolder, file), "utf8"));
}, 300_000);
