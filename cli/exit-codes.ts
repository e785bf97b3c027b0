/** What the command's exit code says; a contract that scripts rely on. */
export const exitCodes = {
  done: 0,
  problems: 1,
  usage: 2,
  inconclusive: 3,
  toolMissing: 4,
  lockHeld: 5,
  approvalPending: 6,
  bug: 70,
  interrupted: 130,
} as const;
