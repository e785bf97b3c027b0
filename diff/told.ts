import type { Platform } from "../model/model.ts";
import { type Told, toldOf } from "../model/told.ts";
import { type Change, changesOf, type Finding, listed, type Sentence, say } from "./change.ts";

type Severity = "critical" | "warning" | "none";

/** Who is told of alerts of a severity, environment by environment: "in dev, prod chat (Slack #alerts)". */
export function toldSentence(platform: Platform, severity: Severity): Sentence {
  const told = toldOf(platform, severity);
  if (told.length === 0) return ["nobody: the platform has no environment"];
  const parts = told.map(
    ({ environments, receivers, later = [] }) =>
      say`in ${environments.join(", ")}: ${receivers.join(" and ")}${listed(later.map(laterSentence), "")}`,
  );
  return listed(parts, "; ");
}

function laterSentence({ after, receivers }: NonNullable<Told["later"]>[number]): Sentence {
  return say`, after ${after} also ${receivers.join(" and ")}`;
}

/** Who is told of something who was not told before, and who no longer is. */
export function compareTold(before: Platform, after: Platform): Change[] {
  return (["critical", "warning", "none"] as const).flatMap((severity) => {
    const name = severity === "none" ? "heartbeat" : `${severity} alerts`;
    const [was, is] = [receiversOf(before, severity), receiversOf(after, severity)];
    const findings: Finding[] = [
      ...missing(is, was).map(
        (one): Finding => ({ group: "pages-more", says: say`now told ${placeOf(one)}` }),
      ),
      ...missing(was, is).map(
        (one): Finding => ({ group: "pages-less", says: say`no longer told ${placeOf(one)}` }),
      ),
    ];
    return changesOf({ platform: after.name, kind: "notifications of", name }, findings);
  });
}

interface ToldOne {
  receiver: string;
  /** How long nobody must have silenced it. */
  after?: string | undefined;
  environments: string[];
}

function placeOf({ receiver, after, environments }: ToldOne): Sentence {
  const place = say`in ${environments.join(", ")}`;
  return after === undefined
    ? say`${place}: ${receiver}`
    : say`${place} of what nobody silences for ${after}: ${receiver}`;
}

/** Each receiver at its step, with the environments in which it is told. */
function receiversOf(platform: Platform, severity: Severity): Map<string, ToldOne> {
  const all = new Map<string, ToldOne>();
  for (const { environments, receivers, later = [] } of toldOf(platform, severity)) {
    const steps = [{ after: undefined, receivers }, ...later];
    for (const { after, receivers } of steps) {
      for (const receiver of new Set(receivers)) {
        const key = JSON.stringify([receiver, after]);
        const others = all.get(key)?.environments ?? [];
        all.set(key, { receiver, after, environments: [...others, ...environments] });
      }
    }
  }
  return all;
}

function missing(of: Map<string, ToldOne>, from: Map<string, ToldOne>): ToldOne[] {
  return [...of].flatMap(([key, one]) => {
    const environments = one.environments.filter((name) => !from.get(key)?.environments.includes(name));
    return environments.length > 0 ? [{ ...one, environments }] : [];
  });
}
