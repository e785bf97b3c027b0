import type { Environment, Platform } from "../model/model.ts";
import { ProblemsError } from "../problems/problem.ts";

/**
 * The environment that a lab plays: the platform's one on a single machine, at a drill's pace, told of in the formats of the environment that a
 * release reaches last. Throws a ProblemsError where the platform has none on one machine.
 */
export function labEnvironment({ name, environments, origin }: Platform): Environment {
  const local = environments.find(({ target }) => target === "local");
  const last = environments.at(-1);
  if (local && last) return { ...local, pace: "drill", receivers: last.receivers, maintenance: [] };
  throw new ProblemsError([
    {
      rule: "lab/no-environment",
      severity: "error",
      message: `${name} has no environment whose target is local`,
      path: origin.label,
      fix: 'add one to its environments, with target: "local"',
    },
  ]);
}
