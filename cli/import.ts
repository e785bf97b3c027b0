import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { rulesOf } from "../alerts/index.ts";
import { type Format, importPlatform, writePlatform } from "../interchange/import.ts";
import { keepNothing } from "../model/kept.ts";
import type { Model } from "../model/model.ts";
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
  const imported = await importPlatform(files, { format, platform });
  await printProblems(imported.warnings);
  if (options.rules !== undefined) return writeRules(imported.model, options.rules);
  const folder = options.out ?? join("catalog/platforms", platform);
  const written = await writePlatform(imported, folder);
  const count = Object.keys(imported.data.slos).length;
  printNote(`${count} ${count === 1 ? "SLO" : "SLOs"} in ${folder}: ${written.join(", ")}

What ${format} does not know is an example to be replaced: services.ts (image, ports, resources), routing.ts,
environments.ts, and the head of index.ts. Then: fairlead generate --platform ${platform}`);
  return exitCodes.done;
}

/** Only what Prometheus evaluates, a file for each SLO: no catalog, and no unit tests of the rules. */
function writeRules({ platforms }: Model, folder: string): number {
  keepNothing();
  mkdirSync(folder, { recursive: true });
  let count = 0;
  for (const platform of platforms) {
    for (const environment of platform.environments) {
      // Of a thousand small files each promise would cost more than what it waits for.
      for (const { path, content } of rulesOf(platform, environment)) {
        writeFileSync(join(folder, basename(path)), content);
        count += 1;
      }
    }
  }
  printNote(`${count} rule files in ${folder}`);
  return exitCodes.done;
}
