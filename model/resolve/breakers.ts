import type { BreakerSpec } from "../../catalog/breaker.ts";
import { perSecondOf, ratioOf, secondsOf } from "../../catalog/units.ts";
import type { DescribedEntry } from "../described.ts";
import type { Alert } from "../model.ts";
import { at } from "../problems.ts";
import type { Breaker, BreakerAction, Opening, Recovery } from "../resilience.ts";
import { resolveSelection, type Scope } from "./scope.ts";
import { checkTold } from "./told-of.ts";

type Entry = DescribedEntry<BreakerSpec>;

/** Breakers in numbers, each with the series that shows it and the alert that tells of it. */
export function resolveBreakers(scope: Scope, alerts: readonly Alert[]): Breaker[] {
  return scope.described.entries.breakers.flatMap((entry) => {
    const { spec, origin, name } = entry;
    scope.references.check("services", spec.service, at(origin, "service"));
    for (const [i, action] of spec.whileOpen.entries())
      if (action.do === "restart")
        scope.references.check("services", action.service, at(origin, "whileOpen", i, "service"));
    checkCloses(scope, entry);
    checkOpens(scope, entry);
    const how = { types: ["gauge"] as const, origin, path: ["shownBy"], service: spec.service };
    const shownBy = resolveSelection(scope, spec.shownBy, how);
    checkTold(scope, { alert: spec.alert, of: shownBy, origin, alerts });
    if (!shownBy) return [];
    const { meets, title, description, service, shared, alert } = spec;
    const [opens, recovers] = [openingOf(spec.opens), recoveryOf(spec.recovers)];
    const whileOpen = spec.whileOpen.map(actionOf);
    return [
      {
        name,
        origin,
        meets,
        title,
        description,
        service,
        opens,
        recovers,
        whileOpen,
        shared,
        shownBy,
        alert,
      },
    ];
  });
}

// A level says nothing about calls, and calls say nothing about a level.
function checkCloses({ problems }: Scope, { spec: { opens, recovers }, origin }: Entry): void {
  if ((opens.kind === "level") !== (recovers.kind === "level")) {
    const message = `what opens by "${opens.kind}" cannot close by "${recovers.kind}"`;
    problems.add("resilience/recovery-mismatch", at(origin, "recovers", "kind"), message, {
      fix:
        opens.kind === "level"
          ? 'close it by { kind: "level", below: … }'
          : "close it by a trial or after a time",
    });
  } else if (
    opens.kind === "level" &&
    recovers.kind === "level" &&
    ratioOf(recovers.below) > ratioOf(opens.above)
  ) {
    const message = `it closes below ${recovers.below} and opens above ${opens.above}: in between it does both`;
    problems.add("resilience/recovery-mismatch", at(origin, "recovers", "below"), message, {
      fix: `close it at ${opens.above} or below`,
    });
  }
}

function checkOpens({ problems }: Scope, { spec: { opens }, origin }: Entry): void {
  if (!("above" in opens) || ratioOf(opens.above) < 1) return;
  problems.add(
    "resilience/never-opens",
    at(origin, "opens", "above"),
    `nothing is ever above ${opens.above}`,
    {
      fix: "choose a share below 100%",
    },
  );
}

function openingOf(opens: BreakerSpec["opens"]): Opening {
  switch (opens.kind) {
    case "failure-rate": {
      const { kind, minimumCalls } = opens;
      return { kind, minimumCalls, above: ratioOf(opens.above), windowSeconds: secondsOf(opens.window) };
    }
    case "timeouts":
      return { kind: opens.kind, timeouts: opens.timeouts, windowSeconds: secondsOf(opens.window) };
    case "share-of-last":
    case "level":
      return { ...opens, above: ratioOf(opens.above) };
    case "consecutive-failures":
      return opens;
  }
}

function recoveryOf(recovers: BreakerSpec["recovers"]): Recovery {
  if (recovers.kind === "trial") return { kind: "trial", afterSeconds: recovers.after.map(secondsOf) };
  if (recovers.kind === "level") return { kind: "level", below: ratioOf(recovers.below) };
  return { kind: recovers.kind, seconds: secondsOf(recovers.time) };
}

function actionOf(action: BreakerSpec["whileOpen"][number]): BreakerAction {
  if (action.do === "throttle") return { do: action.do, perSecond: perSecondOf(action.to) };
  if (action.do === "lower-threshold") return { do: action.do, byRatio: ratioOf(action.by) };
  return action;
}
