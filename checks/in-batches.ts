import type { Problem } from "../problems/problem.ts";
import { twoAtATime } from "./two-at-a-time.ts";

/** How files are checked. */
interface Batches<T> {
  /** Most files that one run is given. */
  size: number;
  /** One run of the tool on several files: whether it has nothing to say on any of them. */
  passes: (files: readonly T[]) => Promise<boolean>;
  /** One run on a single file, and what it says. */
  problems: (file: T) => Promise<Problem[]>;
  done?: (files: number) => void;
}

/**
 * Gives a tool several files at once, since to start it for each takes as long as its work, and one by one only those of a run
 * that failed: what it says then belongs to one file.
 */
export async function inBatches<T>(files: readonly T[], batches: Batches<T>): Promise<Problem[]> {
  const { size, passes, problems, done = () => {} } = batches;
  const groups = Array.from({ length: Math.ceil(files.length / size) }, (_, i) =>
    files.slice(i * size, (i + 1) * size),
  );
  const found = await twoAtATime(groups, async (group) => {
    const said: Problem[] = [];
    if (group.length === 1 || !(await passes(group))) {
      for (const file of group) said.push(...(await problems(file)));
    }
    done(group.length);
    return said;
  });
  return found.flat();
}
