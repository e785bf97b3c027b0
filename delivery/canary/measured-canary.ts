import { z } from "zod";
import { problemsIn, readYaml } from "../../catalog/load/yaml-file.ts";
import { type Location, type Problem, ProblemsError } from "../../problems/problem.ts";
import { explainIssues } from "../../problems/zod-issues.ts";
import { type CanaryPlan, type Observation, usualPlan } from "./judge.ts";

const share = z.number().gt(0).max(1);
const count = z.int().min(0);
const counted = z.strictObject({ errors: count, total: count });
const values = z.array(z.number());
const name = z.string().min(1).max(200);

const plan = z.strictObject({
  steps: z
    .array(share)
    .min(1)
    .default([...usualPlan.steps]),
  alpha: z.number().gt(0).lt(1).default(usualPlan.alpha),
  minimumSamples: z
    .strictObject({
      errors: count.default(usualPlan.minimumSamples.errors),
      values: count.default(usualPlan.minimumSamples.values),
      p95: count.default(usualPlan.minimumSamples.p95),
      p99: count.default(usualPlan.minimumSamples.p99),
    })
    .prefault({}),
  tolerance: z
    .strictObject({
      effect: z.number().min(0.5).max(1).default(usualPlan.tolerance.effect),
      quantile: z.number().min(1).default(usualPlan.tolerance.quantile),
      errorRatio: z.number().min(0).max(1).default(usualPlan.tolerance.errorRatio),
    })
    .prefault({}),
});

const measured = z.strictObject({
  step: share,
  plan: plan.prefault({}),
  metrics: z
    .array(
      z.discriminatedUnion("kind", [
        z.strictObject({ name, kind: z.literal("errors"), baseline: counted, canary: counted }),
        z.strictObject({ name, kind: z.literal("values"), baseline: values, canary: values }),
      ]),
    )
    .min(1),
});

/** A step of a canary as somebody measured it: which share of the traffic it had, what was seen, and by which plan it is judged. */
export interface MeasuredCanary {
  step: number;
  plan: CanaryPlan;
  observations: readonly Observation[];
  /** Where a metric, by its place in the list, is written. */
  locate(metric: number): Location;
}

/**
 * Reads a step of a canary, YAML or JSON, at a path from `root`; what its plan leaves out is as usual. Throws a ProblemsError with each
 * fault at its place; shares and errors are ratios, values in whatever unit both sides have.
 */
export async function readMeasuredCanary(root: string, file: string): Promise<MeasuredCanary> {
  const document = await readYaml(root, file);
  const parsed = measured.safeParse(document.value);
  if (!parsed.success || document.problems.length > 0) {
    const issues = parsed.success || document.value === undefined ? [] : parsed.error.issues;
    const wrong = problemsIn(document, explainIssues(issues, document.value, measured));
    throw new ProblemsError([...document.problems, ...wrong]);
  }
  const { step, plan, metrics } = parsed.data;
  const problems = [...stepProblems(step, plan), ...nameProblems(metrics)];
  if (problems.length > 0)
    throw new ProblemsError(
      problems.map(
        ({ way, ...problem }): Problem => ({
          ...problem,
          severity: "error",
          location: document.locate(way),
        }),
      ),
    );
  return { step, plan, observations: metrics, locate: (metric) => document.locate(["metrics", metric]) };
}

type Fault = Pick<Problem, "rule" | "message" | "fix"> & { way: (string | number)[] };

function stepProblems(step: number, { steps }: CanaryPlan): Fault[] {
  const rising = steps.every((share, i) => i === 0 || share > (steps[i - 1] ?? 0));
  const order: Fault = {
    rule: "canary/steps",
    message: `the steps ${steps.join(", ")} do not rise`,
    fix: "write each share once, the smallest first",
    way: ["plan", "steps"],
  };
  const unknown: Fault = {
    rule: "canary/steps",
    message: `${step} is no step of the plan, which has ${steps.join(", ")}`,
    fix: "write the share at which it was measured, or give the plan's steps",
    way: ["step"],
  };
  return [...(rising ? [] : [order]), ...(steps.includes(step) ? [] : [unknown])];
}

function nameProblems(metrics: readonly Observation[]): Fault[] {
  return metrics.flatMap((one, i) =>
    metrics.findIndex(({ name }) => name === one.name) === i
      ? []
      : [
          {
            rule: "canary/repeated-metric",
            message: `metric "${one.name}" is there twice`,
            fix: "put its samples together, or name them apart",
            way: ["metrics", i, "name"],
          },
        ],
  );
}
