import { createInterface } from "node:readline/promises";
import { firstTold, killPart, type LabFolder, labFolder, statusOf, takeDown } from "../lab/index.ts";
import type { Platform } from "../model/model.ts";
import { loadProject } from "../model/project.ts";
import { ProblemsError, UsageError } from "../problems/problem.ts";
import { installTools, type ToolName } from "../tools/index.ts";
import { check } from "./check.ts";
import { chosenPlatform } from "./chosen-platform.ts";
import { exitCodes } from "./exit-codes.ts";
import { generate } from "./generate.ts";
import { lab } from "./lab.ts";
import { load } from "./load.ts";
import { onInterrupt } from "./run.ts";
import { runbook } from "./runbook.ts";
import { endWithReader, printData, printNote } from "./terminal.ts";

export interface TourOptions {
  platform?: string;
  /** Ask nothing. */
  yes?: boolean;
}

const needed: ToolName[] = ["k6", "prometheus", "promtool", "alertmanager"];
// Those that take seconds; `fairlead check` runs them all.
const shortChecks = ["catalog", "policies", "rules", "load-tests"];
const profile = "smoke";
const victim = "orchestrator-1";
/** At a drill's pace a message comes within seconds, on a crowded machine later. */
const patienceSeconds = 60;

/** `fairlead tour`: the whole loop once, from the catalog to an alert that is over, told step by step. */
export async function tour({ platform: name, yes }: TourOptions): Promise<number> {
  const platform = await chosen(name);
  if (!(await agreed(yes === true))) return exitCodes.done;
  endWithReader();
  await installTools(needed);
  const began = Date.now();
  const described = await describe(platform);
  if (described !== exitCodes.done) return described;
  const folder = labFolder(`tour-${process.pid}`);
  const interrupted = new AbortController();
  // Throughout: what runs inside of the tour may have ended when it is interrupted.
  onInterrupt(() => interrupted.abort(new Error("interrupted")));
  try {
    return await exercise({ platform, folder, interrupted });
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    return exitCodes.interrupted;
  } finally {
    const ended = await takeDown(folder);
    if (ended.length > 0) step("Everything that was started is ended", ["fairlead lab down"]);
    printNote(`${((Date.now() - began) / 1000).toFixed(0)} s`);
  }
}

/** What needs no process: from the catalog to checked files. */
async function describe(platform: Platform): Promise<number> {
  step("One description gives rules, dashboards, runbooks, load tests and stacks", [
    `fairlead generate --platform ${platform.name}`,
  ]);
  const generated = await generate({ platform: [platform.name], format: "text" });
  if (generated !== exitCodes.done) return generated;
  const only = shortChecks.map((one) => `--only ${one}`).join(" ");
  step("The real tools read what was written", [`fairlead check ${only} --platform ${platform.name}`]);
  return check({ only: shortChecks, platform: [platform.name], failOn: "error", format: "text" });
}

interface Tour {
  platform: Platform;
  folder: LabFolder;
  interrupted: AbortController;
}

/** What runs: a lab, a load on it, and a fault that is noticed and mended. */
async function exercise(on: Tour): Promise<number> {
  const { platform, folder, interrupted } = on;
  const start = { platform: platform.name, name: folder.name, replicas: 1, format: "text" } as const;
  const up = `fairlead lab up --platform ${platform.name}`;
  step("The platform's processes, watched as in production, at a drill's pace", [up]);
  const started = await lab("up", start);
  interrupted.signal.throwIfAborted();
  if (started !== exitCodes.done) return started;
  const short = { compress: 3, warmUp: 1, repeat: 1, runners: 1, format: "text" } as const;
  step("A load, judged by the objectives of the catalog", [`fairlead load ${profile} --compress 3`]);
  const loaded = await load(profile, { platform: platform.name, lab: folder.name, ...short });
  interrupted.signal.throwIfAborted();
  if (loaded !== exitCodes.done) printNote("The load was no pass; the tour goes on, its report says why.");
  const { alertname, at } = await fault(on);
  step("What whoever is called at night reads", [`fairlead runbook ${alertname}`]);
  await runbook(`${platform.name}/${alertname}`, { env: environmentOf(platform), format: "text" });
  return recover(on, { start, up, alertname, since: at });
}

/** Kills the orchestrator; gives the alert that somebody was told of, and when. */
async function fault({ platform, folder, interrupted }: Tour): Promise<{ alertname: string; at: number }> {
  step("A fault: the orchestrator is killed, as by the kernel for want of memory", [`kill -9 … (${victim})`]);
  const since = Date.now();
  await killPart(folder, victim);
  const alertnames = platform.alerts
    .filter(({ severity }) => severity === "critical")
    .map((alert) => alert.alertname);
  const awaited = { receivers: await addressOf(folder), since, alertnames, isResolved: false };
  const told = await firstTold(awaited, { signal: interrupted.signal, seconds: patienceSeconds });
  if (!told) throw new ProblemsError([silent("nobody was told that the orchestrator is gone")]);
  printData(`${told.to} was told of ${told.alertname} ${seconds(told.at - since)} after the fault.`);
  return told;
}

async function recover(
  { folder, interrupted }: Tour,
  {
    start,
    up,
    alertname,
    since,
  }: { start: Parameters<typeof lab>[1]; up: string; alertname: string; since: number },
): Promise<number> {
  step("Recovery: what is missing is started again", [up]);
  const receivers = await addressOf(folder);
  await lab("up", start);
  interrupted.signal.throwIfAborted();
  // It may be over before all of the lab is up: from when somebody was told of it.
  const awaited = { receivers, since, alertnames: [alertname], isResolved: true };
  const told = await firstTold(awaited, { signal: interrupted.signal, seconds: patienceSeconds });
  if (!told) throw new ProblemsError([silent(`nobody was told that ${alertname} is over`)]);
  printData(`${told.to} was told that ${alertname} is over.`);
  return exitCodes.done;
}

async function addressOf(folder: LabFolder): Promise<string> {
  const status = await statusOf(folder);
  return status?.parts.find(({ name }) => name === "receivers")?.addresses.url ?? "";
}

function environmentOf({ environments }: Platform): string[] {
  return environments.filter(({ target }) => target === "local").map(({ name }) => name);
}

async function chosen(name: string | undefined): Promise<Platform> {
  const project = await loadProject(process.cwd(), name === undefined ? {} : { platforms: [name] });
  const platform = chosenPlatform(project, name);
  if (platform.loadProfiles.some((one) => one.name === profile)) return platform;
  throw new UsageError([noProfile(platform)]);
}

/** Asks on a terminal; elsewhere nobody could answer. */
async function agreed(yes: boolean): Promise<boolean> {
  printData(
    "A tour of the whole loop, about two minutes. It writes generated/, and starts a lab that it ends again.",
  );
  if (yes || !process.stdin.isTTY || !process.stdout.isTTY) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  terminal.on("SIGINT", () => process.exit(exitCodes.interrupted));
  const answer = await terminal.question("Begin? [Y/n] ");
  terminal.close();
  return !/^n/i.test(answer.trim());
}

function step(what: string, commands: readonly string[]): void {
  printData(`\n── ${what}\n${commands.map((command) => `   $ ${command}`).join("\n")}\n`);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function silent(message: string) {
  const fix = "see whether Prometheus and Alertmanager had the processor they need, and try again";
  return { rule: "lab/not-told", severity: "error", message, fix } as const;
}

function noProfile({ name, origin }: Platform) {
  return {
    rule: "reference/unknown-load-profile",
    severity: "error",
    message: `${name} has no load profile ${profile}, which the tour runs`,
    path: origin.label,
    fix: "add `usualLoadProfiles`, or take another --platform",
  } as const;
}
