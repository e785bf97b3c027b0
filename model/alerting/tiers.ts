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

// Why other periods have other shares: docs/decisions/0033-periods-and-groups.md.
const SHARES = [
  // With a month's shares the 3-day tier of a week would fire at a burn rate of 0.23, inside the budget. These keep each factor near
  // its 28-day value (13.44, 3.5, 1.4, 0.98).
  { upToDays: 7, shares: ["0.08", "0.125", "0.2", "0.42"] },
  { upToDays: 31, shares: ["0.02", "0.05", "0.1", "0.1"] },
  // With a month's shares the slowest tier of a quarter would let a burn rate of 3 pass, which leaves nothing after a month. These
  // halve the pages' shares of a budget that is three times as large, and put the slowest factor at 1 (21.6, 9, 4.5, 1).
  { upToDays: 92, shares: ["0.01", "0.025", "0.05", "1/30"] },
] as const;

const DAY_SECONDS = 86_400;

/** Seconds of the windows over which ratios are recorded. */
export const WINDOW_SECONDS: ReadonlyMap<string, number> = new Map(
  ROWS.flatMap((row): [string, number][] => [
    [row.short, row.shortSeconds],
    [row.long, row.longSeconds],
  ]),
);

/** Windows in which there must be enough events: the long one of some tier. */
export const LONG_WINDOWS: ReadonlySet<string> = new Set(ROWS.map((row) => row.long));

/**
 * Length of a period by which its burn rates are reckoned. Calendar periods: 30 and 90 days, whatever the month, so that no threshold
 * changes at midnight of the first.
 */
export function nominalSeconds(period: string): number {
  const days = { "calendar-month": 30, "calendar-quarter": 90 }[period] ?? Number.parseInt(period, 10);
  return days * DAY_SECONDS;
}

/**
 * The four tiers of an objective over a period, `budget` being 1 − objective. Computed in exact fractions, given with 12
 * significant digits: factor = share × period ÷ long window, threshold = factor × budget.
 */
export function tiersOf(budget: number, periodSeconds: number): readonly Tier[] {
  const key = `${budget} ${periodSeconds}`;
  const found = known.get(key) ?? computed(budget, periodSeconds);
  known.set(key, found);
  return found;
}

// Most SLOs of a platform promise one of a few things, and fractions are slow.
const known = new Map<string, readonly Tier[]>();

function computed(budget: number, periodSeconds: number): Tier[] {
  const shares = SHARES.find(({ upToDays }) => periodSeconds <= upToDays * DAY_SECONDS)?.shares;
  return ROWS.map((row, i) => {
    const share = new Fraction(shares?.[i] ?? "0");
    const factor = share.mul(periodSeconds).div(row.longSeconds);
    return {
      ...row,
      share: digits(share),
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
