import type { RootContent } from "mdast";
import { readablePercent } from "../../model/readable.ts";
import { markdown, quoted, table } from "../../problems/markdown.ts";
import { printable, printableJson } from "../../problems/printable.ts";
import type { AppliedCriterion, Decision, DecisionSubject, ObjectiveResult } from "./decision.ts";

export type DecisionFormat = "text" | "json" | "markdown";

/** A decision for a terminal, a program, or a comment on a pull request. Nothing in it can break out of its place. */
export function formatDecision(
  decision: Decision,
  { subject, format }: { subject: DecisionSubject; format: DecisionFormat },
): string {
  if (format === "json") return `${printableJson({ ...subject, ...decision })}\n`;
  if (format === "markdown") return page(decision, subject);
  const lines = [
    headline(decision, subject),
    ...notes(decision),
    ...decision.objectives.flatMap(objectiveLines),
  ];
  return `${lines.map(printable).join("\n")}\n`;
}

const SIGNS = { pass: "✔", warn: "!", fail: "✖", inconclusive: "?", informs: "·" } as const;

function headline({ verdict, because, blocks, level }: Decision, subject: DecisionSubject): string {
  const { gate, environment, release } = subject;
  const what = release === undefined ? "" : ` of ${release}`;
  const stays = blocks ? "the release stays" : "the release may go on";
  return `${SIGNS[verdict]} ${gate}${what} in ${environment}: ${verdict} (${because}); the gate is ${level}: ${stays}`;
}

function notes({ override, bootstrap, score }: Decision): string[] {
  return [
    ...(override
      ? [
          `  override by ${override.by} (${override.role}) ${override.counts ? "counts" : "does not count"}: ${override.because}`,
        ]
      : []),
    ...(bootstrap
      ? [`  without anything to compare with until ${bootstrap.until}: ${bootstrap.reason}`]
      : []),
    `  passes at ${readablePercent(score.pass)} of the points, with a warning at ${readablePercent(score.warn)}`,
  ];
}

function objectiveLines(result: ObjectiveResult): string[] {
  const { name, verdict, key, score, weight } = result;
  const points = verdict === "informs" ? "" : `, ${score} of ${weight}`;
  return [
    `  ${SIGNS[verdict]} ${name}${key ? " (key)" : ""}: ${valueText(result)}${points}`,
    ...details(result).map((line) => `      ${line}`),
  ];
}

function valueText({ value, unit, samples }: ObjectiveResult): string {
  if (value === undefined) return "no value";
  const of = samples === undefined ? "" : ` of ${samples} samples`;
  return `${Number(value.toPrecision(6))} ${unit}${of}`;
}

function details({ because, compared, source, ...result }: ObjectiveResult): string[] {
  const asked = [
    ...criteriaText("passes", result.pass),
    ...(result.verdict === "pass" ? [] : criteriaText("warns", result.warn)),
  ];
  return [
    ...(because === undefined ? [] : [because]),
    ...asked,
    ...(compared
      ? [
          `compared with ${Number(compared.value.toPrecision(6))}: ${compared.aggregate} of ${compared.runs.join(", ")}`,
        ]
      : []),
    ...(source ? [`from ${source.origin}, ${source.at}, ${source.digest}`] : []),
  ];
}

function criteriaText(what: "passes" | "warns", entries: readonly (readonly AppliedCriterion[])[]): string[] {
  if (entries.length === 0) return [];
  const one = ({ text, limit, operator, outcome }: AppliedCriterion) => {
    const inNumbers =
      limit !== undefined && /[+-]/.test(text) ? `, that is ${operator}${Number(limit.toPrecision(6))}` : "";
    return `${text} (${outcome}${inNumbers})`;
  };
  return [`${what} at ${entries.map((entry) => entry.map(one).join(" and ")).join(", or ")}`];
}

function page(decision: Decision, subject: DecisionSubject): string {
  const rows = decision.objectives.map((result) => [
    `${result.name}${result.key ? " (key)" : ""}`,
    `${SIGNS[result.verdict]} ${result.verdict}`,
    valueText(result),
    details(result).join("; "),
  ]);
  return markdown([
    { type: "heading", depth: 3, children: [quoted(headline(decision, subject))] },
    ...notes(decision).map((note): RootContent => ({ type: "paragraph", children: [quoted(note.trim())] })),
    table(["Objective", "Verdict", "Value", "Why"], rows),
  ]);
}
