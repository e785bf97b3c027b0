import { z } from "zod";

const measured = z.number().nullable();

/** What k6 writes of a run: base units, null where nothing was measured. */
export const summary = z.object({
  baseUrl: z.string(),
  passed: z.boolean(),
  durationSeconds: z.number(),
  requests: z.number(),
  throughput: z.number(),
  errorRate: measured,
  p50: measured,
  p95: measured,
  p99: measured,
  iterations: z.number(),
  droppedIterations: z.number(),
  thresholds: z.array(
    z.object({
      metric: z.string(),
      threshold: z.string(),
      ok: z.boolean(),
      /** In k6's unit; told where several runners were judged together. */
      value: measured.optional(),
    }),
  ),
});

/** Samples of one thing over a run: milliseconds since 1970 and values. */
export const course = z.object({
  name: z.string(),
  unit: z.string(),
  points: z.array(z.tuple([z.number(), z.number()])),
});

/** How something changed over a run: a straight line through its samples, by least squares. */
export const slope = z.object({
  of: z.enum(["memory", "handles", "series"]),
  unit: z.string(),
  samples: z.int(),
  mean: z.number(),
  perHour: z.number(),
  /** Half the 95 % interval of `perHour`. */
  uncertainty: z.number(),
  /** `steady`: less than a twentieth of the mean from end to end. `unclear`: the interval holds that and more. */
  verdict: z.enum(["grows", "steady", "falls", "unclear"]),
});

const sloVerdict = z.object({
  slo: z.string(),
  title: z.string(),
  objective: z.number(),
  /** Share of good events over the run, as the service's own metrics tell it. */
  good: measured,
  events: measured,
  /** `not measured`: the lab's orchestrator has no source for it; `because` says why, and k6's thresholds stand. */
  verdict: z.enum(["met", "missed", "no events", "not measured"]),
  because: z.string().optional(),
});

const share = z.object({
  resource: z.string(),
  /** 0 to 1: how much of it was in use, or of the answers' time was spent on it. */
  share: z.number(),
  says: z.string(),
});

/** What a run used up: shares of what there is, and where the time of the answers went. */
export const bottleneck = z.object({
  verdict: z.string(),
  /** Absent: nothing was saturated. */
  resource: z.string().optional(),
  saturation: z.array(share),
  time: z.array(share),
});

const run = z.object({
  number: z.int(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  /** Of all runners together. */
  summary,
  /** What each runner found by itself, where there were several. */
  runners: z.array(summary).default([]),
  /** What the profile asked for when the run ended. */
  reachedPerSecond: z.number(),
  /** What it asked for when k6 first looked whether the thresholds of a load until failure still hold. */
  firstJudgedPerSecond: z.number(),
  slos: z.array(sloVerdict),
  slopes: z.array(slope),
  courses: z.array(course),
  bottleneck: bottleneck.optional(),
  /** Share of one processor's time that the service spent on being scraped. */
  samplingOverhead: measured,
});

const comparison = z.object({
  measure: z.string(),
  unit: z.string(),
  before: z.number(),
  now: z.number(),
  /** (now − before) ÷ before; positive is worse. */
  worseBy: z.number(),
  /** The greatest difference among runs of one side, as a share of their median. */
  noise: z.number(),
  verdict: z.enum(["within budget", "better", "worse", "too noisy to judge"]),
});

/** The result of `fairlead load`. */
export const loadResult = z.object({
  version: z.literal(1),
  platform: z.string(),
  profile: z.string(),
  title: z.string(),
  target: z.string(),
  lab: z.string().optional(),
  /** How many times shorter than the catalog says the load lasted. */
  compressed: z.number(),
  warmUpSeconds: z.number(),
  /** The run was to go on until a threshold no longer held. */
  untilFailure: z.boolean(),
  machine: z.object({ cores: z.int(), processor: z.string(), memoryBytes: z.number() }),
  tools: z.object({ k6: z.string(), node: z.string() }),
  runs: z.array(run).min(1),
  repeatability: z.object({
    tolerance: z.number(),
    /** Greatest difference of the runs' medians and p95; absent with one run. */
    difference: measured,
    verdict: z.enum(["the runs agree", "too noisy to judge", "one run tells nothing of it", "not measured"]),
  }),
  baseline: z
    .object({
      file: z.string(),
      problem: z.string().optional(),
      comparisons: z.array(comparison),
      /** What the baseline has and these runs did not measure. */
      missing: z.array(z.string()),
    })
    .optional(),
  verdict: z.enum(["pass", "fail", "inconclusive"]),
  /** Why it is not a pass, a sentence each. */
  reasons: z.array(z.string()),
});

export type Summary = z.output<typeof summary>;
export type Course = z.output<typeof course>;
export type Slope = z.output<typeof slope>;
export type SloVerdict = z.output<typeof sloVerdict>;
export type Bottleneck = z.output<typeof bottleneck>;
export type Share = z.output<typeof share>;
export type Run = z.output<typeof run>;
export type Comparison = z.output<typeof comparison>;
export type LoadResult = z.output<typeof loadResult>;
