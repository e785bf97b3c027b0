import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunRecord } from "../../delivery/runs/run-record.ts";
import { connect, QueryError, UnreachableError } from "../../live/prometheus.ts";
import { firstLookSeconds } from "../../load-tests/thresholds.ts";
import type { LoadProfile } from "../../model/model.ts";
import { ProblemsError } from "../../problems/problem.ts";
import { findTool, requireTool } from "../../tools/index.ts";
import { approveAll } from "./approver.ts";
import { baselineFile, digestOfLoad, measuresOf, writeBaseline } from "./baseline.ts";
import { bottleneckOf } from "./bottleneck.ts";
import { compressed, rateAt, warmUpOf } from "./compress.ts";
import { recordOfLoad } from "./evidence.ts";
import { prepare, runK6, secondsOf } from "./k6.ts";
import { type ProcessorTime, thisMachine, watchMachine } from "./machine.ts";
import { type Measured, measure } from "./measure.ts";
import { type Queries, recorded } from "./recorded.ts";
import type { Course, LoadResult, Run, Share } from "./result.ts";
import { refuseRunners, runShared, type Shared, share } from "./runners.ts";
import { slopesOf } from "./slope.ts";
import type { Target } from "./target.ts";
import { baselineOf, noBaseline, repeatabilityOf, verdictOf } from "./verdict.ts";

/** What is run, how often, and where the result goes. */
export interface LoadRequest {
  /** Root of the project. */
  project: string;
  platform: string;
  profile: LoadProfile;
  target: Target;
  /** How many times shorter than the profile says. */
  factor: number;
  warmUpSeconds: number;
  repeat: number;
  /** k6 processes that share each run. */
  runners: number;
  /** The runs become the baseline, after they were compared with the one before; only if they pass. */
  saveBaseline: boolean;
}

interface Doing {
  signal: AbortSignal;
  onStep: (step: string) => void;
}

// Prometheus scrapes once a second at a drill's pace, and k6 writes as often.
const settleMs = 2_500;

/** Loads the target as often as asked; gives the result and the folder that holds it. k6 has ended when this returns or throws. */
export async function runLoad(
  request: LoadRequest,
  doing: Doing,
): Promise<{ result: LoadResult; folder: string; record: RunRecord }> {
  const { project, platform, target, factor, warmUpSeconds, runners } = request;
  const k6 = await requireTool("k6");
  const profile = compressed(request.profile, factor);
  refuseRunners({ profile }, { runners, prometheus: target.aim.prometheus });
  const began = new Date().toISOString().replaceAll(":", "-");
  const folder = join(project, ".fairlead/loads", platform, profile.name, began);
  const queries: Queries = [];
  const runs = await answered(target.aim.prometheus, () =>
    allRuns({ k6, folder, profile, request, began, queries }, doing),
  );
  const found = await findTool("k6");
  const base = {
    ...{ version: 1 as const, platform, profile: profile.name, title: profile.title, runs },
    ...{ target: target.aim.baseUrl, compressed: factor, warmUpSeconds, machine: thisMachine() },
    ...(target.lab !== undefined && { lab: target.lab }),
    untilFailure: profile.untilFailure,
    tools: { k6: "version" in found ? found.version : "", node: process.version },
  };
  const load = digestOfLoad(platform, profile);
  const result = await judged(base, { ...request, load, onStep: doing.onStep });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "result.json"), `${JSON.stringify(result, null, 2)}\n`);
  const { prometheus } = target.aim;
  const left = { folder, runners, queries, ...(prometheus !== undefined && { prometheus }) };
  return { result, folder, record: await recordOfLoad(result, left) };
}

interface AllRuns {
  k6: string;
  folder: string;
  /** As long as it is run. */
  profile: LoadProfile;
  request: LoadRequest;
  /** When the first one began, as its folder has it. */
  began: string;
  /** Gets every question to Prometheus. */
  queries: Queries;
}

async function allRuns(
  { k6, folder, profile, request, began, queries }: AllRuns,
  doing: Doing,
): Promise<Run[]> {
  const { project, platform, target, warmUpSeconds, repeat, runners } = request;
  const url = target.aim.prometheus;
  if (url !== undefined) await connect(url).query("1", new Date());
  const script = join(project, "generated/load-tests", platform, profile.name, "script.js");
  if (warmUpSeconds > 0) {
    const warmUp = warmUpOf(profile, warmUpSeconds);
    const warm = await prepare(k6, { folder: join(folder, "warm-up"), script, platform, profile: warmUp });
    doing.onStep(`warm-up, ${warm.seconds} s`);
    await runK6(k6, warm, { aim: withoutPrometheus(target), signal: doing.signal });
  }
  const runs: Run[] = [];
  for (let number = 1; number <= repeat; number++) {
    const preparation = { folder: join(folder, `run-${number}`), script, platform, profile };
    const testId = `${platform}/${profile.name}/${began}/${number}`;
    const shared = await share(k6, preparation, { runners, testId });
    doing.onStep(`run ${number} of ${repeat}, ${secondsOf(profile)} s`);
    runs.push(await oneRun({ k6, shared, number, profile, platform, target, queries }, doing.signal));
  }
  return runs;
}

/** Does what asks Prometheus; a ProblemsError says that it does not answer. */
async function answered<T>(url: string | undefined, measuring: () => Promise<T>): Promise<T> {
  try {
    return await measuring();
  } catch (error) {
    if (!(error instanceof UnreachableError || error instanceof QueryError)) throw error;
    const message = `Prometheus at ${url} does not answer: ${error.message}`;
    const fix = "see its address, or leave --prometheus out: then only k6 measures";
    throw new ProblemsError([{ rule: "lab/no-prometheus", severity: "error", message, fix }]);
  }
}

type Unjudged = Omit<LoadResult, "repeatability" | "baseline" | "verdict" | "reasons">;

async function judged(
  result: Unjudged,
  { project, saveBaseline, runners, load, onStep }: LoadRequest & { load: string } & Pick<Doing, "onStep">,
): Promise<LoadResult> {
  const { platform, profile, compressed, machine, runs } = result;
  const file = baselineFile(project, result);
  const setting = { compressed, machine, runners, load };
  const baseline = await baselineOf(file, { runs, ...setting });
  const repeatability = repeatabilityOf(runs);
  const beside = { ...result, repeatability, ...(baseline && { baseline }) };
  const because = saveBaseline ? noBaseline(beside) : undefined;
  if (because !== undefined) onStep(`the runs are not kept as a baseline: ${because}`);
  else if (saveBaseline)
    await writeBaseline(file, { version: 2, platform, profile, ...setting, measures: measuresOf(runs) });
  return { ...beside, ...verdictOf(beside) };
}

interface OneRun {
  k6: string;
  shared: Shared;
  number: number;
  profile: LoadProfile;
  platform: string;
  target: Target;
  queries: Queries;
}

async function oneRun(
  { k6, shared, number, profile, platform, target, queries }: OneRun,
  signal: AbortSignal,
): Promise<Run> {
  const k6Pids: number[] = [];
  const ended = new AbortController();
  const { aim, approverToken: token } = target;
  if (token !== undefined) void approveAll(aim.baseUrl, { token, signal: ended.signal });
  const watch = watchMachine(() => ({ ...target.processes, k6: k6Pids }));
  const { prometheus: url } = target.aim;
  const prometheus = url === undefined ? undefined : recorded(connect(url, { seconds: 20 }), queries);
  const {
    summary,
    runners,
    endedAt: to,
  } = await runShared(k6, shared, {
    ...{ aim: target.aim, signal, onStart: (pid) => k6Pids.push(pid), prometheus },
  }).finally(() => {
    watch.stop();
    ended.abort();
  });
  // Counted back from its end: before it begins k6 makes its users, which takes as long as it takes.
  const from = new Date(to.getTime() - summary.durationSeconds * 1000);
  if (prometheus !== undefined) await new Promise((resolve) => setTimeout(resolve, settleMs));
  const measured =
    prometheus === undefined
      ? nothing
      : await measure(prometheus, { platform, from, to, unsourced: target.unsourced }, profile.slos);
  const slopes = slopesOf(measured.courses);
  const saturation = [...measured.saturation, ...machineShares(watch.samples)];
  return {
    ...{ number, startedAt: from.toISOString(), endedAt: to.toISOString(), summary, runners, slopes },
    ...{ slos: measured.slos, samplingOverhead: measured.samplingOverhead },
    reachedPerSecond: rateAt(profile.arrivals, summary.durationSeconds),
    firstJudgedPerSecond: rateAt(profile.arrivals, firstLookSeconds),
    courses: [...measured.courses, ...machineCourses(watch.samples)],
    bottleneck: bottleneckOf({ saturation, time: measured.time }),
  };
}

const nothing: Measured = { courses: [], saturation: [], time: [], samplingOverhead: null, slos: [] };

function machineShares(samples: readonly ProcessorTime[]): Share[] {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.at <= first.at) return [];
  const { cores } = thisMachine();
  const share = Math.min(1, (last.busy - first.busy) / ((last.at - first.at) / 1000) / cores);
  const says = `all ${cores} processors of the machine were busy ${(share * 100).toFixed(0)} % of the time, with k6 and whatever else runs on it`;
  return [{ resource: "processors of the machine", share, says }];
}

function machineCourses(samples: readonly ProcessorTime[]): Course[] {
  const names = ["machine", ...Object.keys(samples[0]?.of ?? {})];
  return names.map((name) => ({ name: `processor: ${name}`, unit: "cores", points: rates(samples, name) }));
}

function rates(samples: readonly ProcessorTime[], name: string): [number, number][] {
  const used = (sample: ProcessorTime) => (name === "machine" ? sample.busy : (sample.of[name] ?? 0));
  return samples.slice(1).map((sample, i) => {
    const before = samples[i] ?? sample;
    return [
      sample.at,
      Math.max(0, used(sample) - used(before)) / Math.max(0.001, (sample.at - before.at) / 1000),
    ];
  });
}

function withoutPrometheus({ aim: { prometheus: _, ...aim } }: Target): Target["aim"] {
  return aim;
}
