import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { type PlannedChange, plannedChanges } from "../../delivery/plan/changes.ts";
import type { PlanSummary } from "../../delivery/plan/format.ts";
import { PLAN_FILE, type SavedLayer, savePlan } from "../../delivery/plan/saved-plan.ts";
import { explained, lacksKinds } from "../../delivery/plan/terraform-words.ts";
import { inOrder } from "../../model/in-order.ts";
import type { Environment, Platform } from "../../model/model.ts";
import type { Layer } from "../../model/names.ts";
import type { Project } from "../../model/project.ts";
import { ProblemsError } from "../../problems/problem.ts";
import type { SynthesisedStack } from "../index.ts";
import { adopt } from "./adoption.ts";
import { allEnded } from "./all-ended.ts";
import { accessFor, expectCluster, takenNames } from "./cluster.ts";
import { prepareTools } from "./prepare-tools.ts";
import { openRunFolder, type RunFolder } from "./run-folder.ts";
import { synthesisePart } from "./synthesise-part.ts";
import { inEach, type StackTerraform, type TerraformRun, withTerraformData } from "./terraform.ts";

/** Where plans are kept, below the project, each in a folder that is named after its digest. */
export const PLANS = ".fairlead/plans";

/** What is planned, and how its caller hears of it. */
export interface PlanRequest {
  project: Project;
  platform: Platform;
  environment: Environment;
  /** All unless told. */
  layers?: readonly Layer[] | undefined;
  /** Folder of the plan, new or empty, instead of one in PLANS. */
  out?: string | undefined;
  confirmedContext?: string | undefined;
  /** Objects, as KIND/NAME, that are there already and are taken over. */
  adopted?: readonly string[] | undefined;
  /** Folder for what Terraform keeps for itself, of a caller who also applies the plan; one of this plan's own unless given. */
  data?: TerraformRun["data"] | undefined;
  /** Takes all away that the layers have made, the last made first, instead of making what the catalog says. */
  destroys?: boolean | undefined;
  signal: AbortSignal;
  say: (line: string) => void;
}

/**
 * Plans an environment, or its end, layer by layer in the order in which they are applied, and saves the plan with the stacks that it was made from.
 * Nothing but Terraform's lock is touched in the cluster. Throws a ProblemsError, and then leaves no plan behind.
 */
export async function makePlan(request: PlanRequest): Promise<PlanSummary> {
  const { project, platform, environment, out, signal } = request;
  const { stage, context } = environment;
  const about = { platform: platform.name, environment: environment.name, stage, context };
  const access = await located(request, () =>
    accessFor({ ...about, confirmedContext: request.confirmedContext, signal }),
  );
  const { folder, keep, remove } = await planFolderFor(project.root, out);
  try {
    const providers = await prepareTools(["terraform", "kubectl"], () => {});
    const planned = await withTerraformData(request.data, (data) =>
      located(request, () => planInto(folder, { request, access, providers, data })),
    );
    await keep();
    const { digest } = await savePlan(folder, {
      ...{ ...about, server: access.server },
      layers: planned.map(({ saved }) => saved),
    });
    const kept = out === undefined ? join(project.root, PLANS, digest) : folder;
    if (kept !== folder) await rename(folder, kept);
    return { ...about, digest, ...placeOf(request, { kept, digest }), layers: planned.map(shownLayer) };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Where the plan is, and what `apply` is told to apply it. */
function placeOf(
  { project, out }: PlanRequest,
  { kept, digest }: { kept: string; digest: string },
): Pick<PlanSummary, "folder" | "target"> {
  const short = digest.slice(0, 12);
  return {
    folder: relative(project.root, kept) || ".",
    target: out === undefined ? short : `${quoted(out)} --digest ${short}`,
  };
}

/** Synthesises into the plan's folder, and plans each layer that is wanted; the stacks of the others are not kept. */
async function planInto(
  folder: string,
  { request, ...run }: TerraformRun & { request: PlanRequest },
): Promise<PlannedLayer[]> {
  const { project, platform, environment, layers, destroys = false, say } = request;
  await expectCluster(run.access);
  const selected = { platforms: [platform.name], environments: [environment.name] };
  const synthesised = synthesisePart(project, { ...selected, outdir: folder });
  const stacks = inOrder(synthesised, ({ id, after }) => ({ name: id, after }));
  const wanted = stacks.filter(({ layer }) => layers?.includes(layer) ?? true);
  if (destroys) wanted.reverse();
  for (const stack of stacks) if (!wanted.includes(stack)) await rm(stack.folder, { recursive: true });
  await adopt(wanted, request.adopted ?? []);
  const planned = await planStacks(wanted, { ...run, destroys, say });
  const created = planned.flatMap(({ changes }) => changes.filter(({ effect }) => effect === "created"));
  const taken = await takenNames(run.access, created);
  if (taken.length > 0) throw new ProblemsError(taken);
  return planned;
}

function shownLayer({ saved: { layer, waits }, changes }: PlannedLayer): PlanSummary["layers"][number] {
  return { layer, ...(waits !== undefined && { waits }), changes };
}

/** As a shell reads it. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

interface PlannedLayer {
  saved: SavedLayer;
  changes: PlannedChange[];
}

/** Each stack's plan, made side by side. One that needs what an earlier one brings, or takes away, waits: it is planned when that was applied. */
async function planStacks(
  stacks: readonly SynthesisedStack[],
  run: TerraformRun & { destroys: boolean; say: (line: string) => void },
): Promise<PlannedLayer[]> {
  const begun = await largestFirst(stacks);
  const all = await Promise.allSettled(
    inEach(begun, { ...run, init: "anew" }, (terraform, { id }) => {
      run.say(`${id}: planning`);
      return planOf(terraform, run);
    }),
  );
  run.access.signal.throwIfAborted();
  const planned: PlannedLayer[] = [];
  for (const stack of stacks) {
    const { id, layer, folder } = stack;
    const earlier = planned.flatMap(({ changes }) => changes);
    const waits = async (why: string) => {
      await rm(join(folder, PLAN_FILE), { force: true });
      planned.push({ saved: { id, layer, waits: why }, changes: [] });
    };
    if (earlier.some(takesNamespaceAway)) {
      await waits(
        `not planned: ${stacks[0]?.layer} takes the namespace away, with all that is in it; plan again then`,
      );
      continue;
    }
    const made = all[begun.indexOf(stack)];
    if (made?.status !== "fulfilled") throw made?.reason;
    const { wrong, state, changes } = made.value;
    if (wrong.length > 0 && lacksKinds(wrong) && earlier.some(bringsKinds)) {
      await waits(`not planned: the cluster gets its kinds only with ${stacks[0]?.layer}; plan again then`);
      continue;
    }
    if (wrong.length > 0)
      throw new ProblemsError(explained(wrong, { stack: id, context: run.access.context }));
    planned.push({ saved: { id, layer, ...(state && { state }) }, changes });
  }
  return planned;
}

/** What is waited for in the end begins first. */
async function largestFirst(stacks: readonly SynthesisedStack[]): Promise<SynthesisedStack[]> {
  const sized = await Promise.all(
    stacks.map(async (stack) => ({ stack, ...(await stat(join(stack.folder, "cdk.tf.json"))) })),
  );
  return sized.sort((a, b) => b.size - a.size).map(({ stack }) => stack);
}

/** A plan and the state that it was made on. The state is read beside: Terraform refuses the plan where another came between. */
async function planOf(terraform: StackTerraform, { destroys }: { destroys: boolean }) {
  const [{ wrong, isEmpty }, state] = await allEnded([terraform.plan({ destroys }), terraform.state()]);
  const changes = isEmpty || wrong.length > 0 ? [] : plannedChanges(await terraform.show());
  return { wrong, state, changes };
}

function takesNamespaceAway({ object, effect }: PlannedChange): boolean {
  return object.kind === "Namespace" && (effect === "destroyed" || effect === "replaced");
}

function bringsKinds({ object, effect }: PlannedChange): boolean {
  return object.kind === "Helm release" && effect === "created";
}

/** An empty folder, in which only its owner may read: plans hold what Terraform's state holds. */
async function planFolderFor(
  root: string,
  out: string | undefined,
): Promise<Pick<RunFolder, "folder" | "keep" | "remove">> {
  if (out === undefined) {
    await mkdir(join(root, PLANS), { recursive: true });
    return openRunFolder(join(root, PLANS, ".making-"));
  }
  const there = await entriesOf(out);
  if (there.length > 0)
    throw notUsable(`the folder ${out} is not empty`, "name a new one: a plan is never written over");
  const remove = () => rm(out, { recursive: true, force: true });
  return { folder: out, keep: async () => {}, remove };
}

/** What a folder holds, which is made where it is not there. */
async function entriesOf(out: string): Promise<string[]> {
  try {
    await mkdir(out, { recursive: true, mode: 0o700 });
    return await readdir(out);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw notUsable(`no plan can be saved in ${out} (${code})`, "name a folder that is new or empty");
  }
}

function notUsable(message: string, fix: string): ProblemsError {
  return new ProblemsError([{ rule: "plan/folder", severity: "error", message, fix }]);
}

/** Problems with the place in the catalog where the environment says which cluster it is. */
async function located<T>(
  { project, environment }: Pick<PlanRequest, "project" | "environment">,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    const { platform, path, label } = environment.origin;
    const at = project.locate({ platform, path: [...path, "context"] });
    throw new ProblemsError(
      error.problems.map((one) => ({ ...one, path: `${label}.context`, ...(at && { location: at }) })),
    );
  }
}
