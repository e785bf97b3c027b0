import { expect, onTestFinished, test } from "vitest";
import { watch } from "./watch.ts";

type Look = () => Promise<Map<string, string>>;

/** A watch whose looks come out as told, and the time of each. */
function watching(first: Look) {
  let look = first;
  const seen = watch({ look: () => look(), told: async () => [] });
  onTestFinished(() => seen.stop());
  const looked = async (more = 1) => {
    const { made } = seen.looks(0);
    await expect.poll(() => seen.looks(0).made, { timeout: 30_000 }).toBeGreaterThanOrEqual(made + more);
  };
  return {
    seen,
    async goOn(next: Look) {
      look = next;
      // One may have been on its way.
      await looked(2);
    },
  };
}

const fires =
  (...alerts: string[]): Look =>
  async () =>
    new Map(alerts.map((alert) => [`{"alertname":"${alert}"}`, alert]));
const fails: Look = async () => {
  throw new Error("late");
};

test("before the first answer nobody knows what fires, and after a look that failed", async () => {
  const { seen, goOn } = watching(fails);
  expect(seen.firing()).toBeUndefined();
  await goOn(fires());
  expect(seen.firing()).toEqual([]);
  await goOn(fails);
  expect(seen.firing()).toBeUndefined();
  const { made, answered } = seen.looks(0);
  expect(answered).toBeLessThan(made);
});

test("what fires from before counts as fired, and not as begun; it does not begin again after a look that failed", async () => {
  const { seen, goOn } = watching(fires("Old"));
  await goOn(fires("Old"));
  const since = Date.now() + 1;
  await goOn(fails);
  await goOn(fires("Old", "New"));
  expect(seen.fired(since).sort()).toEqual(["New", "Old"]);
  expect(seen.begun(since)).toEqual(["New"]);
  expect(seen.firedAt("New", since)).toBeGreaterThanOrEqual(since);
  expect(seen.firedAt("Old", since)).toBeUndefined();
});
