import { absentOfAggregate } from "./absent-of-aggregate.ts";
import { alertWithoutOwner } from "./alert-without-owner.ts";
import { averageOfRatios } from "./average-of-ratios.ts";
import { bucketsMissThreshold } from "./buckets-miss-threshold.ts";
import { costlyLabel } from "./costly-label.ts";
import { deadTier } from "./dead-tier.ts";
import { diagnosisWithoutQuery } from "./diagnosis-without-query.ts";
import { forLongerThanWindow } from "./for-longer-than-window.ts";
import { forWithoutReason } from "./for-without-reason.ts";
import { gateLooserThanSlo } from "./gate-looser-than-slo.ts";
import { idleCriterion } from "./idle-criterion.ts";
import { irateInAlert } from "./irate-in-alert.ts";
import { legendWithoutLabel } from "./legend-without-label.ts";
import type { Lint } from "./lint.ts";
import { matchesEverything } from "./matches-everything.ts";
import { missingBucket } from "./missing-bucket.ts";
import { missingUnit } from "./missing-unit.ts";
import { mootWeight } from "./moot-weight.ts";
import { panelWithoutDescription } from "./panel-without-description.ts";
import { plainRegex } from "./plain-regex.ts";
import { quantileOfQuantiles } from "./quantile-of-quantiles.ts";
import { quantileWithoutLe } from "./quantile-without-le.ts";
import { rateOfGauge } from "./rate-of-gauge.ts";
import { ratioWithoutTraffic } from "./ratio-without-traffic.ts";
import { rawCounter } from "./raw-counter.ts";
import { repeatedThreshold } from "./repeated-threshold.ts";
import { sameEvents } from "./same-events.ts";
import { sameProbe } from "./same-probe.ts";
import { secretInClear } from "./secret-in-clear.ts";
import { shortRateWindow } from "./short-rate-window.ts";
import { sumBeforeRate } from "./sum-before-rate.ts";
import { tooManySeries } from "./too-many-series.ts";
import { unboundedLabel } from "./unbounded-label.ts";
import { unfedObjective } from "./unfed-objective.ts";
import { unguardedDivision } from "./unguarded-division.ts";
import { unnamedGroup } from "./unnamed-group.ts";
import { unreachableThreshold } from "./unreachable-threshold.ts";
import { unreadRecord } from "./unread-record.ts";
import { unusedMetric } from "./unused-metric.ts";

/** Every lint, by name. */
export const everyLint: readonly Lint[] = [
  absentOfAggregate,
  alertWithoutOwner,
  averageOfRatios,
  bucketsMissThreshold,
  costlyLabel,
  deadTier,
  diagnosisWithoutQuery,
  forLongerThanWindow,
  forWithoutReason,
  gateLooserThanSlo,
  idleCriterion,
  irateInAlert,
  legendWithoutLabel,
  matchesEverything,
  missingBucket,
  missingUnit,
  mootWeight,
  panelWithoutDescription,
  plainRegex,
  quantileOfQuantiles,
  quantileWithoutLe,
  rateOfGauge,
  ratioWithoutTraffic,
  rawCounter,
  repeatedThreshold,
  sameEvents,
  sameProbe,
  secretInClear,
  shortRateWindow,
  sumBeforeRate,
  tooManySeries,
  unboundedLabel,
  unfedObjective,
  unguardedDivision,
  unnamedGroup,
  unreachableThreshold,
  unreadRecord,
  unusedMetric,
];
