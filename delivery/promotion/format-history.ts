import { readableSeconds } from "../../model/readable.ts";
import { markdown, sentence, table } from "../../problems/markdown.ts";
import { printable, printableJson } from "../../problems/printable.ts";
import { readableTime, shortDigest } from "./asking.ts";
import type { AnswerFormat } from "./format-answer.ts";
import type { PromotionTold } from "./history.ts";

const SIGNS: Record<PromotionTold["outcome"], string> = {
  ...{ promoted: "✔", "rolled-back": "↩", aborted: "✖", failed: "✖", "under way": "→" },
};

/** Promotions for a terminal, a program, or a change board. Nothing in them can break out of its place. */
export function formatHistory(promotions: readonly PromotionTold[], format: AnswerFormat): string {
  if (format === "json") return `${printableJson({ promotions })}\n`;
  if (format === "markdown") return page(promotions);
  if (promotions.length === 0) return "no promotion yet\n";
  return `${promotions.flatMap(linesOf).map(printable).join("\n")}\n`;
}

function what({ release, from, environment, way }: PromotionTold): string {
  const before = from === undefined ? "" : ` after ${shortDigest(from)}`;
  return `${shortDigest(release)} in ${environment}${before}${way === "usual" ? "" : ` (${way})`}`;
}

function ended({ outcome, seconds, says }: PromotionTold): string {
  const took = seconds === undefined ? "" : ` in ${readableSeconds(Math.max(0, seconds))}`;
  return `${outcome}${took}${says === undefined ? "" : `: ${says}`}`;
}

function linesOf(one: PromotionTold): string[] {
  return [
    `${SIGNS[one.outcome]} ${readableTime(one.begunAt)}  ${what(one)}, by ${one.by}: ${ended(one)}`,
    `    promotion ${one.promotion.slice(0, 8)}`,
    ...one.because.map((reason) => `    ${reason}`),
  ];
}

function page(promotions: readonly PromotionTold[]): string {
  if (promotions.length === 0) return markdown([sentence("No promotion yet.")]);
  const rows = promotions.map((one) => [
    one.promotion.slice(0, 8),
    readableTime(one.begunAt),
    what(one),
    one.by,
    `${SIGNS[one.outcome]} ${ended(one)}`,
    one.because.join("; "),
  ]);
  return markdown([table(["Promotion", "Begun", "Release", "By", "Outcome", "Why it might enter"], rows)]);
}
