// When an SLO's budget burns fast enough for one of its tiers.
import { totalSeries } from "../../model/alerting/error-ratio.ts";
import type { Slo, Tier } from "../../model/model.ts";
import type { Candidate, Fed } from "./candidate.ts";
import { groupsAmong } from "./groups.ts";
import { fedRatio, fedTrack } from "./recorded.ts";
import { countsEvents, errorRatio, eventCounts } from "./sli.ts";
import { all, CLEARANCE, type Verdict, verdicts } from "./verdict.ts";

/** The burn-rate alert of a tier, one for each group that the SLO keeps apart. */
export function burnCandidates(slo: Slo, tier: Tier, fed: Fed): Candidate[] {
  const groups = slo.by.length > 0 ? groupsAmong(fed.series, slo.by) : [{ labels: {}, members: fed.series }];
  return groups.map(({ labels, members }) => ({
    labels: { ...slo.labels, ...labels },
    condition: burns(slo, tier, { ...fed, series: members }),
  }));
}

function burns(slo: Slo, tier: Tier, fed: Fed): Verdict[] {
  const windows: [name: string, seconds: number][] = [
    [tier.short, tier.shortSeconds],
    [tier.long, tier.longSeconds],
  ];
  const parts = windows.map(([name, seconds]) => {
    const given = countsEvents(slo) ? undefined : fedRatio(slo, fed, name);
    const track = given ?? errorRatio(slo, fed, seconds);
    // Near 100 % there is little room beyond the threshold. A value that was fed as such is exact, the mean of several is not.
    const near = Math.min(CLEARANCE, (1 / tier.threshold - 1) / 4);
    const clearance = given && slo.sli.kind !== "composite" ? 0 : near;
    return verdicts(track, { is: ">", value: tier.threshold }, clearance);
  });
  if (slo.minimumEvents > 0) {
    const record = { record: totalSeries(tier.long), labels: slo.labels };
    const given = countsEvents(slo) ? undefined : fedTrack(fed, record);
    const total = given ?? eventCounts(slo, fed, tier.longSeconds).total;
    parts.push(verdicts(total, { is: ">=", value: slo.minimumEvents }, given ? 0 : CLEARANCE));
  }
  return fed.moments.map((_, i) => all(...parts.map((part) => part[i])));
}
