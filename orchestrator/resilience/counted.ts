import { readablePercent, readableSeconds } from "../../model/readable.ts";
import type { Opening } from "../../model/resilience.ts";

/** How a call, task or decision ended, as a breaker sees it. */
export type Outcome = "success" | "failure" | "timeout";

/** Outcomes of a short span of time; `at` is its beginning in milliseconds. */
interface Span {
  at: number;
  good: number;
  bad: number;
}

/** What a breaker has counted; plain data, so that replicas can share it. Only what its kind of counting needs is filled. */
export interface Counted {
  inARow: number;
  /** Of the last ones, the oldest first: whether each failed. */
  last: boolean[];
  spans: Span[];
  level: number | null;
}

/** What a breaker knows before anything has happened. */
export const nothingCounted: Counted = { inARow: 0, last: [], spans: [], level: null };

// A thousand spans of a window: an outcome leaves it at most a thousandth of the window late.
const SPANS = 1000;

/** Counts one outcome. */
export function countOutcome(
  opens: Opening,
  counted: Counted,
  at: { outcome: Outcome; now: number },
): Counted {
  const isBad = opens.kind === "timeouts" ? at.outcome === "timeout" : at.outcome !== "success";
  switch (opens.kind) {
    case "consecutive-failures":
      return { ...counted, inARow: isBad ? counted.inARow + 1 : 0 };
    case "share-of-last":
      return { ...counted, last: [...counted.last, isBad].slice(-opens.of) };
    case "failure-rate":
    case "timeouts":
      return {
        ...counted,
        spans: withOutcome(counted.spans, { isBad, now: at.now, seconds: opens.windowSeconds }),
      };
    case "level":
      return counted;
  }
}

/** Notes a measured level, a ratio. */
export function countLevel(opens: Opening, counted: Counted, level: number): Counted {
  return opens.kind === "level" ? { ...counted, level } : counted;
}

/** Leaves out what is older than the window. */
export function forget(opens: Opening, counted: Counted, now: number): Counted {
  if (!("windowSeconds" in opens)) return counted;
  const spans = counted.spans.filter((span) => span.at > now - opens.windowSeconds * 1000);
  return spans.length === counted.spans.length ? counted : { ...counted, spans };
}

/** Why what was counted is too much, in words; nothing while it is not. What is older than the window must be forgotten before. */
export function tooMuch(opens: Opening, { inARow, last, spans, level }: Counted): string | undefined {
  const [bad, good] = [sum(spans, "bad"), sum(spans, "good")];
  switch (opens.kind) {
    case "consecutive-failures":
      return inARow >= opens.failures ? `${inARow} failures in a row` : undefined;
    case "share-of-last": {
      const failed = last.filter((one) => one).length;
      const isMore = last.length === opens.of && failed > opens.above * opens.of;
      return isMore ? `${failed} of the last ${opens.of}` : undefined;
    }
    case "failure-rate": {
      const isMore = bad + good >= opens.minimumCalls && bad > opens.above * (bad + good);
      return isMore ? `${bad} of ${bad + good} within ${readableSeconds(opens.windowSeconds)}` : undefined;
    }
    case "timeouts":
      return bad >= opens.timeouts
        ? `${bad} time-outs within ${readableSeconds(opens.windowSeconds)}`
        : undefined;
    case "level":
      return level !== null && level > opens.above ? `level ${readablePercent(level)}` : undefined;
  }
}

function withOutcome(spans: Span[], at: { isBad: boolean; now: number; seconds: number }): Span[] {
  const length = Math.max(1, Math.floor((at.seconds * 1000) / SPANS));
  const newest = spans.at(-1);
  const kept = spans.filter((span) => span.at > at.now - at.seconds * 1000);
  const [bad, good] = at.isBad ? [1, 0] : [0, 1];
  // Clocks of replicas differ: what is a little older than the newest span is counted in it.
  if (!newest || at.now >= newest.at + length || kept.length === 0)
    return [...kept, { at: at.now, bad, good }];
  return [...kept.slice(0, -1), { at: newest.at, bad: newest.bad + bad, good: newest.good + good }];
}

function sum(spans: readonly Span[], key: "good" | "bad"): number {
  return spans.reduce((total, span) => total + span[key], 0);
}
