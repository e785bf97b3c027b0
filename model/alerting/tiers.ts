import Fraction from "fraction.js";
import type { Tier } from "../model.ts";

// Google SRE Workbook, ch. 5, table 5-8: windows and the share of the budget that is burnt when a tier fires.
const ROWS = [
  { name: "page-quick", severity: "critical", short: "5m", long: "1h", shortSeconds: 300, longSeconds: 3600 },
  {
    name: "page-slow",
    severity: "critical",
    short: "30m",
    long: "6h",
    shortSeconds: 1800,
    longSeconds: 21_600,
  },
  {
    name: "ticket-quick",
    severity: "warning",
    short: "2h",
    long: "1d",
    shortSeconds: 7200,
    longSeconds: 86_400,
  },
  {
    name: "ticket-slow",
    severity: "warning",
    short: "6h",
    long: "3d",
    shortSeconds: 21_600,
    longSeconds: 259_200,
  },
] as const;

const SHARES_OF_A_MONTH = ["0.02", "0.05", "0.1", "0.1"] as const;
// With a month's shares, the 3-day tier of a 7-day period would fire at a burn rate of 0.23, inside the budget. These keep each
// factor near its 28-day value (13.44, 3.5, 1.4, 0.98).
const SHARES_OF_A_WEEK = ["0.08", "0.125", "0.2", "0.42"] as const;

const WEEK_SECONDS = 604_800;

/**
 * The four tiers of an objective over a period, `budget` being 1 − objective. Computed in exact fractions, given with 12
 * significant digits: factor = share × period ÷ long window, threshold = factor × budget.
 */
export function tiersOf(budget: number, periodSeconds: number): Tier[] {
  const shares = periodSeconds <= WEEK_SECONDS ? SHARES_OF_A_WEEK : SHARES_OF_A_MONTH;
  return ROWS.map((row, i) => {
    const share = new Fraction(shares[i] ?? "0");
    const factor = share.mul(periodSeconds).div(row.longSeconds);
    return {
      ...row,
      share: share.valueOf(),
      factor: digits(factor),
      threshold: digits(factor.mul(new Fraction(String(budget)))),
    };
  });
}

/** A tier whose threshold is 100 % or more waits for more errors than there can be. */
export function canFire(tier: Tier): boolean {
  return tier.threshold < 1;
}

/** Seconds until a tier fires at a steady error ratio: threshold × long window ÷ ratio; undefined where it never does. */
export function secondsToFire(tier: Tier, errorRatio: number): number | undefined {
  if (errorRatio <= tier.threshold) return undefined;
  return digits(
    new Fraction(String(tier.threshold)).mul(tier.longSeconds).div(new Fraction(String(errorRatio))),
  );
}

function digits(fraction: Fraction): number {
  return Number(fraction.valueOf().toPrecision(12));
}
