import { readablePercent, readableSeconds } from "./readable.ts";
import type { Breaker, BreakerAction, Limit, Mode } from "./resilience.ts";

/** When a breaker opens, for a person: "5 failures in a row". */
export function openingText(opens: Breaker["opens"]): string {
  switch (opens.kind) {
    case "consecutive-failures":
      return `${opens.failures} failures in a row`;
    case "failure-rate":
      return `more than ${readablePercent(opens.above)} of the calls of ${readableSeconds(opens.windowSeconds)} failed, of at least ${opens.minimumCalls}`;
    case "share-of-last":
      return `more than ${readablePercent(opens.above)} of the last ${opens.of} failed`;
    case "timeouts":
      return `${opens.timeouts} time-outs within ${readableSeconds(opens.windowSeconds)}`;
    case "level":
      return `above ${readablePercent(opens.above)}`;
  }
}

/** When a breaker closes again, for a person. */
export function recoveryText(recovers: Breaker["recovers"]): string {
  switch (recovers.kind) {
    case "trial":
      return `when a trial succeeds: after ${recovers.afterSeconds.map(readableSeconds).join(", ")}`;
    case "cool-down":
      return `after ${readableSeconds(recovers.seconds)}`;
    case "normal-for":
      return `after ${readableSeconds(recovers.seconds)} within its bounds`;
    case "level":
      return `below ${readablePercent(recovers.below)}`;
  }
}

/** What is done while a breaker is open, for a person. */
export function actionText(action: BreakerAction): string {
  switch (action.do) {
    case "use-back-up":
      return `uses the back-up ${action.backUp}`;
    case "throttle":
      return `at most ${Number(action.perSecond.toPrecision(6))} a second`;
    case "lower-threshold":
      return `asks for ${readablePercent(action.byRatio)} less`;
    case "restart":
      return `restarts ${action.service}`;
    default:
      return action.do.replaceAll("-", " ");
  }
}

/** What goes on in a mode, for a person. */
export function worksTexts(works: Mode["works"]): string[] {
  const running = {
    "goes-on": "running work goes on",
    finishes: "running work ends after its step",
    pauses: "running work is paused",
    ends: "running work is ended",
  };
  return [
    `new work is ${works.newWork}`,
    running[works.running],
    ...(works.stages ? [`stages ${works.stages.join(", ")} only`] : []),
    ...(works.agentsRatio < 1 ? [`${readablePercent(works.agentsRatio)} of the agents`] : []),
    ...(works.stepsAtMost === undefined ? [] : [`at most ${works.stepsAtMost} steps a task`]),
    ...(works.everyChangeReviewed ? ["every change is reviewed"] : []),
    ...(works.keysLocked ? ["keys are locked"] : []),
    ...(works.requestsPerson ? ["a person is requested"] : []),
  ];
}

/** A limit's amount, for a person: "10000 tokens for each task". */
export function amountText({ atMost, unit, of, per, windowSeconds }: Limit): string {
  const amount = {
    count: `${atMost} ${of}`,
    bytes: `${atMost} bytes of ${of}`,
    seconds: readableSeconds(atMost),
    ratio: `${readablePercent(atMost)} of ${of}`,
  }[unit];
  const within = windowSeconds === undefined ? "" : ` within ${readableSeconds(windowSeconds)}`;
  return `${amount} for each ${per}${within}`;
}
