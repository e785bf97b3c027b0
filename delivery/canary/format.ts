import { readablePercent } from "../../model/readable.ts";
import { markdown, quoted, table } from "../../problems/markdown.ts";
import { printable, printableJson } from "../../problems/printable.ts";
import type { Location, Problem } from "../../problems/problem.ts";
import type { CanaryDecision, CanaryTest } from "./judge.ts";
import type { MeasuredCanary } from "./measured-canary.ts";

const SIGNS = {
  ...{ continue: "✔", hold: "?", "roll back": "✖" },
  ...{ "not worse": "✔", "too few samples": "?", worse: "✖" },
} as const;

/** What is decided of a step, for a terminal, a program, or a comment on a pull request. Nothing in it can break out of its place. */
export function formatCanary(
  decision: CanaryDecision,
  { of, format }: { of: MeasuredCanary; format: "text" | "json" | "markdown" },
): string {
  const { step, plan } = of;
  if (format === "json") return `${printableJson({ step, plan, ...decision })}\n`;
  if (format === "markdown") return page(decision, of);
  const lines = [
    headline(decision, of),
    `  ${spent(decision, of)}`,
    ...decision.tests.map(
      (one) => `  ${SIGNS[one.outcome]} ${one.metric}, ${one.test}: ${one.outcome} (${reason(one)})`,
    ),
  ];
  return `${lines.map(printable).join("\n")}\n`;
}

/** What a decision has against the canary, at the metrics that it lies in: an error for each that is worse, a warning for each with too few samples. */
export function canaryProblems({ tests }: CanaryDecision, of: MeasuredCanary): Problem[] {
  return tests.flatMap(({ metric, test, outcome, because }): Problem[] => {
    if (outcome === "not worse") return [];
    const location: Location = of.locate(of.observations.findIndex(({ name }) => name === metric));
    const isWorse = outcome === "worse";
    return [
      {
        rule: isWorse ? "canary/worse" : "canary/too-few-samples",
        severity: isWorse ? "error" : "warning",
        message: `${metric}, ${test}: ${because}`,
        location,
      },
    ];
  });
}

function headline({ decision, because }: CanaryDecision, { step, plan }: MeasuredCanary): string {
  const next = plan.steps[plan.steps.indexOf(step) + 1];
  const onward = next === undefined ? "it has all of the traffic" : `to ${readablePercent(next)}`;
  const what = { continue: `continue: ${onward}`, hold: "hold", "roll back": "roll back" }[decision];
  return `${SIGNS[decision]} at ${readablePercent(step)} of the traffic: ${what} (${because})`;
}

function spent({ alpha }: CanaryDecision, { plan }: MeasuredCanary): string {
  return `a false alarm has a chance of ${readablePercent(alpha)} at this step, ${readablePercent(plan.alpha)} over all ${plan.steps.length}`;
}

function reason({ p, because }: CanaryTest): string {
  return p === undefined ? because : `${because}; p ${p.toPrecision(2)}`;
}

function page(decision: CanaryDecision, of: MeasuredCanary): string {
  const rows = decision.tests.map((one) => [
    one.metric,
    one.test,
    `${SIGNS[one.outcome]} ${one.outcome}`,
    reason(one),
  ]);
  return markdown([
    { type: "heading", depth: 3, children: [quoted(headline(decision, of))] },
    { type: "paragraph", children: [quoted(spent(decision, of))] },
    table(["Metric", "Test", "Outcome", "Why"], rows),
  ]);
}
