import { expect, test } from "vitest";
import { occupancyOf } from "./soak.ts";
import { stateOf, stayNow, wasVerifiedIn } from "./state.ts";
import { FIRST, hoursAgo, idOf, ledgerOf, now, promoted, SECOND, type Told } from "./story-of-test.ts";

const stateFrom = (told: readonly Told[]) => stateOf(ledgerOf(told).records);
const stays = (told: readonly Told[]) => stateFrom(told).environments.get("prod")?.stays;
const into = (
  release: string,
  begun: number,
  { number, ...more }: { number: number } & Partial<Parameters<typeof promoted>[0]>,
) =>
  promoted(
    { release, environment: "prod", mark: `${begun}`, ...more },
    { begun: hoursAgo(begun), ended: hoursAgo(begun - 1), number },
  );
const id = (begun: number) => idOf(`${begun}`);

test("a stay begins with the end of its promotion, and ends with the begin of the next", () => {
  expect(stays([...into(FIRST, 50, { number: 1 }), ...into(SECOND, 20, { number: 4 })])).toEqual([
    { release: FIRST, from: hoursAgo(49), to: hoursAgo(20), isVerified: true },
    { release: SECOND, from: hoursAgo(19), isVerified: true },
  ]);
});

test("a rollback ends a stay, and what it brings back is verified still; the other never was", () => {
  const told = [
    ...into(FIRST, 50, { number: 1 }),
    ...into(SECOND, 20, { number: 4, outcome: "rolled-back", runs: FIRST }),
  ];
  expect(stays(told)).toEqual([
    { release: FIRST, from: hoursAgo(49), to: hoursAgo(20), isVerified: true },
    { release: FIRST, from: hoursAgo(19), isVerified: true },
  ]);
  expect(wasVerifiedIn(stateFrom(told), "prod", SECOND)).toBe(false);
});

test("a promotion that was given up before it changed anything has interrupted nothing", () => {
  const [begun, , ended] = into(SECOND, 20, { number: 4, outcome: "aborted", runs: FIRST });
  expect(stays([...into(FIRST, 50, { number: 1 }), begun, ended].filter((one) => one !== undefined))).toEqual(
    [{ release: FIRST, from: hoursAgo(49), isVerified: true }],
  );
});

test("one that failed and stayed is there, and not verified", () => {
  const told = into(FIRST, 50, { number: 1, outcome: "failed" });
  expect(stays(told)).toEqual([{ release: FIRST, from: hoursAgo(49), isVerified: false }]);
  const at = { environment: "prod", release: FIRST, at: now };
  expect(occupancyOf(stateFrom(told), at)).toBeUndefined();
});

test("where nothing runs afterwards, nothing does", () => {
  const told = [
    ...into(FIRST, 50, { number: 1 }),
    ...into(SECOND, 20, { number: 4, outcome: "failed", runs: null }),
  ];
  expect(stayNow(stateFrom(told), "prod")).toBeUndefined();
});

test("records under an old token are passed over, and so is what comes after the end", () => {
  const [begun, step, ended] = into(FIRST, 50, { number: 1 });
  const holder = { by: "other", host: "ci-2", pid: 8 };
  const taken: Told = {
    at: hoursAgo(49.5),
    entry: { kind: "taken-over", promotion: id(50), holder, leaseSeconds: 60 },
  };
  const told = [begun, taken, step, ended].filter((one) => one !== undefined);
  const promotion = stateFrom(told).promotions.get(id(50));
  expect(promotion).toMatchObject({ holder, token: 2, number: 1 });
  expect([promotion?.ended, promotion?.done.size]).toEqual([undefined, 0]);
  expect(stays(told)).toEqual([]);
  const late: Told = {
    at: hoursAgo(1),
    entry: { kind: "ended", promotion: id(50), token: 1, outcome: "failed" },
  };
  expect(stays([...into(FIRST, 50, { number: 1 }), late])).toHaveLength(1);
});

test("of two that begin in one environment the first counts", () => {
  const [one] = into(FIRST, 50, { number: 1 });
  const [two, ...rest] = into(SECOND, 20, { number: 2 });
  const state = stateFrom([one, two, ...rest].filter((told) => told !== undefined));
  expect([...state.promotions.keys()]).toEqual([id(50)]);
  expect(state.environments.get("prod")?.underWay).toBe(id(50));
});

test("a lease ends so long after the last sign of life", () => {
  const [begun] = into(FIRST, 50, { number: 1 });
  const renewed: Told = { at: hoursAgo(40), entry: { kind: "renewed", promotion: id(50), token: 1 } };
  const state = stateFrom([begun, renewed].filter((told) => told !== undefined));
  expect(state.promotions.get(id(50))?.expires).toBe(
    new Date(Date.parse(hoursAgo(40)) + 60_000).toISOString(),
  );
});

test("a hold lasts until it is let go", () => {
  const hold: Told = { at: hoursAgo(3), entry: { kind: "hold", environment: "prod", because: "it burns" } };
  const letGo: Told = { at: hoursAgo(2), entry: { kind: "let-go", environment: "prod", because: "out" } };
  expect(stateFrom([hold]).environments.get("prod")?.held).toEqual({ because: "it burns", at: hoursAgo(3) });
  expect(stateFrom([hold, letGo]).environments.get("prod")?.held).toBeUndefined();
});
