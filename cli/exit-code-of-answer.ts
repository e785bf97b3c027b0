import type { EntryAnswer, Pending } from "../delivery/promotion/requirement.ts";
import { exitCodes } from "./exit-codes.ts";

const PENDING: Record<Pending, number> = {
  release: exitCodes.problems,
  holder: exitCodes.lockHeld,
  requirements: exitCodes.problems,
  evidence: exitCodes.inconclusive,
  approvals: exitCodes.approvalPending,
};

/** What the exit code says of whether a release may enter: 0 where it may, otherwise what it waits for. */
export function exitCodeOfAnswer({
  may,
  pending = "requirements",
}: Pick<EntryAnswer, "may" | "pending">): number {
  return may ? exitCodes.done : PENDING[pending];
}
