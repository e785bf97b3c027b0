import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { lockFilePath } from "../../../model/lock-file.ts";
import { expectSaid, lockFact, lockFileOf } from "../said-lock-file.ts";
import type { Deployer, Step, Work } from "../step.ts";
import { writeFenced } from "./fenced-file.ts";

/** Which environment, of the project in which folder. */
export interface LockedPlace {
  root: string;
  platform: string;
  environment: string;
}

/** Writes the lock file into the project; whoever reads it deploys. */
export function lockFileDeployer(place: LockedPlace): Deployer {
  return { steps: [lockFileStep(place)], lockFile: () => textOf(pathOf(place)) };
}

/** The step that writes the lock file into the project: refused where its file was edited by hand, except for a rollback, which writes it anew. */
export function lockFileStep(place: LockedPlace): Step {
  const path = pathOf(place);
  const drafts = join(place.root, ".fairlead/lock-files", place.platform);
  return {
    name: "lock-file",
    changes: true,
    // Under the token of who goes on: from then on the holder before is refused.
    again: () => true,
    async run(work) {
      expectUnedited(work, { text: await textOf(path), file: relative(place.root, path), ...place });
      const text = lockFileOf(work.target, work.held);
      const { at, held } = work;
      await writeFenced({ path, drafts, tokenIn }, { text, token: held.token, at });
      return { says: relative(place.root, path), facts: { lock: lockFact(text) } };
    },
  };
}

/** Throws a ProblemsError where a lock file was edited by hand; a rollback does not mind, since it writes it anew. */
export function expectUnedited(
  { read, writesAnew }: Work,
  file: { text: string | undefined; file: string; platform: string; environment: string },
): void {
  if (!writesAnew) expectSaid(read, file);
}

/** The token in the text of a lock file; absent in what is none. */
export function tokenIn(text: string): number | undefined {
  try {
    const { token } = JSON.parse(text) as { token?: unknown };
    return typeof token === "number" ? token : undefined;
  } catch {
    return undefined;
  }
}

function pathOf({ root, platform, environment }: LockedPlace): string {
  return join(root, lockFilePath(platform, environment));
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}
