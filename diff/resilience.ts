import type { Entry, Platform } from "../model/model.ts";
import type { Breaker, Mode } from "../model/resilience.ts";
import { amountText, openingText } from "../model/resilience-words.ts";
import { type Change, changesOf, type Finding, type Kind, say } from "./change.ts";
import { leftovers } from "./leftovers.ts";
import { pairs } from "./pairs.ts";

/** Breakers: new, gone, opening sooner or later. */
export function compareBreakers(before: Platform, after: Platform): Change[] {
  return compared(
    { before: before.breakers, after: after.breakers, platform: after.name, kind: "breaker" },
    (was, is) => [...openingFindings(was, is), ...others(was, is, ["opens"])],
  );
}

/** Modes: new, gone, brought about by something else. */
export function compareModes(before: Platform, after: Platform): Change[] {
  return compared(
    { before: before.modes, after: after.modes, platform: after.name, kind: "mode" },
    (was: Mode, is) => others(was, is, []),
  );
}

/** Limits: new, gone, tightened, loosened. */
export function compareLimits(before: Platform, after: Platform): Change[] {
  return compared(
    { before: before.limits, after: after.limits, platform: after.name, kind: "limit" },
    (was, is) => {
      if (was.unit !== is.unit) return others(was, is, []);
      const says = say`at most ${amountText(is)}, was ${amountText(was)}`;
      const moved: Finding[] =
        was.atMost === is.atMost ? [] : [{ group: is.atMost < was.atMost ? "tighter" : "looser", says }];
      return [...moved, ...others(was, is, ["atMost"])];
    },
  );
}

function compared<E extends Entry & { title: string }>(
  {
    before,
    after,
    platform,
    kind,
  }: { before: readonly E[]; after: readonly E[]; platform: string; kind: Kind },
  findings: (was: E, is: E) => Finding[],
): Change[] {
  const { gone, added, kept } = pairs(before, after);
  const change = (name: string, found: Finding[]) => changesOf({ platform, kind, name }, found);
  return [
    ...gone.flatMap((one) => change(one.name, [{ group: "looser", says: say`is gone: ${one.title}` }])),
    ...added.flatMap((one) => change(one.name, [{ group: "tighter", says: say`is new: ${one.title}` }])),
    ...kept.flatMap(([was, is]) => change(is.name, findings(was, is))),
  ];
}

// More failures, a higher share: it opens later. Another window or another kind of counting can be either.
function openingFindings({ opens: was }: Breaker, { opens: is }: Breaker): Finding[] {
  const unlike = leftovers(was, is);
  const [only, ...more] = unlike;
  if (!only) return [];
  const [then, now] = [thresholdOf(was), thresholdOf(is)];
  if (more.length > 0 || was.kind !== is.kind || then === now)
    return unlike.map(({ says }) => ({ group: "changed", says: say`opens: ${says}` }));
  return [
    {
      group: now < then ? "tighter" : "looser",
      says: say`opens at ${openingText(is)}; it opened at ${openingText(was)}`,
    },
  ];
}

function thresholdOf(opens: Breaker["opens"]): number {
  if ("above" in opens) return opens.above;
  return opens.kind === "timeouts" ? opens.timeouts : opens.failures;
}

function others(was: object, is: object, without: readonly string[]): Finding[] {
  return leftovers(was, is, without).map(({ says }) => ({ group: "changed", says }));
}
