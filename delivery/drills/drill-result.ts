// What a drill of faults came to: written by `fairlead lab drill --json`, read as evidence.
import { z } from "zod";

const seconds = z.number().nullable();

const alertTimes = z.object({
  alert: z.string(),
  /** From the fault to the alert that fires in Prometheus, and to the first message at a receiver. */
  detectedAfter: seconds,
  notifiedAfter: seconds,
  /** From recovery to the message that it is over; null where it outlasts the fault by what it counts. */
  resolvedAfter: seconds,
  stays: z.string().optional(),
});

const injection = z.object({
  fault: z.string(),
  title: z.string(),
  at: z.iso.datetime(),
  verdict: z.enum(["passed", "failed", "left out"]),
  /** What was not as the fault says; why it was left out. */
  why: z.array(z.string()),
  alerts: z.array(alertTimes),
  falseAlarms: z.array(z.string()),
  /** From the end of the cause until the service says that it is well. */
  recoveredAfter: seconds,
  needsPerson: z.boolean(),
});

/** A figure that a drill is asked for, in words; numbers are among the figures. */
const judged = z.object({
  figure: z.string(),
  asked: z.string(),
  measured: z.string(),
  verdict: z.enum(["met", "missed", "not measured"]),
});

/** What a drill came to; `null`: not measured. */
export const drillResult = z.object({
  version: z.literal(1),
  platform: z.string(),
  lab: z.string(),
  replicas: z.int(),
  startedAt: z.iso.datetime(),
  seconds: z.number(),
  machine: z.object({ cores: z.int(), processor: z.string(), memoryBytes: z.number() }),
  traffic: z.object({ asked: z.int(), accepted: z.int() }),
  /** Time before the first fault: alerts that fired at any moment of it, how often they were looked for, and what traffic there was. */
  quiet: z.object({
    minutes: z.number(),
    alerts: z.array(z.string()),
    looks: z.object({ made: z.int(), answered: z.int() }),
    traffic: z.object({ asked: z.int(), accepted: z.int() }),
  }),
  injections: z.array(injection),
  /** Seconds until somebody hears of it at the pace of an environment in production. */
  production: z.object({
    environment: z.string(),
    alerts: z.array(z.object({ alert: z.string(), atMost: z.number() })),
    /** Alerts of objectives, when all events are bad, a tenth of them, and a hundredth; null: never. */
    objectives: z.array(z.object({ alert: z.string(), all: seconds, tenth: seconds, hundredth: seconds })),
  }),
  figures: z.object({
    injections: z.int(),
    passed: z.int(),
    /** Null also where an alert that must be told of was not, or was not told to be over: no time is longer than never. */
    notifiedAfterP95: seconds,
    resolvedAfterMax: seconds,
    healedWithoutPerson: z.number().nullable(),
    falseAlarms: z.int(),
  }),
  judged: z.array(judged),
});

export type DrillResult = z.output<typeof drillResult>;
