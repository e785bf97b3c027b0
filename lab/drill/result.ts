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

export type Injection = z.infer<typeof injection>;
export type AlertTimes = z.infer<typeof alertTimes>;
export type Judged = z.infer<typeof judged>;
export type DrillResult = z.infer<typeof drillResult>;

/** Of what is asked all the while, so much must be answered: who is not looked at is not quiet. */
const enough = 0.9;

/** Whether at least nine of ten were answered, and any at all. */
export function isEnough(answered: number, made: number): boolean {
  return made > 0 && answered >= enough * made;
}

/** The figures of injections that were made: p95 by nearest rank over injections, of each the last message that its fault calls for. */
export function figuresOf(injections: readonly Injection[]): DrillResult["figures"] {
  const made = injections.filter(({ verdict }) => verdict !== "left out");
  const notified = made.flatMap(({ alerts }) =>
    alerts.length === 0 ? [] : longest(alerts.map((one) => one.notifiedAfter)),
  );
  const healed = made.filter(({ needsPerson, recoveredAfter }) => !needsPerson && recoveredAfter !== null);
  return {
    injections: made.length,
    passed: made.filter(({ verdict }) => verdict === "passed").length,
    notifiedAfterP95: longest(notified) === Number.POSITIVE_INFINITY ? null : (rank95(notified) ?? null),
    resolvedAfterMax: known(longest(passing(made).map((one) => one.resolvedAfter))),
    healedWithoutPerson: made.length === 0 ? null : healed.length / made.length,
    falseAlarms: made.reduce((sum, one) => sum + one.falseAlarms.length, 0),
  };
}

/** Whether a drill's quiet time was quiet, and somebody was there to see it. */
export function isQuiet({ alerts, looks, traffic }: DrillResult["quiet"]): boolean {
  return (
    alerts.length === 0 && isEnough(looks.answered, looks.made) && isEnough(traffic.accepted, traffic.asked)
  );
}

/** What is asked of a drill's figures, and whether it is so. */
export function judge({
  injections,
  figures,
  quiet,
}: Pick<DrillResult, "injections" | "figures" | "quiet">): Judged[] {
  const made = injections.filter(({ verdict }) => verdict !== "left out");
  const { notifiedAfterP95, resolvedAfterMax, healedWithoutPerson } = figures;
  const below = (limit: number, value: number | null) => value !== null && value < limit;
  return [
    {
      ...{ figure: "fault to notification, p95", asked: "below 5 s", measured: inSeconds(notifiedAfterP95) },
      verdict: verdictOf(
        made.some(({ alerts }) => alerts.length > 0),
        below(5, notifiedAfterP95),
      ),
    },
    {
      ...{ figure: "recovery to resolution, longest", asked: "below 10 s" },
      measured: inSeconds(resolvedAfterMax),
      verdict: verdictOf(passing(made).length > 0, below(10, resolvedAfterMax)),
    },
    {
      ...{ figure: "healed without a person", asked: "more than 80 %" },
      measured: healedWithoutPerson === null ? "–" : `${(healedWithoutPerson * 100).toFixed(0)} %`,
      verdict: verdictOf(made.length > 0, (healedWithoutPerson ?? 0) > 0.8),
    },
    {
      ...{ figure: "quiet time under load", asked: "no alert in 10 minutes" },
      measured: `${quiet.alerts.join(", ") || "no alert"} in ${quiet.minutes.toFixed(1)} minutes, ${quiet.looks.answered} of ${quiet.looks.made} looks answered, ${quiet.traffic.accepted} of ${quiet.traffic.asked} runs accepted`,
      // Quiet for a shorter time says nothing of ten minutes, but noise does.
      verdict: verdictOf(quiet.minutes >= 10 || (quiet.minutes > 0 && !isQuiet(quiet)), isQuiet(quiet)),
    },
  ];
}

/** A time in words. */
export function inSeconds(value: number | null | undefined): string {
  return value == null ? "–" : `${value.toFixed(1)} s`;
}

function verdictOf(isMeasured: boolean, isMet: boolean): Judged["verdict"] {
  if (!isMeasured) return "not measured";
  return isMet ? "met" : "missed";
}

/** Expected alerts that end with their faults. */
function passing(made: readonly Injection[]): AlertTimes[] {
  return made.flatMap(({ alerts }) => alerts.filter(({ stays }) => stays === undefined));
}

/** The longest time, of which never is one. */
function longest(values: readonly (number | null)[]): number {
  return values.reduce<number>((most, value) => Math.max(most, value ?? Number.POSITIVE_INFINITY), -1);
}

function known(value: number): number | null {
  return value >= 0 && Number.isFinite(value) ? value : null;
}

function rank95(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1];
}
