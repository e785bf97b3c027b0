/**
 * A signal that aborts with the first of the signals, or when the time is up; one of them must abort sometime, or the time must not be long.
 * Not `AbortSignal.any` with `AbortSignal.timeout`: in Node 20 nothing holds that timer's signal fast, and a stream whose token has
 * expired went on when it was collected before its time.
 */
export function untilFirst(signals: readonly AbortSignal[], milliseconds: number): AbortSignal {
  const first = new AbortController();
  const end = (): void => {
    clearTimeout(timer);
    for (const signal of signals) signal.removeEventListener("abort", end);
    first.abort();
  };
  const timer = setTimeout(end, milliseconds);
  for (const signal of signals) signal.addEventListener("abort", end);
  if (signals.some(({ aborted }) => aborted)) end();
  return first.signal;
}
