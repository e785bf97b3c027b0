import { writeFile } from "node:fs/promises";
import {
  type DrillResult,
  drillFigures,
  drillMarkdown,
  drillRows,
  type Fault,
  type Field,
  faults,
  isQuiet,
  openField,
  runDrill,
} from "../lab/drill/index.ts";
import { bringUp, labFolder, statusOf } from "../lab/index.ts";
import type { Platform } from "../model/model.ts";
import { loadProject } from "../model/project.ts";
import { printableJson } from "../problems/printable.ts";
import { ProblemsError, UsageError } from "../problems/problem.ts";
import { unknownChoices } from "../problems/unknown-choices.ts";
import { exitCodes } from "./exit-codes.ts";
import { chosenName } from "./lab.ts";
import { onInterrupt } from "./run.ts";
import { table } from "./table.ts";
import { printData, printNote } from "./terminal.ts";

export interface DrillOptions {
  fault?: string | undefined;
  platform?: string;
  name?: string;
  heal?: boolean;
  only?: string[];
  times: number;
  quietMinutes: number;
  report?: string;
  format: "text" | "json";
}

/** `fairlead lab fault` and `fairlead lab drill`. */
export async function labDrill(action: "fault" | "drill", options: DrillOptions): Promise<number> {
  if (action === "drill") return drill(options);
  if (options.fault === undefined) return list(options);
  const [fault] = named([options.fault]);
  if (fault) await (options.heal ? heal(fault, options) : inject(fault, options));
  return exitCodes.done;
}

function list({ format }: DrillOptions): number {
  const rows = faults.map(({ name, title, platform, fires }) => [
    ...[name, platform, fires.map(({ alert }) => alert).join(", ") || "no alert"],
    title,
  ]);
  if (format === "json") printData(printableJson(faults));
  else printData(table([["FAULT", "PLATFORM", "FIRES", "WHAT"], ...rows]));
  return exitCodes.done;
}

async function inject(fault: Fault, options: DrillOptions): Promise<void> {
  const { field } = await labOf(options);
  refuseOther(fault, field);
  await fault.inject(field);
  const told = fault.fires.map(({ alert }) => alert).join(", ") || "no alert";
  printData(`${fault.title}. Must fire: ${told}.\nBy itself, the service ${fault.byItself}.`);
  printNote(`end it: fairlead lab fault ${fault.name} --heal --name ${field.folder.name}`);
}

async function heal(fault: Fault, options: DrillOptions): Promise<void> {
  const { field } = await labOf(options);
  refuseOther(fault, field);
  await fault.heal(field);
  printData(`${fault.title}: ended. It is healthy again ${fault.healthyAgain}.`);
}

async function drill(options: DrillOptions): Promise<number> {
  const { only, times, quietMinutes, report, format } = options;
  const wanted = only ? named(only) : undefined;
  const { field, platform } = await labOf(options, { mustBeWell: true });
  for (const fault of wanted ?? []) refuseOther(fault, field);
  const interrupted = new AbortController();
  onInterrupt(() => {
    printNote("interrupted: the fault is ended");
    interrupted.abort(new Error("interrupted"));
  });
  const result = await runDrill(
    field,
    {
      platform,
      faults: wanted ?? faults.filter((one) => one.platform === platform.name),
      times,
      quietMinutes,
    },
    { signal: interrupted.signal, onStep: printNote },
  );
  if (report !== undefined) await writeFile(report, drillMarkdown(result));
  if (format === "json") printData(printableJson(result));
  else printData([table(drillRows(result)), "", ...drillFigures(result)].join("\n"));
  if (interrupted.signal.aborted) return exitCodes.interrupted;
  return exitCodeOf(result);
}

/** What a drill says of the lab: nothing where no fault was done to it. */
export function exitCodeOf({ quiet, figures }: Pick<DrillResult, "quiet" | "figures">): number {
  if (quiet.minutes > 0 && !isQuiet(quiet)) return exitCodes.problems;
  if (figures.injections === 0) return exitCodes.inconclusive;
  return figures.passed === figures.injections ? exitCodes.done : exitCodes.problems;
}

function named(names: readonly string[]): Fault[] {
  const known = faults.map(({ name }) => name);
  const unknown = unknownChoices("fault", names, known);
  if (unknown.length > 0) throw new UsageError(unknown);
  return faults.filter(({ name }) => names.includes(name));
}

/** The lab that is meant, which must be there; before a drill all of it must be healthy. */
async function labOf(
  options: DrillOptions,
  { mustBeWell = false } = {},
): Promise<{ field: Field; platform: Platform }> {
  const folder = labFolder(chosenName(options));
  const status = await statusOf(folder);
  if (!status || (mustBeWell && !status.isHealthy)) throw new ProblemsError([notUp(folder.name)]);
  const project = await loadProject(status.project, { platforms: [status.platform] });
  const platform = project.model.platforms.find(({ name }) => name === status.platform);
  if (!platform) throw new Error(`${status.platform} was not read`);
  const replicas = status.parts.filter(({ name }) => name.startsWith("orchestrator-")).length;
  const request = { folder, platform, project: status.project, replicas };
  const { signal } = new AbortController();
  const field = await openField(folder, async () => {
    await bringUp(request, { signal });
  });
  return { field, platform };
}

function refuseOther({ name, platform }: Fault, field: Field): void {
  if (field.state().platform === platform) return;
  throw new UsageError([
    {
      rule: "lab/other",
      severity: "error",
      message: `${name} is a fault of ${platform}, and lab ${field.folder.name} stands for ${field.state().platform}`,
      fix: `\`fairlead lab up --platform ${platform}\``,
    },
  ]);
}

function notUp(name: string) {
  return {
    rule: "lab/not-up",
    severity: "error",
    message: `lab ${name} is not up, or not healthy`,
    fix: "`fairlead lab up` starts what is missing",
  } as const;
}
