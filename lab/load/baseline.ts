import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { digestOf } from "../../delivery/gate/record.ts";
import { profileOf } from "../../load-tests/profile.ts";
import { canonicalJson } from "../../model/canonical-json.ts";
import type { LoadProfile } from "../../model/model.ts";
import type { Comparison, Run } from "./result.ts";
import { meanOf } from "./slope.ts";

/** WV-16: a change stays within 10 % of the performance baseline. */
export const budget = 0.1;

const measures = z.record(z.string(), z.array(z.number()));

/** Of which runs the numbers are: those of another load or machine tell nothing of these. */
const setting = z.object({
  compressed: z.number(),
  machine: z.object({ cores: z.int(), processor: z.string(), memoryBytes: z.number() }),
  /** k6 processes that shared the load. */
  runners: z.int(),
  /** Of what was sent, and when: `digestOfLoad`. */
  load: z.string(),
});

export type Setting = z.output<typeof setting>;

/** What later runs are compared with; a file of the project, under version control. */
export const baseline = z.object({
  version: z.literal(2),
  platform: z.string(),
  profile: z.string(),
  ...setting.shape,
  /** By what was measured, a value of each run. */
  measures,
});

export type Baseline = z.output<typeof baseline>;

/** Where the baseline of a profile is kept in a project. */
export function baselineFile(
  project: string,
  { platform, profile }: { platform: string; profile: string },
): string {
  return join(project, "baselines", platform, `${profile}.json`);
}

/** Reads a baseline; nothing if there is none. Throws an Error in words where the file is not one. */
export async function readBaseline(file: string): Promise<Baseline | undefined> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return baseline.parse(JSON.parse(text));
  } catch {
    throw new Error("it is not a baseline, or one of an earlier version");
  }
}

/** Writes a baseline in one step. */
export async function writeBaseline(file: string, content: Baseline): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`);
  await rename(`${file}.new`, file);
}

/** What of runs is kept in a baseline; units are in the names. */
export function measuresOf(runs: readonly Run[]): Baseline["measures"] {
  const values = (of: (run: Run) => number | null | undefined) =>
    runs.flatMap((run) => {
      const found = of(run);
      return found === null || found === undefined ? [] : [found];
    });
  const all = {
    "p50 (s)": values(({ summary }) => summary.p50),
    "p95 (s)": values(({ summary }) => summary.p95),
    "p99 (s)": values(({ summary }) => summary.p99),
    "seconds of processor for each answer": values(processorOfAnswer),
    "memory (B)": values((run) => meanOfCourse(run, "memory")),
  };
  return Object.fromEntries(Object.entries(all).filter(([, found]) => found.length === runs.length));
}

/** Of what a profile sends and when, not of what is asked of the answers: thresholds may change without a change of the load. */
export function digestOfLoad(platform: string, profile: LoadProfile): string {
  const { options, prepare, requests } = profileOf(platform, profile);
  return digestOf(canonicalJson({ scenarios: options.scenarios, prepare, requests }));
}

/** A machine tells its memory without what its kernel keeps, which differs a little from one to the next. */
const sameMemory = 0.05;

/** Why two measurements cannot be compared at all; nothing if they can. */
export function notComparable(before: Setting, now: Setting): string | undefined {
  const { machine } = before;
  const isOtherMemory =
    Math.abs(machine.memoryBytes - now.machine.memoryBytes) > sameMemory * machine.memoryBytes;
  if (machine.cores !== now.machine.cores || machine.processor !== now.machine.processor || isOtherMemory)
    return `the baseline is of another machine (${machine.cores} × ${machine.processor}, ${(machine.memoryBytes / 2 ** 30).toFixed(1)} GiB)`;
  if (before.compressed !== now.compressed)
    return `the baseline is of a load compressed ${before.compressed} times, this one ${now.compressed} times`;
  if (before.load !== now.load)
    return "the baseline is of another load: the profile's arrivals or requests were changed";
  if (before.runners !== now.runners)
    return `the baseline is of ${before.runners} runners, this load of ${now.runners}`;
  return undefined;
}

/** Each measure beside its baseline. What differs by more than the budget is judged only where runs of one side differ by less. */
export function compare(before: Baseline["measures"], now: Baseline["measures"]): Comparison[] {
  return Object.entries(now).flatMap(([name, values]) => {
    const earlier = before[name];
    if (!earlier || earlier.length === 0 || values.length === 0) return [];
    const [was, is] = [medianOf(earlier), medianOf(values)];
    if (was === 0) return [];
    const noise = Math.max(spreadOf(earlier), spreadOf(values));
    const worseBy = (is - was) / was;
    const [, measure = name, unit = ""] = /^(.*?)(?: \((\w+)\))?$/.exec(name) ?? [];
    const severalRuns = earlier.length > 1 && values.length > 1;
    const verdict = judge({ worseBy, noise, severalRuns });
    return [{ measure, unit, before: was, now: is, worseBy, noise, verdict }];
  });
}

function judge(of: { worseBy: number; noise: number; severalRuns: boolean }): Comparison["verdict"] {
  const { worseBy, noise, severalRuns } = of;
  if (!severalRuns || noise > budget) return "too noisy to judge";
  if (worseBy > budget) return "worse";
  return worseBy < -budget ? "better" : "within budget";
}

/** The greatest difference among values, as a share of their median. */
export function spreadOf(values: readonly number[]): number {
  const median = medianOf(values);
  return median === 0 ? 0 : (Math.max(...values) - Math.min(...values)) / median;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor((sorted.length - 1) / 2);
  return meanOf(sorted.slice(middle, sorted.length - middle));
}

function processorOfAnswer(run: Run): number | undefined {
  const cores = meanOfCourse(run, "processor");
  return cores === undefined || run.summary.throughput === 0 ? undefined : cores / run.summary.throughput;
}

function meanOfCourse({ courses }: Run, name: string): number | undefined {
  const points = courses.find((course) => course.name === name)?.points ?? [];
  return points.length === 0 ? undefined : meanOf(points.map(([, value]) => value));
}
