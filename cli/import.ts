import { join } from "node:path";
import { type Format, importPlatform, writePlatform } from "../interchange/import.ts";
import { exitCodes } from "./exit-codes.ts";
import { printProblems } from "./run.ts";
import { printNote } from "./terminal.ts";

export interface ImportOptions {
  platform: string;
  out?: string;
}

/** `fairlead import sloth|openslo FILE…`. */
export async function importFiles(format: Format, files: string[], options: ImportOptions): Promise<number> {
  const { platform } = options;
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
