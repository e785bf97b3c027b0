import { printable } from "../../problems/printable.ts";
import { shortDigest } from "./asking.ts";
import type { Answer, Outcome } from "./site.ts";

/** How a promotion ended, for a terminal. Nothing that others wrote can break out of it. */
export function outcomeText(outcome: Outcome): string {
  const { release, environment, platform, runs, because, held, seconds } = outcome;
  const took = `after ${seconds.toFixed(1)} s`;
  const place = `${platform} in ${environment}`;
  const now = runs === undefined ? "nothing runs there" : `${shortDigest(runs)} runs there`;
  const isBack = outcome.outcome === "rolled-back" && runs === release;
  const lines =
    outcome.outcome === "promoted" || isBack
      ? [`✓ ${shortDigest(release)} ${isBack ? "runs again in" : "is promoted to"} ${place} ${took}`]
      : [
          `${outcome.inconclusive ? "?" : "✖"} ${shortDigest(release)}: ${outcome.outcome} in ${place} ${took}; ${now}`,
          ...(because === undefined ? [] : [`  ${because}`]),
        ];
  const letGo = `  nothing enters ${environment} by itself until: fairlead let-go --platform ${platform} --env ${environment} --because REASON`;
  return [...lines, ...(held ? [letGo] : [])].map(printable).join("\n");
}

/** What would be done, for a terminal. */
export function previewText({ answer, steps }: { answer: Answer; steps: readonly string[] }): string {
  const { may, way, because } = answer;
  const lines = [
    may ? `✓ it may enter (${way})` : "✖ it may not enter",
    ...because.map((one) => `  ${one}`),
    ...(may ? [`it would go through: ${steps.join(", ")}`] : []),
  ];
  return lines.map(printable).join("\n");
}
