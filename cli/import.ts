import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { rulesOf } from "../alerts/index.ts";
import type { RuleText } from "../interchange/alike.ts";
import { type Format, importPlatform, importRules, writePlatform } from "../interchange/import.ts";
import { keepNothing } from "../model/kept.ts";
import { exitCodes } from "./exit-codes.ts";
import { printProblems } from "./run.ts";
import { printNote } from "./terminal.ts";

export interface ImportOptions {
  platform: string;
  out?: string;
  rules?: string;
}

/** `fairlead import sloth|openslo FILE…`. */
export async function importFiles(format: Format, files: string[], options: ImportOptions): Promise<number> {
  const { platform } = options;
  if (options.rules !== undefined) {
    const { rules, warnings } = await importRules(files, { format, platform, write: rulesOf });
    await printProblems(warnings);
    return writeRules(rules, options.rules);
  }
  const imported = await importPlatform(files, { format, platform });
  await printProblems(imported.warnings);
  const folder = options.out ?? join("catalog/platforms", platform);
  const written = await writePlatform(imported, folder);
  const count = Object.keys(imported.data.slos).length;
  printNote(`${count} ${count === 1 ? "SLO" : "SLOs"} in ${folder}: ${written.join(", ")}

What ${format} does not know is an example to be replaced: services.ts (image, ports, resources), routing.ts,
environments.ts, and the head of index.ts. Then: fairlead generate --platform ${platform}`);
  return exitCodes.done;
}

/** Only what Prometheus evaluates, a file for each SLO: no catalog, and no unit tests of the rules. */
function writeRules(rules: Iterable<RuleText>, folder: string): number {
  keepNothing();
  mkdirSync(folder, { recursive: true });
  const present = new Set(readdirSync(folder));
  let count = 0;
  // Of a thousand small files each promise would cost more than what it waits for.
  for (const { path, content } of rules) {
    const file = basename(path);
    count += 1;
    // To write over a file may wait for the disk; to read it does not.
    if (present.has(file) && readFileSync(join(folder, file), "utf8") === content) continue;
    writeFileSync(join(folder, file), content);
  }
  printNote(`${count} rule files in ${folder}`);
  return exitCodes.done;
}
