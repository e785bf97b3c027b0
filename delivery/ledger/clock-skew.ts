/** How far the clocks of two machines may be apart, in seconds: of those who write a ledger, who sign for it, and who hold a promotion. */
export const CLOCK_SKEW_SECONDS = 60;
