/** Pages of operations that every platform has, in the order in which a front page lists them. */
export const standardPages = [
  "troubleshooting",
  "deploy",
  "roll-back",
  "scale",
  "start-and-stop",
  "emergency-stop",
  "break-glass",
  "back-up-and-restore",
  "disaster-recovery",
  "secrets",
  "rotate-secrets",
  "tune-performance",
] as const;
export type StandardPage = (typeof standardPages)[number];
