import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { rootFolder } from "../structure/source-files.ts";
import { byKey } from "./by-key.ts";
import type { RuleFileContent } from "./mutants.ts";

/** A generated rule file, and the generated unit tests that load it. */
export interface TestedRules {
  platform: string;
  /** From the platform's folder: "prod/rules/queue-deep.yaml". */
  path: string;
  content: RuleFileContent;
  tests: { name: string; text: string }[];
}

const alerts = join(rootFolder, "generated/alerts");

/** Every generated rule file with tests, of all platforms, as they are on disk. */
export async function testedRules(): Promise<TestedRules[]> {
  const platforms = (await readdir(alerts)).sort();
  return (await Promise.all(platforms.map(ofPlatform))).flat();
}

async function ofPlatform(platform: string): Promise<TestedRules[]> {
  const folder = join(alerts, platform);
  const names = (await readdir(join(folder, "tests"))).sort();
  const tests = await Promise.all(
    names.map(async (name) => ({ name, text: await readFile(join(folder, "tests", name), "utf8") })),
  );
  const byRules = byKey(tests, ({ text }) => loaded(text));
  return Promise.all(
    [...byRules].map(async ([path, own]) => {
      const content = parse(await readFile(join(folder, path), "utf8")) as RuleFileContent;
      return { platform, path, content, tests: own };
    }),
  );
}

function loaded(test: string): string {
  return /^rule_files:\n {2}- \.\.\/(\S+)$/m.exec(test)?.[1] ?? "";
}
