import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileRun } from "../delivery/runs/run-record.ts";
import {
  compressed,
  labTarget,
  loadHtml,
  loadText,
  otherTarget,
  runLoad,
  secondsOf,
  type Target,
} from "../lab/load/index.ts";
import type { LoadProfile, Platform } from "../model/model.ts";
import { loadProject, type Project } from "../model/project.ts";
import { printableJson } from "../problems/printable.ts";
import { UsageError } from "../problems/problem.ts";
import { unknownChoices } from "../problems/unknown-choices.ts";
import { chosenPlatform } from "./chosen-platform.ts";
import { exitCodes } from "./exit-codes.ts";
import { onInterrupt } from "./run.ts";
import { printData, printNote } from "./terminal.ts";

export interface LoadOptions {
  platform?: string;
  lab?: string;
  url?: string;
  tokenFile?: string;
  prometheus?: string;
  allowRemote?: boolean;
  compress: number;
  warmUp: number;
  repeat: number;
  runners: number;
  saveBaseline?: boolean;
  format: "text" | "json";
}

/** `fairlead load PROFILE`. */
export async function load(name: string, options: LoadOptions): Promise<number> {
  // Before anything else: whoever interrupts does not know how far it is.
  const interrupted = new AbortController();
  onInterrupt(() => interrupted.abort(new Error("interrupted")));
  const project = await loadProject(process.cwd(), options.platform ? { platforms: [options.platform] } : {});
  const { platform, profile } = chosenProfile(project, name, options.platform ?? options.lab);
  const target = await targetOf(platform, profile, options);
  const request = {
    ...{ project: project.root, platform: platform.name, profile, target },
    ...{ factor: options.compress, warmUpSeconds: options.warmUp, repeat: options.repeat },
    ...{ runners: options.runners, saveBaseline: options.saveBaseline === true },
  };
  const doing = {
    signal: interrupted.signal,
    onStep: (step: string) => printNote(`${platform.name}/${name}: ${step}`),
  };
  const done = await runLoad(request, doing).catch((error: unknown) => {
    if (interrupted.signal.aborted) return undefined;
    throw error;
  });
  if (!done) {
    printNote("interrupted: k6 is ended");
    return exitCodes.interrupted;
  }
  const { result, folder, record } = done;
  const id = await fileRun(join(project.root, ".fairlead/runs"), record);
  const report = join(folder, "report.html");
  await writeFile(report, loadHtml(result));
  printData(options.format === "json" ? printableJson(result) : loadText(result));
  printNote(`Evidence: .fairlead/runs/${id}.json`);
  printNote(`Report: ${relative(process.cwd(), report)}`);
  // It may have come after the last k6 had ended: the result is whole, and whoever interrupted wants no more.
  if (interrupted.signal.aborted) return exitCodes.interrupted;
  return { pass: exitCodes.done, fail: exitCodes.problems, inconclusive: exitCodes.inconclusive }[
    result.verdict
  ];
}

/** The profile of a name, and whose it is. Throws a UsageError. */
export function chosenProfile(project: Project, name: string, platformName: string | undefined) {
  const platform = chosenPlatform(project, platformName);
  const profiles = platform.loadProfiles;
  const profile = profiles.find((one) => one.name === name);
  if (profile) return { platform, profile };
  throw new UsageError(
    unknownChoices(
      "load-profile",
      [name],
      profiles.map((one) => one.name),
    ),
  );
}

function targetOf(platform: Platform, profile: LoadProfile, options: LoadOptions): Promise<Target> | Target {
  const { url, tokenFile, prometheus, allowRemote = false } = options;
  if (url !== undefined)
    return otherTarget({
      ...{ url, allowRemote },
      ...(tokenFile !== undefined && { tokenFile }),
      ...(prometheus !== undefined && { prometheus }),
    });
  const seconds = options.warmUp + options.repeat * secondsOf(compressed(profile, options.compress));
  return labTarget(options.lab ?? platform.name, { platform, profile, seconds });
}
