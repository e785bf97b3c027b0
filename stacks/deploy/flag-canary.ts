// A release that enters by the steps of a flag of the catalog: its definitions are those that are generated (flags/).
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { usualPlan } from "../../delivery/canary/judge.ts";
import { readMeasuredCanary } from "../../delivery/canary/measured-canary.ts";
import { type FlagShares, flagsCanary } from "../../delivery/promotion/canary/flags.ts";
import { orchestratorFlags } from "../../delivery/promotion/canary/orchestrator-flags.ts";
import type { Canary } from "../../delivery/promotion/step.ts";
import { flags as generated } from "../../flags/index.ts";
import type { Flag, Platform } from "../../model/model.ts";
import type { Project } from "../../model/project.ts";
import { type Problem, UsageError } from "../../problems/problem.ts";
import { unknownChoices } from "../../problems/unknown-choices.ts";

/** Which flag, where it is set, and what measures its shares. */
export interface FlagRequest {
  project: Project;
  platform: Platform;
  environment: string;
  flag?: string | undefined;
  /** The orchestrator's address. */
  orchestrator?: string | undefined;
  /** Program that prints what was measured, as `fairlead canary` reads it. */
  measure?: string | undefined;
  /** Seconds for which a share is watched before it is judged. */
  observe?: number | undefined;
  timeoutSeconds: number;
  env: NodeJS.ProcessEnv;
}

const TOKEN = "FAIRLEAD_ORCHESTRATOR_TOKEN";
/** Seconds that measuring may take. */
const LIMIT = 120;

/** The canary by a flag; absent where no flag is named. Throws a UsageError for what is missing. */
export function flagCanaryOf(request: FlagRequest): Canary | undefined {
  const { platform, flag: name, orchestrator: url, env, timeoutSeconds, observe = 600 } = request;
  if (name === undefined) return undefined;
  const names = platform.flags.map((flag) => flag.name);
  const unknown = unknownChoices("flag", [name], names);
  if (unknown.length > 0) throw new UsageError(unknown);
  const token = env[TOKEN];
  if (url === undefined) throw new UsageError([missing("where the flag is set", "--orchestrator URL")]);
  if (!token) throw new UsageError([missing("who sets the flag", `a token in ${TOKEN}`)]);
  const flag = platform.flags.find((one) => one.name === name) as Flag;
  return flagsCanary({
    flags: [sharesOf(flag, request)],
    store: orchestratorFlags({ url, token }),
    plan: { ...usualPlan, steps: flag.steps.map(({ canary, of }) => canary / of) },
    observe: (share) => measured(share, request),
    ...{ observeSeconds: observe, timeoutSeconds },
    now: () => new Date(),
    sleep: async (milliseconds, signal) => void (await delay(milliseconds, undefined, { signal })),
  });
}

function sharesOf(flag: Flag, { project, platform }: FlagRequest): FlagShares {
  const files = generated({ ...project.model, platforms: [{ ...platform, flags: [flag] }] });
  const definitions = files.map(
    ({ content }) => (JSON.parse(content) as { flags: Record<string, object> }).flags[flag.name] ?? {},
  );
  const [stable = {}, ...shares] = definitions;
  return { name: flag.name, stable, shares };
}

/** What the program printed, read as `fairlead canary` reads it. */
async function measured(
  { share, since, at }: { share: number; since: Date; at: Date },
  { measure, project, flag = "", environment }: FlagRequest,
) {
  if (measure === undefined) throw new UsageError([missing("what measures the shares", "--measure PROGRAM")]);
  const { stdout } = await execa(measure, [], {
    ...{ cwd: project.root, timeout: LIMIT * 1000, stdin: "ignore", stderr: "inherit" },
    env: {
      ...{ FAIRLEAD_FLAG: flag, FAIRLEAD_ENV: environment, FAIRLEAD_SHARE: String(share) },
      ...{ FAIRLEAD_SINCE: since.toISOString(), FAIRLEAD_AT: at.toISOString() },
    },
  });
  const folder = await mkdtemp(join(tmpdir(), "fairlead-measured-"));
  try {
    await writeFile(join(folder, "measured.yaml"), stdout);
    return (await readMeasuredCanary(folder, "measured.yaml")).observations;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function missing(what: string, fix: string): Problem {
  return {
    rule: "promotion/flag",
    severity: "error",
    message: `with --flag it must be said ${what}`,
    fix: `add ${fix}`,
  };
}
