// SLIs of which each minute is an event, worked out from the fed gauge: what promtool's answer is compared with.
import type { MinutesSli } from "../../model/alerting/error-ratio.ts";
import type { Clock, Track } from "./extrapolation.ts";
import { aggregated } from "./groups.ts";
import { selects } from "./selecting.ts";
import type { Series } from "./series.ts";
import { compare } from "./verdict.ts";

interface Fed extends Clock {
  series: readonly Series[];
}

// A value is seen for so long after it was recorded (Prometheus' look-back).
const SEEN_SECONDS = 300;

/** At every sample 1 while it is bad, 0 while it is good, undefined while there is no gauge. Rules are evaluated at each sample. */
export function badAt(sli: MinutesSli, { series, stepSeconds }: Omit<Fed, "moments">): Track {
  const members = series.filter((one) => selects(sli.of, one));
  const steps = Math.max(0, ...members.map(({ values }) => values.length));
  const moments = Array.from({ length: steps }, (_, i) => i);
  return aggregated(members, sli.aggregate, { moments }).map((value, i) => {
    if (value === undefined) return undefined;
    if (sli.kind === "freshness") return i * stepSeconds - value < sli.youngerThanSeconds ? 0 : 1;
    return compare(value, { is: sli.is, threshold: sli.value, clearance: 0 }) ? 0 : 1;
  });
}

/** Share of bad samples over a window at each moment. */
export function badShare(bad: Track, { stepSeconds, moments }: Clock, windowSeconds: number): Track {
  const size = windowSeconds / stepSeconds;
  return moments.map((now) => {
    const oldest = Math.max(0, Math.floor(now - size) + 1);
    const seen = bad.slice(oldest, now + 1).filter((one) => one !== undefined);
    return seen.length > 0 ? seen.reduce((sum, one) => sum + one, 0) / seen.length : undefined;
  });
}

/** Bad and all measured minutes of a window at each moment: the value at each full minute, as far as it is seen there. */
export function minutesIn(
  bad: Track,
  { stepSeconds, moments }: Clock,
  windowSeconds: number,
): { bad: Track; total: Track } {
  const counts = moments.map((now) => {
    const end = now * stepSeconds;
    let [badMinutes, all] = [0, 0];
    for (let at = Math.floor(end / 60) * 60; at > end - windowSeconds && at >= 0; at -= 60) {
      const sample = Math.floor(at / stepSeconds);
      const value = bad[sample];
      if (value === undefined || at - sample * stepSeconds >= SEEN_SECONDS) continue;
      badMinutes += value;
      all++;
    }
    return all > 0 ? { bad: badMinutes, total: all } : undefined;
  });
  return { bad: counts.map((count) => count?.bad), total: counts.map((count) => count?.total) };
}
