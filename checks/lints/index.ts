import { alertWithoutOwner } from "./alert-without-owner.ts";
import { averageOfRatios } from "./average-of-ratios.ts";
import { deadTier } from "./dead-tier.ts";
import { forLongerThanWindow } from "./for-longer-than-window.ts";
import type { Lint } from "./lint.ts";
import { missingBucket } from "./missing-bucket.ts";
import { missingUnit } from "./missing-unit.ts";
import { panelWithoutDescription } from "./panel-without-description.ts";
import { rateOfGauge } from "./rate-of-gauge.ts";
import { sameEvents } from "./same-events.ts";
import { sumBeforeRate } from "./sum-before-rate.ts";
import { unboundedLabel } from "./unbounded-label.ts";
import { unreachableThreshold } from "./unreachable-threshold.ts";
import { unreadRecord } from "./unread-record.ts";

/** Every lint, by name. */
export const everyLint: readonly Lint[] = [
  alertWithoutOwner,
  averageOfRatios,
  deadTier,
  forLongerThanWindow,
  missingBucket,
  missingUnit,
  panelWithoutDescription,
  rateOfGauge,
  sameEvents,
  sumBeforeRate,
  unboundedLabel,
  unreachableThreshold,
  unreadRecord,
];
