import { Listr, ListrLogger, ProcessOutput } from "listr2";
import {
  bringUp,
  type LabFolder,
  labFolder,
  labNames,
  type PartOnItsWay,
  statusOf,
  takeDown,
} from "../lab/index.ts";
import { loadProject, selectedOf } from "../model/project.ts";
import { printableJson } from "../problems/printable.ts";
import { UsageError } from "../problems/problem.ts";
import { exitCodes } from "./exit-codes.ts";
import { labText } from "./lab-text.ts";
import { onInterrupt } from "./run.ts";
import { printData, printNote } from "./terminal.ts";

export interface LabOptions {
  platform?: string;
  name?: string;
  replicas: number;
  format: "text" | "json";
}

/** `fairlead lab up|status|down`. */
export async function lab(action: "up" | "status" | "down", options: LabOptions): Promise<number> {
  if (action === "up") return up(options);
  const folder = labFolder(chosenName(options));
  return action === "down" ? down(folder, options) : status(folder, options);
}

async function up(options: LabOptions): Promise<number> {
  const name = options.platform;
  if (name === undefined) throw new UsageError([noPlatform]);
  const project = await loadProject(process.cwd(), { platforms: [name] });
  selectedOf(project, { platform: [name] });
  const platform = project.model.platforms.find((one) => one.name === name);
  if (!platform) throw new Error(`${name} was not read`);
  const folder = labFolder(options.name ?? name);
  const interrupted = new AbortController();
  onInterrupt(() => interrupted.abort(new Error("interrupted")));
  const request = { folder, platform, project: project.root, replicas: options.replicas };
  let shown: Promise<unknown> = Promise.resolve();
  try {
    await bringUp(request, {
      signal: interrupted.signal,
      onParts: (parts) => {
        shown = show(parts);
      },
    });
  } catch (error) {
    await shown;
    if (!interrupted.signal.aborted) throw error;
    printNote("interrupted: everything that was started is ended again");
    return exitCodes.interrupted;
  }
  await shown;
  // Each part was seen at work; that one is late for a second look is said, and is no failure.
  await status(folder, options);
  return exitCodes.done;
}

/** The parts as they come up; their failures are told by whoever started them. */
async function show(parts: PartOnItsWay[]): Promise<void> {
  const tasks = parts.map(({ title, done }) => ({
    title,
    task: async (_: unknown, task: { title: string }) => {
      const how = await done.catch(() => Promise.reject(new Error("not started")));
      if (how !== "started") task.title = `${title}: ${how}`;
    },
  }));
  // Data goes to standard output, and this is none.
  const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
  const options = { showErrorMessage: false, collapseErrors: false, logger };
  const list = new Listr(tasks, {
    ...{ concurrent: true, exitOnError: false, rendererOptions: options },
    ...{ fallbackRenderer: "simple", fallbackRendererOptions: { logger } },
    fallbackRendererCondition: () => !process.stderr.isTTY,
    // Ctrl-C is the command's own to handle.
    registerSignalListeners: false,
  });
  await list.run().catch(() => undefined);
}

async function status(folder: LabFolder, { format }: Pick<LabOptions, "format">): Promise<number> {
  const found = await statusOf(folder);
  if (format === "json")
    printData(printableJson(found ?? { name: folder.name, isHealthy: false, parts: [] }));
  else printData(found ? labText(found) : `There is no lab ${folder.name}. \`fairlead lab up\` starts one.`);
  return found?.isHealthy ? exitCodes.done : exitCodes.problems;
}

async function down(folder: LabFolder, { format }: Pick<LabOptions, "format">): Promise<number> {
  const ended = await takeDown(folder);
  if (format === "json") printData(printableJson({ name: folder.name, ended }));
  else
    printData(
      ended.length > 0
        ? `Lab ${folder.name} is down: ended ${ended.join(", ")}.`
        : `Lab ${folder.name}: nothing ran.`,
    );
  return exitCodes.done;
}

/** The lab that is meant: named, that of the platform, or the only one there is. */
export function chosenName({ name, platform }: Pick<LabOptions, "name" | "platform">): string {
  const chosen = name ?? platform;
  if (chosen !== undefined) return chosen;
  const [only, ...others] = labNames();
  if (only !== undefined && others.length === 0) return only;
  const message =
    only === undefined ? "there is no lab" : `there are several labs: ${[only, ...others].join(", ")}`;
  throw new UsageError([
    {
      rule: "lab/which",
      severity: "error",
      message,
      fix: "say which one: --name NAME, or --platform PLATFORM",
    },
  ]);
}

const noPlatform = {
  rule: "lab/which",
  severity: "error",
  message: "it is not said which platform the lab is of",
  fix: "add --platform PLATFORM",
} as const;
