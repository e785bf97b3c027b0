import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LoadProfile, Platform } from "../../model/model.ts";
import { telemetryOf } from "../../orchestrator/telemetry/platforms.ts";
import type { Unsourced } from "../../orchestrator/telemetry/unsourced.ts";
import { type Problem, ProblemsError } from "../../problems/problem.ts";
import { labFolder } from "../folder.ts";
import { labToken } from "../parts/orchestrator.ts";
import { readState } from "../state.ts";
import { statusOf } from "../status.ts";
import type { Aim } from "./k6.ts";

/** What is loaded, and what is known of it beside. */
export interface Target {
  aim: Aim;
  lab?: string;
  /** Of somebody who approves what the load asks approval for. */
  approverToken?: string;
  /** Declared metrics that the lab's orchestrator does not measure, with the reason; an SLO on one of them cannot be judged there. */
  unsourced: readonly Unsourced[];
  /** Root processes of a lab, by what they are. */
  processes: Record<string, readonly number[]>;
}

/** Any service that answers by HTTP. */
export interface Elsewhere {
  url: string;
  tokenFile?: string;
  prometheus?: string;
  allowRemote: boolean;
}

// Whatever a profile asks for: a load is no test of permissions.
const roles = ["viewer", "developer", "approver", "agent", "operator", "auditor"];

/** Whose profile a lab is to carry, and for how long at most. */
export interface ForLab {
  platform: Platform;
  profile: LoadProfile;
  seconds: number;
}

/**
 * A lab that is up, of this platform; its token lasts for the given seconds. Throws a ProblemsError where it is not, or where the
 * profile loads a service that no lab plays.
 */
export async function labTarget(name: string, { platform: of, profile, seconds }: ForLab): Promise<Target> {
  const { service } = profile.target;
  const { services, unsourced } = telemetryOf(of);
  if (!services.includes(service)) throw new ProblemsError([notPlayed(profile.name, service)]);
  const platform = of.name;
  const folder = labFolder(name);
  const status = await statusOf(folder);
  const state = readState(folder);
  if (!status?.isHealthy || !state) throw new ProblemsError([notUp(name, platform)]);
  if (state.platform !== platform)
    throw new ProblemsError([ofOther(name, { is: state.platform, wanted: platform })]);
  const tokenFile = join(folder.path, "load-token");
  const token = (subject: string) => labToken(folder, { subject, roles, seconds: seconds + 600 });
  await writeFile(tokenFile, await token("load-test"), { mode: 0o600 });
  const pids = (part: RegExp) =>
    status.parts.flatMap(({ name: of, pid }) => (pid && part.test(of) ? [pid] : []));
  const address = (part: string) => status.parts.find(({ name: of }) => of === part)?.addresses.url ?? "";
  return {
    aim: {
      baseUrl: address("orchestrator-1"),
      tokenFile,
      allowRemote: false,
      prometheus: address("prometheus"),
    },
    lab: name,
    approverToken: await token("approver"),
    unsourced,
    processes: { orchestrator: pids(/^orchestrator/), monitoring: pids(/^(prometheus|alertmanager)$/) },
  };
}

/** A service outside of a lab. Throws a ProblemsError where it, or the Prometheus that k6 sends samples to, is on another machine and that was not asked for. */
export function otherTarget({ url, tokenFile, prometheus, allowRemote }: Elsewhere): Target {
  const hosts = [url, ...(prometheus === undefined ? [] : [prometheus])].map((one) => new URL(one).hostname);
  const elsewhere = hosts.find((host) => !/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(host));
  if (elsewhere !== undefined && !allowRemote) throw new ProblemsError([remote(elsewhere)]);
  const aim = {
    baseUrl: url,
    allowRemote,
    ...(tokenFile !== undefined && { tokenFile }),
    ...(prometheus !== undefined && { prometheus }),
  };
  return { aim, unsourced: [], processes: {} };
}

function notUp(name: string, platform: string): Problem {
  return {
    rule: "lab/not-up",
    severity: "error",
    message: `lab ${name} is not up, or not healthy`,
    fix: `\`fairlead lab up --platform ${platform}${name === platform ? "" : ` --name ${name}`}\` starts what is missing`,
  };
}

function notPlayed(profile: string, service: string): Problem {
  return {
    rule: "lab/not-played",
    severity: "error",
    message: `${profile} loads ${service}, which the lab's orchestrator does not stand for`,
    fix: "name a service that runs: --url URL",
  };
}

function ofOther(name: string, { is, wanted }: { is: string; wanted: string }): Problem {
  return {
    rule: "lab/other",
    severity: "error",
    message: `lab ${name} stands for ${is}, and the profile is of ${wanted}`,
    fix: `\`fairlead lab up --platform ${wanted}\``,
  };
}

function remote(host: string): Problem {
  return {
    rule: "lab/remote",
    severity: "error",
    message: `${host} is not this machine; loading it, or sending samples to it, can be an attack or an outage`,
    fix: "add --allow-remote if you may load it",
  };
}
