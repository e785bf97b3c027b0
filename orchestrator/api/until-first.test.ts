import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { untilFirst } from "./until-first.ts";

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) =>
    signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve()),
  );

test("it aborts when its time is up, whatever was collected meanwhile", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  let ended = false;
  untilFirst([new AbortController().signal], 60).addEventListener("abort", () => {
    ended = true;
  });
  for (let i = 0; i < 5; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await expect.poll(() => ended).toBe(true);
});

test("it aborts with the first of the signals, also with one that has aborted before", async () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const signal = untilFirst([one.signal, other.signal], 60_000);
  expect(signal.aborted).toBe(false);
  other.abort();
  await aborted(signal);
  expect(untilFirst([one.signal, other.signal], 60_000).aborted).toBe(true);
});
