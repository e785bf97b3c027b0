import type { LoadProfile, Platform } from "../model/model.ts";
import { type Change, changesOf, type Finding, type Group, say } from "./change.ts";
import { leftovers } from "./leftovers.ts";
import { pairs } from "./pairs.ts";

/** Load profiles: new, gone, asking for more or less. */
export function compareLoadProfiles(before: Platform, after: Platform): Change[] {
  const { gone, added, kept } = pairs(before.loadProfiles, after.loadProfiles);
  const change = (profile: LoadProfile, findings: Finding[]) =>
    changesOf({ platform: after.name, kind: "load profile", name: profile.name }, findings);
  return [
    ...gone.flatMap((p) => change(p, [{ group: "gone", says: say`is gone: ${p.title}` }])),
    ...added.flatMap((p) => change(p, [{ group: "new", says: say`is new: ${p.title}` }])),
    ...kept.flatMap(([old, p]) => change(p, findingsOf(old, p))),
  ];
}

function findingsOf(old: LoadProfile, profile: LoadProfile): Finding[] {
  const slos = pairs(old.slos, profile.slos);
  return [
    ...slos.gone.map(
      ({ name }): Finding => ({ group: "looser", says: say`no longer holds the SLO ${name}` }),
    ),
    ...slos.added.map(({ name }): Finding => ({ group: "tighter", says: say`holds the SLO ${name} now` })),
    ...leftovers(old, profile, ["slos"]).map(
      ({ path, says }): Finding => ({ group: groupOf(path, old, profile), says }),
    ),
  ];
}

function groupOf(path: string, old: LoadProfile, profile: LoadProfile): Group {
  if (path === "checks") return profile.checks < old.checks ? "looser" : "tighter";
  const [was, is] = [old.arrivals, profile.arrivals];
  if (path !== "arrivals.perSecond" || was.kind !== "constant" || is.kind !== "constant") return "changed";
  return is.perSecond < was.perSecond ? "looser" : "tighter";
}
