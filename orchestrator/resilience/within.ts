import type { Clock } from "../clock.ts";

/** What came first: the promise's value, or the end of the time. No timer is left behind; the promise's rejection is passed on. */
export async function within<T>(
  clock: Clock,
  milliseconds: number,
  promise: Promise<T>,
): Promise<{ late: false; value: T } | { late: true }> {
  const done = new AbortController();
  const late = clock.sleep(milliseconds, done.signal).then(
    () => ({ late: true as const }),
    () => new Promise<never>(() => {}),
  );
  try {
    return await Promise.race([promise.then((value) => ({ late: false as const, value })), late]);
  } finally {
    done.abort();
  }
}
