import { byKey } from "./by-key.ts";
import type { Verdict } from "./trial.ts";

/** How many of the mutants that mean something else were noticed, from 0 to 1. */
export function killedShare(verdicts: readonly Verdict[]): number {
  const { killed, survived } = counts(verdicts);
  return killed / (killed + survived);
}

/** What a seeded run found, as Markdown: by kind, by platform, and each mutant that was not killed with the reason. */
export function mutationReport(verdicts: readonly Verdict[], seed: number): string {
  const { killed, survived } = counts(verdicts);
  const by = (what: string, key: (verdict: Verdict) => string) =>
    table(
      [what, "Tried", "Killed", "Survived", "Same meaning", "Not loadable"],
      [...byKey(verdicts, key)]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, own]) => [name, String(own.length), ...Object.values(counts(own)).map(String)]),
    );
  const alive = verdicts.filter(({ outcome }) => outcome === "survived" || outcome === "same");
  return [
    "# Mutation of generated rules",
    `Made by \`npm run test:long\` with seed ${seed}: ${verdicts.length} mistakes, each in one rule of one generated file, tried by the generated unit tests with promtool. ` +
      `Of ${killed + survived} that mean something else the tests noticed ${killed}: ${(killedShare(verdicts) * 100).toFixed(1)} %; at least 95 % are required.`,
    by("Kind", ({ mutant }) => mutant.kind),
    by("Platform", ({ rules }) => rules.platform),
    "## Not noticed",
    table(
      ["Rules", "Mutant", "Outcome", "Why"],
      alive.map(({ rules, mutant, outcome, reason }) => [
        `${rules.platform}/${rules.path}`,
        mutant.name,
        outcome === "same" ? "same meaning" : "survived",
        reason || "no example shows the difference",
      ]),
    ),
    "## Noticed",
    table(
      ["Rules", "Mutant", "What promtool said first"],
      verdicts
        .filter(({ outcome }) => outcome === "killed")
        .map(({ rules, mutant, reason }) => [`${rules.platform}/${rules.path}`, mutant.name, brief(reason)]),
    ),
  ].join("\n\n");
}

function counts(verdicts: readonly Verdict[]) {
  const of = (wanted: Verdict["outcome"]) => verdicts.filter(({ outcome }) => outcome === wanted).length;
  return { killed: of("killed"), survived: of("survived"), same: of("same"), invalid: of("invalid") };
}

const LONGEST = 160;

function brief(said: string): string {
  return said.length <= LONGEST ? said : `${said.slice(0, LONGEST)} …`;
}

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => "-"), ...rows.map((row) => row.map(cell))]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

// Label sets have pipes, braces and underscores: as code they stay what they are.
function cell(text: string): string {
  return /^[\w ./-]*$/.test(text) ? text : `\`${text.replaceAll("`", "'").replaceAll("|", "\\|")}\``;
}
