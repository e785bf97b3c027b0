import { printable } from "../../problems/printable.ts";
import type { Explained } from "./explained.ts";
import { type Flip, outcome, type Replay, verdicts } from "./replay.ts";

/** A replay for a person: how many flipped from what to what, each flip, what it touches, and what could not be judged again. */
export function formatReplay(replay: Replay, explained: Explained): string {
  const { replayed, flips, notReplayable } = replay;
  const touched = (of: (flip: Flip) => string | string[] | undefined) =>
    [...new Set(flips.flatMap((flip) => of(flip) ?? []))].sort().join(", ");
  const releases = touched(({ release }) => release);
  const services = touched((flip) => flip.services.map((service) => `${platformOf(flip)}/${service}`));
  const lines = [
    `${replayed} decisions judged again: ${flips.length} come out otherwise`,
    ...(replayed > 0 ? ["", ...matrixLines(replay)] : []),
    ...(flips.length > 0
      ? [
          "",
          `Gates touched: ${touched(({ gate }) => gate)}`,
          ...(services === "" ? [] : [`Services touched: ${services}`]),
          ...(releases === "" ? [] : [`Releases touched: ${releases}`]),
          "",
          ...flips.flatMap((flip) => flipLines(flip, explained)),
        ]
      : []),
    ...(notReplayable.length > 0
      ? [
          "",
          `Not replayable: ${notReplayable.length}`,
          ...notReplayable.map(
            ({ id, gate, because }) => `  ${short(id)}${gate === undefined ? "" : ` ${gate}`}: ${because}`,
          ),
        ]
      : []),
  ];
  return `${lines.map(printable).join("\n")}\n`;
}

function matrixLines({ matrix }: Replay): string[] {
  const width = Math.max(...verdicts.map((verdict) => verdict.length)) + 2;
  const row = (cells: readonly string[]) => cells.map((cell) => cell.padStart(width)).join("");
  return [
    row(["then \\ now", ...verdicts]),
    ...verdicts.map((from) => row([from, ...verdicts.map((to) => String(matrix[from][to]))])),
  ];
}

function flipLines(flip: Flip, explained: Explained): string[] {
  const { id, gate, environment, release, at, from, because, letsGo } = flip;
  const what = release === undefined ? gate : `${gate} of ${release}`;
  const reason = explained.get(id)?.reason;
  return [
    `${letsGo ? "!" : " "} ${short(id)} ${what} in ${environment}, ${at}: ${from} → ${outcome(flip)} (${because})`,
    ...(letsGo && reason !== undefined ? [`    explained: ${reason}`] : []),
  ];
}

const platformOf = ({ gate }: Flip) => gate.slice(0, gate.indexOf("/"));
const short = (id: string) => id.slice(0, 12);
