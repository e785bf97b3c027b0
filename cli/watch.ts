import { type Round, watchOutput } from "../output/watch.ts";
import { exitCodes } from "./exit-codes.ts";
import { onInterrupt, printProblems, reportFailure } from "./run.ts";
import { printNote } from "./terminal.ts";

// More than a screen of them helps nobody.
const MOST_PATHS = 10;

/** `fairlead generate --watch`: until it is interrupted. */
export async function watch(options: { platform?: string[]; env?: string[] }): Promise<number> {
  const interrupted = new AbortController();
  onInterrupt(() => interrupted.abort());
  let isReady = false;
  let code: number = exitCodes.interrupted;
  await watchOutput(process.cwd(), {
    ...options,
    signal: interrupted.signal,
    onRound: async (round) => {
      await printProblems(round.project.problems);
      if (round.isPart || round.differences.length > 0 || !isReady) printNote(summary(round));
    },
    onFailure: async (error) => {
      const failed = await reportFailure(error);
      if (isReady || failed !== exitCodes.usage) return;
      code = failed;
      interrupted.abort();
    },
    onReady: () => {
      isReady = true;
      if (!interrupted.signal.aborted) printNote("watching catalog/, policies/ and promotion/; Ctrl-C ends");
    },
  });
  return code;
}

function summary({ differences, seconds }: Round): string {
  const lines = differences
    .slice(0, MOST_PATHS)
    .map(({ path, kind }) => `  ${kind === "stale" ? "removed" : "wrote"} ${path}`);
  const more = differences.length - lines.length;
  const count = differences.length === 1 ? "1 file" : `${differences.length} files`;
  return [
    `${count} changed in ${seconds.toFixed(2)} s`,
    ...lines,
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join("\n");
}
