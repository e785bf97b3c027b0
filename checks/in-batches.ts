import type { Problem } from "../problems/problem.ts";
import type { Passed } from "./passed.ts";
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
  passed: Passed;
  /** All that the tool's answer on a file depends on. */
  inputs: (file: T) => readonly string[];
}

/**
 * Gives a tool several files at once, since to start it for each takes as long as its work, and one by one only those of a run
 * that failed: what it says then belongs to one file.
 */
export async function inBatches<T>(all: readonly T[], batches: Batches<T>): Promise<Problem[]> {
  const { size, passes, problems, done = () => {}, passed, inputs } = batches;
  const files = all.filter((file) => !passed.has(inputs(file)));
  if (files.length < all.length) done(all.length - files.length);
  const groups = Array.from({ length: Math.ceil(files.length / size) }, (_, i) =>
    files.slice(i * size, (i + 1) * size),
  );
  const found = await twoAtATime(groups, async (group) => {
    const isRight = group.length > 1 && (await passes(group));
    const said: Problem[] = [];
    for (const file of group) {
      const found = isRight ? [] : await problems(file);
      if (found.length === 0) await passed.add(inputs(file));
      said.push(...found);
    }
    done(group.length);
    return said;
  });
  return found.flat();
}
