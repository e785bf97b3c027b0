// The stacks of an environment, as a promotion plans and applies them.
import { join } from "node:path";
import { changesAnything, dataLostBy, type PlanSummary } from "../../delivery/plan/format.ts";
import { planFolder } from "../../delivery/plan/saved-plan.ts";
import type { Stacks, StacksPlan } from "../../delivery/promotion/deployers/terraform.ts";
import { loadProject } from "../../model/project.ts";
import { applyPlan } from "./apply.ts";
import { makePlan, PLANS } from "./plan.ts";
import type { RunFolder } from "./run-folder.ts";
import { openTerraformData } from "./terraform.ts";

/** Which stacks, and what was said of their cluster. */
export interface StacksPlace {
  root: string;
  platform: string;
  environment: string;
  confirmedContext?: string | undefined;
}

/** The stacks, read anew for every plan: a lock file that was just written gives them their images. What was planned here is applied without setting Terraform up again. */
export function promotionStacks(stacks: StacksPlace): Stacks {
  const { root, confirmedContext } = stacks;
  let last: { summary: PlanSummary; data: RunFolder } | undefined;
  const forget = async () => {
    await last?.data.remove();
    last = undefined;
  };
  return {
    async plan(reporting) {
      await forget();
      last = await planned(stacks, reporting);
      return answerOf(last.summary);
    },
    async apply(digest, { signal, say }) {
      try {
        const folder = await planFolder(join(root, PLANS), digest);
        const told = { folder, digest, confirmedContext, confirmedLosses: [], signal, say };
        await applyPlan({ ...told, planned: last });
      } finally {
        await forget();
      }
    },
  };
}

async function planned(
  { root, platform, environment, confirmedContext }: StacksPlace,
  reporting: Parameters<Stacks["plan"]>[0],
): Promise<{ summary: PlanSummary; data: RunFolder }> {
  const project = await loadProject(root, { platforms: [platform], lockFiles: [{ platform, environment }] });
  const found = project.model.platforms.find(({ name }) => name === platform);
  const place = found?.environments.find(({ name }) => name === environment);
  if (!found || !place) throw new Error(`${platform} in ${environment} was not read`);
  const about = { project, platform: found, environment: place };
  const data = await openTerraformData();
  try {
    return { summary: await makePlan({ ...about, confirmedContext, data, ...reporting }), data };
  } catch (error) {
    await data.remove();
    throw error;
  }
}

function answerOf(plan: PlanSummary): StacksPlan {
  const number = plan.layers.reduce((sum, { changes }) => sum + changes.length, 0);
  return {
    digest: plan.digest,
    says: `${number} changes, plan ${plan.digest.slice(0, 12)}`,
    changes: changesAnything(plan),
    waits: plan.layers.some(({ waits }) => waits !== undefined),
    loses: dataLostBy(plan),
  };
}
