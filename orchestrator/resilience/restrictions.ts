import type { BreakerAction, Mode } from "../../model/resilience.ts";

/** What may be done now, all breakers and modes together: what the strictest of them says. */
export interface Restrictions {
  /** Whether new work is taken. */
  accepts: boolean;
  /** Whether work that was taken may start. */
  starts: boolean;
  /** What becomes of running work. */
  running: Mode["works"]["running"];
  /** The only stages that are done; absent where all are. */
  stages?: string[];
  /** Share of the agents that may work. */
  agentsRatio: number;
  /** Steps that a task may have at most; absent where it does not matter. */
  stepsAtMost?: number;
  everyChangeReviewed: boolean;
  keysLocked: boolean;
  /** Whether artifacts may be written. */
  artifacts: boolean;
  /** By how much gates ask for less: 0.2 makes 0.64 of 0.8. */
  thresholdLoweredBy: number;
  /** What is used instead, by breaker. */
  backUps: Record<string, string>;
  /** Calls a second at most, by breaker; absent where calls are not slowed down. */
  perSecond: Record<string, number>;
}

// From what restricts least to what restricts most.
const RUNNING: readonly Restrictions["running"][] = ["goes-on", "finishes", "pauses", "ends"];

/** Puts together what the modes that are on and the breakers that are open ask for. */
export function restrictionsOf(
  modes: readonly Pick<Mode, "works">[],
  breakers: readonly { name: string; actions: readonly BreakerAction[] }[],
): Restrictions {
  const works = modes.map((mode) => mode.works);
  const actions = breakers.flatMap(({ name, actions }) => actions.map((action) => ({ name, action })));
  const asks = (what: BreakerAction["do"]) => actions.some(({ action }) => action.do === what);
  const running = works.map((one) => one.running);
  if (asks("pause-tasks")) running.push("pauses");
  const stages = works.flatMap((one) => (one.stages ? [one.stages] : []));
  const steps = works.flatMap((one) => one.stepsAtMost ?? []);
  const accepts = works.every((one) => one.newWork === "accepted");
  const strictest = Math.max(0, ...running.map((one) => RUNNING.indexOf(one)));
  return {
    accepts,
    // What is paused does not start either.
    starts: accepts && strictest < RUNNING.indexOf("pauses") && !asks("pause-starts"),
    running: RUNNING[strictest] ?? "goes-on",
    ...(stages.length > 0 && { stages: stages.reduce((a, b) => a.filter((stage) => b.includes(stage))) }),
    agentsRatio: Math.min(1, ...works.map((one) => one.agentsRatio)),
    ...(steps.length > 0 && { stepsAtMost: Math.min(...steps) }),
    everyChangeReviewed: works.some((one) => one.everyChangeReviewed),
    keysLocked: works.some((one) => one.keysLocked),
    artifacts: !asks("pause-artifacts"),
    ...loweredAndReplaced(actions),
  };
}

function loweredAndReplaced(actions: readonly { name: string; action: BreakerAction }[]) {
  const lowered = actions.flatMap(({ action }) => (action.do === "lower-threshold" ? [action.byRatio] : []));
  const backUps = actions.flatMap(({ name, action }) =>
    action.do === "use-back-up" ? [[name, action.backUp] as const] : [],
  );
  const slowed = actions.flatMap(({ name, action }) =>
    action.do === "throttle" ? [[name, action.perSecond] as const] : [],
  );
  return {
    thresholdLoweredBy: Math.max(0, ...lowered),
    backUps: Object.fromEntries(backUps),
    perSecond: Object.fromEntries(slowed),
  };
}
