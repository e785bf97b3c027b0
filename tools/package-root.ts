import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the fairlead package, whether this runs from its sources, from dist/ or from node_modules. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "tools", "go"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("the fairlead package is incomplete: it has no folder tools/go");
    folder = parent;
  }
  return folder;
}
