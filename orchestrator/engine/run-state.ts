import type { RunState } from "../domain/run.ts";

type Doing = "working" | "waiting-for-approval" | "paused";

/**
 * What a run is said to do, from what its steps do: `running` while any works, or none has to wait; else what those that wait wait for.
 * `onChange` is told each time that it becomes another. `waitedSeconds` is how long it was said to wait for approval, here: what it waited
 * in a process that was lost is not known any more.
 */
export function runStateOf(onChange: (state: RunState) => void) {
  let waitedMs = 0;
  let since = performance.now();
  const steps: Record<Doing, number> = { working: 0, "waiting-for-approval": 0, paused: 0 };
  let shown: RunState = "running";

  const show = () => {
    const waiting =
      steps.paused > 0 ? "paused" : steps["waiting-for-approval"] > 0 ? "waiting-for-approval" : "running";
    const state = steps.working > 0 ? "running" : waiting;
    if (state === shown) return;
    const now = performance.now();
    if (shown === "waiting-for-approval") waitedMs += now - since;
    [shown, since] = [state, now];
    onChange(state);
  };
  /** Counts a step as doing this for as long as `what` takes. */
  async function during<T>(doing: Doing, what: () => Promise<T>): Promise<T> {
    steps[doing] += 1;
    show();
    try {
      return await what();
    } finally {
      steps[doing] -= 1;
      show();
    }
  }
  return Object.assign(during, { waitedSeconds: () => waitedMs / 1_000 });
}
