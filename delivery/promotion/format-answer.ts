import { markdown, quoted, table } from "../../problems/markdown.ts";
import { printable, printableJson } from "../../problems/printable.ts";
import { readableTime, shortDigest } from "./asking.ts";
import type { EntryAnswer, EntryRequest, Pending, Requirement } from "./requirement.ts";

/** The forms of an answer. */
export type AnswerFormat = "text" | "json" | "markdown";

const SIGNS = { met: "✔", "not met": "✖", unknown: "?" } as const;

/** Whether a release may enter, and why, for a terminal, a program, or a pull request. Nothing in it can break out of its place. */
export function formatAnswer(
  answer: EntryAnswer,
  { request, format }: { request: EntryRequest; format: AnswerFormat },
): string {
  const { release, environment } = request;
  if (format === "json") return `${printableJson({ release, environment, ...answer })}\n`;
  if (format === "markdown") return page(answer, request);
  const lines = [
    headline(answer, request),
    ...notes(answer).map((note) => `  ${note}`),
    ...answer.asked.flatMap(linesOf),
  ];
  return `${lines.map(printable).join("\n")}\n`;
}

const WAITS_FOR: Record<Pending, string> = {
  release: "there is nothing that could enter",
  holder: "another promotion is under way",
  requirements: "not all is met",
  evidence: "not all is known",
  approvals: "only approvals are missing",
};

function headline({ may, way, pending }: EntryAnswer, { release, environment }: EntryRequest): string {
  const by = way === "usual" ? "" : `, as ${way === "override" ? "an emergency" : `a ${way}`}`;
  if (may) return `✔ ${shortDigest(release)} may enter ${environment}${by}`;
  return `✖ ${shortDigest(release)} may not enter ${environment}${by}: ${WAITS_FOR[pending ?? "requirements"]}`;
}

function notes({ override, earliest }: EntryAnswer): string[] {
  return [
    ...(override
      ? [
          `override by ${override.by} (${override.role}) until ${readableTime(override.until)}: ${override.reason}`,
        ]
      : []),
    ...(earliest === undefined ? [] : [`at the earliest at ${readableTime(earliest)}`]),
  ];
}

function signOf({ answer, isOverridden }: Requirement): string {
  return isOverridden ? "!" : SIGNS[answer];
}

function linesOf(one: Requirement): string[] {
  const { asked, because, wayOut, answer, isOverridden } = one;
  const over = isOverridden ? " (overridden)" : "";
  return [
    `  ${signOf(one)} ${asked}${over}: ${because}`,
    ...(answer === "met" || wayOut === undefined ? [] : [`      → ${wayOut}`]),
  ];
}

function page(answer: EntryAnswer, request: EntryRequest): string {
  const rows = answer.asked.map((one) => [
    `${signOf(one)} ${one.isOverridden ? "overridden" : one.answer}`,
    one.asked,
    one.because,
    one.answer === "met" ? "" : (one.wayOut ?? ""),
  ]);
  return markdown([
    { type: "heading", depth: 3, children: [quoted(headline(answer, request))] },
    ...notes(answer).map((note) => ({ type: "paragraph" as const, children: [quoted(note)] })),
    table(["", "What is asked", "Why", "What to do"], rows),
  ]);
}
