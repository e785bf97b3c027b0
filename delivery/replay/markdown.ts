import { markdown, sentence, table } from "../../problems/markdown.ts";
import type { Explained } from "./explained.ts";
import { outcome, type Replay, verdicts } from "./replay.ts";

// A comment on a pull request holds 65,536 characters.
const MOST_ROWS = 50;

/** A replay for a comment on a pull request: the matrix, the flips that let something go on first, and why what was not judged again was not. */
export function replayMarkdown(
  { replayed, matrix, flips, notReplayable }: Replay,
  explained: Explained,
): string {
  const shown = [...flips].sort((a, b) => Number(b.letsGo) - Number(a.letsGo)).slice(0, MOST_ROWS);
  const rows = shown.map((flip) => {
    const { id, gate, release, environment, from, because, letsGo } = flip;
    return [
      id.slice(0, 12),
      `${release === undefined ? gate : `${gate} of ${release}`} in ${environment}`,
      `${from} → ${outcome(flip)}`,
      because,
      letsGo ? (explained.get(id)?.reason ?? "lets go on what stopped") : "",
    ];
  });
  const reasons = new Map<string, number>();
  for (const { because } of notReplayable) reasons.set(because, (reasons.get(because) ?? 0) + 1);
  const lost = [...reasons].map(([because, count]) => [String(count), because]).slice(0, MOST_ROWS);
  return markdown([
    sentence(`${replayed} decisions judged again: ${flips.length} come out otherwise.`),
    ...(replayed > 0
      ? [
          table(
            ["then \\ now", ...verdicts],
            verdicts.map((from) => [from, ...verdicts.map((to) => String(matrix[from][to]))]),
          ),
        ]
      : []),
    ...(rows.length > 0 ? [table(["Decision", "Of", "Verdict", "Why now", ""], rows)] : []),
    ...(flips.length > rows.length ? [sentence(`And ${flips.length - rows.length} more.`)] : []),
    ...(lost.length > 0 ? [sentence("Not judged again:"), table(["Decisions", "Why"], lost)] : []),
  ]);
}
