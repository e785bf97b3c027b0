import { compareModels, type DiffFormat, formatChanges, modelAt } from "../diff/index.ts";
import { loadProject, restrict, selectedOf } from "../model/project.ts";
import { exitCodes } from "./exit-codes.ts";
import { printData } from "./terminal.ts";

/** `fairlead diff BASE`. */
export async function diff(
  base: string,
  options: { platform?: string[]; format: DiffFormat },
): Promise<number> {
  const { root, model } = await loadProject(process.cwd());
  const { title, model: before } = await modelAt(base, root);
  // A platform can be named that is on one side alone.
  const platformNames = [...model.platforms, ...before.platforms].map(({ name }) => name);
  const selected = selectedOf({ platformNames, environments: [] }, options);
  const changes = compareModels(restrict(before, selected), restrict(model, selected));
  printData(formatChanges(changes, options.format, title));
  return exitCodes.done;
}
