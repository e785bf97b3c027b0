import type { AppliedCriterion, ObjectiveResult, Policy } from "../gate/decision.ts";
import { scored } from "../gate/evaluate.ts";

type Path = (string | number)[];
type Outcome = "holds" | "does not hold";

/** A criterion that decided in no case by holding, or in none by not holding. */
export interface Undecided {
  objective: string;
  text: string;
  never: Outcome;
  /** From the policy's root. */
  path: Path;
}

/**
 * Which criteria the cases have tried. One is tried when it alone decided its objective's verdict once by holding and once by not holding:
 * modified condition/decision coverage (DO-178C), so that a criterion which could be left out, or turned round, is told.
 */
export class Coverage {
  readonly #decided = new Set<string>();

  /** Notes what decided in one case. */
  add(results: readonly ObjectiveResult[]): void {
    for (const [o, result] of results.entries()) {
      for (const kind of ["pass", "warn"] as const) {
        for (const [e, entry] of result[kind].entries()) {
          for (const [c, { outcome }] of entry.entries())
            if (decides(result, { kind, e, c }))
              this.#decided.add(keyOf(["objectives", o, kind, e, c], outcome));
        }
      }
    }
  }

  /** What the cases of a policy have left untried, in the policy's order. */
  undecided(policy: Policy): Undecided[] {
    return everyCriterion(policy).flatMap(({ objective, text, path }) =>
      (["holds", "does not hold"] as const)
        .filter((outcome) => !this.#decided.has(keyOf(path, outcome)))
        .map((never) => ({ objective, text, never, path })),
    );
  }
}

/** Every criterion that can decide: those of objectives that only inform cannot. */
export function everyCriterion(policy: Policy): { objective: string; text: string; path: Path }[] {
  return policy.objectives.flatMap((objective, o) =>
    objective.pass === undefined
      ? []
      : (["pass", "warn"] as const).flatMap((kind) =>
          (objective[kind] ?? []).flatMap((entry, e) =>
            entry.map(({ text }, c) => ({
              objective: objective.name,
              text,
              path: ["objectives", o, kind, e, c],
            })),
          ),
        ),
  );
}

/** Whether the objective's verdict would be another if this criterion alone had gone the other way. */
function decides(
  result: ObjectiveResult,
  { kind, e, c }: { kind: "pass" | "warn"; e: number; c: number },
): boolean {
  if (result.verdict === "informs") return false;
  const turned = result[kind].map((entry, i) =>
    i === e ? entry.map((one, j) => (j === c ? turnedRound(one) : one)) : entry,
  );
  const { pass, warn, weight }: ObjectiveResult = { ...result, [kind]: turned };
  return scored({ pass, warn, weight, isScored: true }).verdict !== result.verdict;
}

function turnedRound(one: AppliedCriterion): AppliedCriterion {
  if (one.outcome === "holds") return { ...one, outcome: "does not hold" };
  return one.outcome === "does not hold" ? { ...one, outcome: "holds" } : one;
}

function keyOf(path: Path, outcome: string): string {
  return `${path.join("/")} ${outcome}`;
}
