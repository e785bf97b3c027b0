import { setTimeout as delay } from "node:timers/promises";

/**
 * Whether a statement that failed with this error may succeed when it is tried again: the connection broke, the server is stopping
 * or starting, its disk or memory is full, it chose this transaction to end a deadlock, a row that was referred to went meanwhile; the
 * statement waited too long for a lock that another process holds, or this process was silent for too long inside of a transaction.
 */
export function isTransient(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  if (typeof code !== "string") return /connection|timeout|terminated/i.test(error.message);
  // PostgreSQL's classes of errors (Appendix A of its manual), and the operating system's names.
  return (
    /^(08|53|57P|57014|40|25006|25P03|23503|58|XX)/.test(code) ||
    /^E(CONN|PIPE|TIMEDOUT|HOST|NET|AI_AGAIN)/.test(code)
  );
}

/** Repeats what may be repeated, until the database is back; throws what another try would not change. */
export async function persistently<T>(
  what: () => Promise<T>,
  onError: (error: Error) => void = () => undefined,
): Promise<T> {
  for (let wait = 20; ; wait = Math.min(wait * 2, 1_000)) {
    try {
      return await what();
    } catch (error) {
      if (!isTransient(error)) throw error;
      onError(error as Error);
      await delay(wait);
    }
  }
}
