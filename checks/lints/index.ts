import { averageOfRatios } from "./average-of-ratios.ts";
import { deadTier } from "./dead-tier.ts";
import type { Lint } from "./lint.ts";
import { missingBucket } from "./missing-bucket.ts";
import { rateOfGauge } from "./rate-of-gauge.ts";
import { sumBeforeRate } from "./sum-before-rate.ts";

/** Every lint, by name. */
export const everyLint: readonly Lint[] = [
  averageOfRatios,
  deadTier,
  missingBucket,
  rateOfGauge,
  sumBeforeRate,
];
