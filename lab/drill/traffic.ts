import { setTimeout as delay } from "node:timers/promises";
import type { Field } from "./field.ts";

/** What was asked for beside the faults. */
export interface Traffic {
  /** Runs that were asked for, and how many of them were accepted. */
  counts(): { asked: number; accepted: number };
  stop(): Promise<void>;
}

const everyMs = 500;
/** Each so many-th run asks a model: more would use an hour's tokens within the hour. */
const modelEach = 24;

/** Starts two runs a second, however fast they are answered, so that faults meet a service at work. */
export function keepTraffic(field: Field): Traffic {
  const stopped = new AbortController();
  const counted = { asked: 0, accepted: 0 };
  const going = (async () => {
    while (!stopped.signal.aborted) {
      const workflow = counted.asked++ % modelEach === 0 ? "drill-model" : "drill-scripted";
      void field.offer(workflow).then(
        (runs) => {
          counted.accepted += runs.length;
        },
        // A lab that is gone accepts nothing.
        () => undefined,
      );
      await delay(everyMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  })();
  return {
    counts: () => ({ ...counted }),
    async stop() {
      stopped.abort();
      await going;
    },
  };
}
