import type { Platform } from "../model/model.ts";
import { toldOf } from "../model/told.ts";
import { type Change, changesOf, type Finding, listed, type Sentence, say } from "./change.ts";

type Severity = "critical" | "warning" | "none";

/** Who is told of alerts of a severity, environment by environment: "in dev, prod chat (Slack #alerts)". */
export function toldSentence(platform: Platform, severity: Severity): Sentence {
  const told = toldOf(platform, severity);
  if (told.length === 0) return ["nobody: the platform has no environment"];
  const parts = told.map(
    ({ environments, receivers }) => say`in ${environments.join(", ")}: ${receivers.join(" and ")}`,
  );
  return listed(parts, "; ");
}

/** Who is told of something who was not told before, and who no longer is. */
export function compareTold(before: Platform, after: Platform): Change[] {
  return (["critical", "warning", "none"] as const).flatMap((severity) => {
    const name = severity === "none" ? "heartbeat" : `${severity} alerts`;
    const [was, is] = [receiversOf(before, severity), receiversOf(after, severity)];
    const findings: Finding[] = [
      ...missing(is, was).map(
        (one): Finding => ({
          group: "pages-more",
          says: say`now told in ${one.environments}: ${one.receiver}`,
        }),
      ),
      ...missing(was, is).map(
        (one): Finding => ({
          group: "pages-less",
          says: say`no longer told in ${one.environments}: ${one.receiver}`,
        }),
      ),
    ];
    return changesOf({ platform: after.name, kind: "notifications of", name }, findings);
  });
}

/** Receivers with the environments in which they are told. */
function receiversOf(platform: Platform, severity: Severity): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const { environments, receivers } of toldOf(platform, severity)) {
    for (const receiver of new Set(receivers)) {
      all.set(receiver, [...(all.get(receiver) ?? []), ...environments]);
    }
  }
  return all;
}

function missing(of: Map<string, string[]>, from: Map<string, string[]>) {
  return [...of].flatMap(([receiver, environments]) => {
    const only = environments.filter((name) => !from.get(receiver)?.includes(name));
    return only.length > 0 ? [{ receiver, environments: only.join(", ") }] : [];
  });
}
