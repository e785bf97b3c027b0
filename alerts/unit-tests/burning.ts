// When an SLO's budget burns fast enough for one of its tiers.
import { totalSeries } from "../../model/alerting/error-ratio.ts";
import type { Slo, Tier } from "../../model/model.ts";
import type { Candidate, Fed } from "./candidate.ts";
import type { Track } from "./extrapolation.ts";
import { groupsAmong } from "./groups.ts";
import { fedRatio, fedTrack } from "./recorded.ts";
import type { Labels } from "./series.ts";
import { countsEvents, errorRatio, eventCounts } from "./sli.ts";
import { all, CLEARANCE, type Verdict, verdicts } from "./verdict.ts";

/** The burn-rate alert of a tier, one for each group that the SLO keeps apart. */
export function burnCandidates(slo: Slo, tier: Tier, fed: Fed): Candidate[] {
  return groupsOf(slo, fed).map((group) => ({
    labels: { ...slo.labels, ...group.labels },
    condition: burns(slo, tier, group.fed),
  }));
}

interface Group {
  labels: Labels;
  fed: Fed;
}

// All alerts of a file are tried on one scene, and their tiers share windows: what is worked out of a scene is kept with it.
const known = { groups: new WeakMap<Fed, Group[]>(), tracks: new WeakMap<Fed, Map<string, Track>>() };

function groupsOf(slo: Slo, fed: Fed): Group[] {
  if (slo.by.length === 0) return [{ labels: {}, fed }];
  const groups =
    known.groups.get(fed) ??
    groupsAmong(fed.series, slo.by).map(({ labels, members }) => ({
      labels,
      fed: { ...fed, series: members },
    }));
  known.groups.set(fed, groups);
  return groups;
}

function once(fed: Fed, name: string, make: () => Track): Track {
  const tracks = known.tracks.get(fed) ?? new Map<string, Track>();
  known.tracks.set(fed, tracks);
  const track = tracks.get(name) ?? make();
  tracks.set(name, track);
  return track;
}

function burns(slo: Slo, tier: Tier, fed: Fed): Verdict[] {
  const windows: [name: string, seconds: number][] = [
    [tier.short, tier.shortSeconds],
    [tier.long, tier.longSeconds],
  ];
  const parts = windows.map(([name, seconds]) => {
    const given = countsEvents(slo) ? undefined : fedRatio(slo, fed, name);
    const track = given ?? once(fed, `ratio ${seconds}`, () => errorRatio(slo, fed, seconds));
    // Near 100 % there is little room beyond the threshold. A value that was fed as such is exact, the mean of several is not.
    const near = Math.min(CLEARANCE, (1 / tier.threshold - 1) / 4);
    const clearance = given && slo.sli.kind !== "composite" ? 0 : near;
    return verdicts(track, { is: ">", value: tier.threshold }, clearance);
  });
  if (slo.minimumEvents > 0) {
    const record = { record: totalSeries(tier.long), labels: slo.labels };
    const given = countsEvents(slo) ? undefined : fedTrack(fed, record);
    const total =
      given ?? once(fed, `total ${tier.long}`, () => eventCounts(slo, fed, tier.longSeconds).total);
    parts.push(verdicts(total, { is: ">=", value: slo.minimumEvents }, given ? 0 : CLEARANCE));
  }
  return fed.moments.map((_, i) => all(...parts.map((part) => part[i])));
}
