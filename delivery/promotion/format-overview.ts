import stringWidth from "string-width";
import { readableSeconds } from "../../model/readable.ts";
import { printable, printableJson } from "../../problems/printable.ts";
import { readableTime, shortDigest } from "./asking.ts";
import type { EnvironmentRow, Overview, Standing } from "./overview.ts";

const COLUMNS = 80;
/** What fits on a screen beside the environments; the others are in JSON. */
const MOST_RELEASES = 12;
// Told apart by their shape, and by the word beside them.
const MARKS: Record<Standing, string> = { runs: "● runs", enters: "→ enters", was: "✔ was", never: "·" };

/** Which release runs where, on one screen of 80 columns, or as JSON. Nothing that others wrote can break out of it. */
export function formatOverview(overview: Overview, format: "text" | "json"): string {
  if (format === "json") return `${printableJson(overview)}\n`;
  const { platform, environments, releases } = overview;
  const rest = releases.length - MOST_RELEASES;
  const lines = [
    `${platform}: ${environments.map(({ environment }) => environment).join(" → ")}`,
    ...(releases.length === 0 ? ["no release yet: fairlead release create makes one"] : grid(overview)),
    ...(rest > 0 ? [`and ${rest} older: --format json`] : []),
    "",
    ...environments.flatMap(linesOf),
  ];
  return `${lines.map((line) => cut(printable(line), COLUMNS)).join("\n")}\n`;
}

function grid({ environments, releases }: Overview): string[] {
  const width = Math.max(8, Math.floor((COLUMNS - 26) / Math.max(1, environments.length)));
  const row = (cells: readonly string[]) =>
    cells.map((cell) => pad(cut(printable(cell), width - 1), width)).join("");
  return [
    `${pad("release", 26)}${row(environments.map(({ environment }) => environment))}`,
    ...releases
      .slice(0, MOST_RELEASES)
      .map(
        ({ release, madeAt, standing, hotfix }) =>
          `${pad(`${shortDigest(release)} ${madeAt.slice(0, 10)}${hotfix === undefined ? "" : " !"}`, 26)}${row(standing.map((one) => MARKS[one]))}`,
      ),
  ].map((line) => line.trimEnd());
}

function linesOf({ environment, runs, held, frozen, underWay, next }: EnvironmentRow): string[] {
  const since = runs && `${shortDigest(runs.release)} since ${readableTime(runs.since)}`;
  const soaked = runs && runs.seconds > 0 ? ` (${readableSeconds(runs.seconds)})` : "";
  return [
    `${environment}: ${since === undefined ? "nothing runs" : `${since}${soaked}`}`,
    ...(underWay
      ? [
          `  → ${shortDigest(underWay.release)} enters, by ${underWay.by} on ${underWay.host}, since ${readableTime(underWay.since)}`,
        ]
      : []),
    ...(held ? [`  ■ held: ${held.because}`] : []),
    ...(frozen ? [`  * frozen until ${readableTime(frozen.until)}: ${frozen.name}`] : []),
    ...(next ? [nextLine(next)] : []),
  ];
}

function nextLine({ release, may, open, earliest }: NonNullable<EnvironmentRow["next"]>): string {
  if (may) return `  ✔ ${shortDigest(release)} may enter`;
  const at = earliest === undefined ? "" : `, ${readableTime(earliest)}`;
  return `  ? ${shortDigest(release)} waits${at}: ${open.join(", ")}`;
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - stringWidth(text)));
}

/** As much of a text as fits; an ellipsis says that there was more. */
function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = "";
  for (const character of text) {
    if (stringWidth(kept + character) >= width) break;
    kept += character;
  }
  return `${kept}…`;
}
