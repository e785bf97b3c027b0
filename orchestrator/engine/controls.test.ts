import { expect, test } from "vitest";
import type { Store } from "../store/database.ts";
import { storeSteps } from "../store/temporary-store.ts";
import { runControls } from "./controls.ts";
import { engineOfTests } from "./engine-of-test.ts";

const tried = engineOfTests();

test("of two looks at what was asked the older one is never applied last: an Emergency Stop that is over stays over", async () => {
  const paused = [true, false];
  let release: () => void = () => undefined;
  const first = new Promise<void>((resolve) => {
    release = resolve;
  });
  const query = async (text: string) => {
    if (!text.includes("shared_states")) return { rows: [] };
    const value = paused.shift();
    if (value) await first;
    return { rows: [{ paused: value }] };
  };
  const controls = runControls({ pool: { query } } as unknown as Store);
  const looks = [controls.refresh(), controls.refresh()];
  await new Promise((done) => setImmediate(done));
  release();
  await Promise.all(looks);
  expect({ paused: controls.paused(), left: paused }).toEqual({ paused: false, left: [] });
});

test("a look that failed is no end of looking: the next one finds what was asked", async () => {
  let isAway = true;
  const query = async (text: string) => {
    if (isAway) throw new Error("away");
    return { rows: text.includes("shared_states") ? [{ paused: true }] : [] };
  };
  const controls = runControls({ pool: { query } } as unknown as Store);
  await expect(controls.refresh()).rejects.toThrow("away");
  isAway = false;
  await controls.refresh();
  expect(controls.paused()).toBe(true);
});

test("a run is stopped that was cancelled without a notification having been heard", async () => {
  await storeSteps(tried.store, "long", { a: { input: { script: { latencyMs: 3_000_000 } } } });
  const run = await tried.accept("long");
  await expect.poll(() => tried.worked).toHaveLength(1);
  await tried.store.pool.query("UPDATE runs SET cancel = true WHERE id = $1", [run.id]);
  expect((await tried.until(run.id)).state).toBe("cancelled");
});
