import { formatPlan, type PlanFormat } from "../delivery/plan/format.ts";
import { layers } from "../model/names.ts";
import { loadProject, selectedOf } from "../model/project.ts";
import { UsageError } from "../problems/problem.ts";
import { unknownChoices } from "../problems/unknown-choices.ts";
import { rightsToDeploy } from "../stacks/deploy/deployer.ts";
import { makePlan } from "../stacks/deploy/plan.ts";
import { exitCodes } from "./exit-codes.ts";
import { onInterrupt } from "./run.ts";
import { printData, printNote } from "./terminal.ts";

export interface PlanOptions {
  platform?: string;
  env: string;
  layer?: string[];
  out?: string;
  confirmContext?: string;
  adopt?: string[];
  destroy?: true;
  rbac?: true;
  format: PlanFormat;
}

/** `fairlead plan --env E`. */
export async function plan(options: PlanOptions): Promise<number> {
  const unknown = unknownChoices("layer", options.layer ?? [], layers);
  if (unknown.length > 0) throw new UsageError(unknown);
  const { project, platform, environment } = await placeOf(options);
  if (options.rbac) return rights({ project, platform, environment });
  const interruption = new AbortController();
  onInterrupt(() => interruption.abort(new Error("interrupted")));
  try {
    const summary = await makePlan({
      ...{ project, platform, environment },
      layers: layers.filter((layer) => options.layer?.includes(layer) ?? true),
      out: options.out,
      confirmedContext: options.confirmContext,
      adopted: options.adopt,
      destroys: options.destroy,
      signal: interruption.signal,
      say: printNote,
    });
    printData(formatPlan(summary, options.format));
    return exitCodes.done;
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    printNote("interrupted: no plan was saved, and the state's lock is free");
    return exitCodes.interrupted;
  }
}

/** `fairlead plan --env E --rbac`: no cluster is asked. */
async function rights(place: Parameters<typeof rightsToDeploy>[0]): Promise<number> {
  const { manifests, leftOut } = await rightsToDeploy(place);
  printData(manifests.trimEnd());
  for (const name of leftOut) printNote(`not in it: ${name}, which an administrator installs`);
  return exitCodes.done;
}

/** The one platform and environment that are meant. Throws a UsageError. */
async function placeOf({ platform: wanted, env }: PlanOptions) {
  const project = await loadProject(process.cwd(), {
    platforms: wanted === undefined ? undefined : [wanted],
  });
  const { model, platformNames } = project;
  const name = wanted ?? (platformNames.length === 1 ? platformNames[0] : undefined);
  if (name === undefined) throw new UsageError([whichPlatform(platformNames)]);
  selectedOf(project, { platform: [name] });
  const platform = model.platforms.find((one) => one.name === name);
  const environments = platform?.environments ?? [];
  selectedOf({ platformNames, environments: environments.map((one) => one.name) }, { env: [env] });
  const environment = environments.find((one) => one.name === env);
  if (!platform || !environment) throw new Error(`${name} in ${env} was not read`);
  return { project, platform, environment };
}

function whichPlatform(names: readonly string[]) {
  const message = "it is not said which platform is planned";
  return {
    ...{ rule: "plan/which", severity: "error" as const, message },
    fix: `add --platform with one of ${names.join(", ")}`,
  };
}
