import { type PlannedChange, plannedChanges } from "../../delivery/plan/changes.ts";
import { dataLostBy, type PlanSummary } from "../../delivery/plan/format.ts";
import {
  readSavedPlan,
  type SavedLayer,
  type SavedPlan,
  stackFolder,
} from "../../delivery/plan/saved-plan.ts";
import { explained } from "../../delivery/plan/terraform-words.ts";
import { type Problem, ProblemsError } from "../../problems/problem.ts";
import { allEnded } from "./all-ended.ts";
import { type Access, accessFor, expectCluster, expectPlannedHere } from "./cluster.ts";
import { prepareTools } from "./prepare-tools.ts";
import { withPods } from "./rollout.ts";
import { inEach, type StackTerraform, type TerraformRun, withTerraformData } from "./terraform.ts";

/** Which plan is applied, and what of it was confirmed. */
export interface ApplyRequest {
  folder: string;
  /** The begin of the digest that it must have. */
  digest?: string | undefined;
  /** What was planned by this very process: it is set up already, and what it does is known. */
  planned?: PlannedHere | undefined;
  confirmedContext?: string | undefined;
  /** Objects, as KIND/NAME, whose data may be lost. */
  confirmedLosses: readonly string[];
  signal: AbortSignal;
  say: (line: string) => void;
}

/** A plan in the process that made it. */
export interface PlannedHere {
  summary: PlanSummary;
  /** The folder that it was made with. */
  data: TerraformRun["data"];
}

/** What was applied. */
export interface Applied {
  digest: string;
  platform: string;
  environment: string;
  layers: { layer: string; changes: PlannedChange[]; waits?: string }[];
}

/**
 * Applies exactly the plan of a folder, layer by layer. Before anything is done, all of it is looked at: its digest, whether each layer's state
 * is still the one that was planned on, and whether every loss of data was confirmed. Throws a ProblemsError.
 */
export async function applyPlan(request: ApplyRequest): Promise<Applied> {
  const { folder, signal, say, confirmedContext } = request;
  const { plan, digest } = await readSavedPlan(folder, { digest: request.digest });
  const access = await accessFor({ ...plan, confirmedContext, signal });
  expectPlannedHere(access, plan);
  const planned = request.planned?.summary.digest === digest ? request.planned : undefined;
  const providers = await prepareTools(["terraform", "kubectl"], () => {});
  await expectCluster(access);
  const done = await withTerraformData(planned?.data, async (data) => {
    const run = { access, providers, data };
    const layers = await layersToApply(plan, { folder, known: planned?.summary.layers, run });
    expectSameStates(layers, plan.context);
    expectConfirmed(layers, request.confirmedLosses);
    await applyInOrder(layers, { access, say });
    return new Map(layers.map(({ saved, changes }) => [saved.id, changes]));
  });
  const { platform, environment } = plan;
  return {
    ...{ digest, platform, environment },
    layers: plan.layers.map(({ id, layer, waits }) => ({
      layer,
      changes: done.get(id) ?? [],
      ...(waits !== undefined && { waits }),
    })),
  };
}

/** What there is to do, and on which states; `known`: what each layer's plan does, where that need not be read from it. */
async function layersToApply(
  { layers }: SavedPlan,
  { folder, known, run }: { folder: string; known: PlanSummary["layers"] | undefined; run: TerraformRun },
): Promise<LayerToApply[]> {
  const stacks = layers
    .filter(({ waits }) => waits === undefined)
    .map((saved) => ({ saved, id: saved.id, folder: stackFolder(folder, saved) }));
  return allEnded(
    inEach(stacks, { ...run, init: known ? "done" : "locked" }, async (terraform, { saved }) => {
      const changes = known?.find(({ layer }) => layer === saved.layer)?.changes;
      if (changes) return { saved, terraform, state: await terraform.state(), changes };
      const [state, shown] = await allEnded([terraform.state(), terraform.show()]);
      return { saved, terraform, state, changes: plannedChanges(shown) };
    }),
  );
}

interface LayerToApply {
  saved: SavedLayer;
  terraform: StackTerraform;
  /** The state that there is now. */
  state: SavedLayer["state"];
  changes: PlannedChange[];
}

/** Terraform looks again when it applies; by then the layers before would be applied already. */
function expectSameStates(layers: readonly LayerToApply[], context: string): void {
  const problems = layers
    .filter(({ saved, state }) => JSON.stringify(saved.state ?? null) !== JSON.stringify(state ?? null))
    .flatMap(({ saved }) =>
      explained([{ severity: "error", summary: "Saved plan is stale" }], { stack: saved.id, context }),
    );
  if (problems.length > 0) throw new ProblemsError(problems);
}

function expectConfirmed(layers: readonly LayerToApply[], confirmed: readonly string[]): void {
  const all = layers.map(({ saved, changes }) => ({ layer: saved.layer, changes }));
  const problems = dataLostBy({ layers: all })
    .filter((name) => !confirmed.includes(name))
    .map(
      (name): Problem => ({
        rule: "plan/loss-not-confirmed",
        severity: "error",
        message: `${name} goes, and its data with it`,
        fix: `if that is what you mean, add --confirm-destroy ${name}`,
      }),
    );
  if (problems.length > 0) throw new ProblemsError(problems);
}

/** One layer after the other; where one fails, those after it are left as they are. */
async function applyInOrder(
  layers: readonly LayerToApply[],
  { access, say }: { access: Access; say: (line: string) => void },
): Promise<void> {
  for (const [i, { saved, terraform, changes }] of layers.entries()) {
    if (changes.length === 0) continue;
    say(`${saved.layer}: applying`);
    try {
      const wrong = await terraform.apply((line) => say(`${saved.layer}: ${line}`));
      if (wrong.length > 0) {
        const told = await withPods(access, { wrong, changes });
        throw new ProblemsError(explained(told, { stack: saved.id, context: access.context }));
      }
    } catch (error) {
      const names = (some: readonly LayerToApply[]) =>
        some.map((one) => one.saved.layer).join(", ") || "none";
      say(
        `applied: ${names(layers.slice(0, i))}; in part: ${saved.layer}; not begun: ${names(layers.slice(i + 1))}`,
      );
      say("what was done is in the state: mend it, then plan again and apply the rest");
      throw error;
    }
  }
}
