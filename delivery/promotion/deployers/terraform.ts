import { type Problem, ProblemsError } from "../../../problems/problem.ts";
import type { Deployer, Step, Work } from "../step.ts";
import { type LockedPlace, lockFileDeployer } from "./lock-file.ts";

/** The environment's stacks and its cluster; whoever runs Terraform gives it. */
export interface Stacks {
  /** Plans what the catalog and the lock file say now; saved under its digest. */
  plan(run: Running): Promise<StacksPlan>;
  /** Applies exactly that plan. Throws a ProblemsError where it was altered, or the state has moved on. */
  apply(digest: string, run: Running): Promise<void>;
}

/** Who hears of it, and what ends it early. */
export type Running = Pick<Work, "signal" | "say">;

/** What a plan would do. */
export interface StacksPlan {
  digest: string;
  /** In words, such as "2 to create". */
  says: string;
  changes: boolean;
  /** Whether a part of it can only be planned once the rest was applied. */
  waits: boolean;
  /** Objects, as KIND/NAME, whose data would go with it. */
  loses: readonly string[];
}

/** How often is planned again what waits for an earlier layer: there are three. */
const ROUNDS = 3;

/**
 * Writes the lock file, then plans and applies the stacks that it gives its images to. Loss of data is never confirmed by a promotion. `approve` comes
 * between: what has to be true in the cluster before pods of the release may begin.
 */
export function terraformDeployer(
  place: LockedPlace,
  { stacks, approve }: { stacks: Stacks; approve?: Step | undefined },
): Deployer {
  const written = lockFileDeployer(place);
  const between = approve ? [approve] : [];
  return {
    ...written,
    steps: [...written.steps, ...between, planStep(place, stacks), applyStep(place, stacks)],
  };
}

function planStep(place: LockedPlace, stacks: Stacks): Step {
  return {
    name: "plan",
    changes: false,
    // A plan that was applied in part is stale.
    again: (done) => !done.has("apply"),
    async run(work) {
      const plan = await safePlan(place, stacks, work);
      return { says: plan.says, facts: { plan: plan.digest, ...(plan.waits && { waits: "true" }) } };
    },
  };
}

function applyStep(place: LockedPlace, stacks: Stacks): Step {
  return {
    name: "apply",
    changes: true,
    async run(work) {
      const { plan: digest, waits } = work.facts.get("plan") ?? work.facts.get("back-plan") ?? {};
      if (digest === undefined) throw new Error("apply comes after plan");
      await stacks.apply(digest, work);
      await work.at("applied once");
      let isWaiting = waits === "true";
      for (let round = 1; isWaiting && round < ROUNDS; round++) {
        const rest = await safePlan(place, stacks, work);
        if (!rest.changes) break;
        await stacks.apply(rest.digest, work);
        isWaiting = rest.waits;
      }
      return { facts: { plan: digest } };
    },
  };
}

async function safePlan(place: LockedPlace, stacks: Stacks, work: Work): Promise<StacksPlan> {
  const plan = await stacks.plan(work);
  if (plan.loses.length > 0) throw new ProblemsError(plan.loses.map((name) => loss(name, place)));
  return plan;
}

function loss(name: string, { platform, environment }: LockedPlace): Problem {
  return {
    rule: "promotion/loses-data",
    severity: "error",
    message: `${name} would go, and its data with it: no promotion does that`,
    fix: `if that is what you mean, do it by hand first: fairlead plan --platform ${platform} --env ${environment}, then fairlead apply with --confirm-destroy ${name}`,
  };
}
