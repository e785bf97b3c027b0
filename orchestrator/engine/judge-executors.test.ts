import { expect, test } from "vitest";
import { executorJudge } from "./judge-executors.ts";

const sight = (id: string, beat: number, more: { present?: boolean; lost?: boolean } = {}) => ({
  id,
  beat,
  present: more.present ?? true,
  lost: more.lost ?? false,
});
const gone = { present: false };

function judgeEvery250ms() {
  const judge = executorJudge({ graceMs: 1_000, leaseMs: 3_000 });
  let now = 5_000;
  return (...sights: ReturnType<typeof sight>[]) => {
    now += 250;
    return judge(sights, now);
  };
}

test("an executor whose session is gone is dead a second later, unless it comes back", () => {
  const look = judgeEvery250ms();
  const looks = [1, 2, 3, 4, 5].map(() => look(sight("a", 7, gone), sight("b", 7, gone)));
  expect(looks.map(({ length }) => length)).toEqual([0, 0, 0, 0, 2]);

  const again = judgeEvery250ms();
  for (const _ of [1, 2, 3]) expect(again(sight("a", 7, gone))).toEqual([]);
  expect(again(sight("a", 7))).toEqual([]);
  for (const _ of [1, 2, 3, 4]) expect(again(sight("a", 7, gone))).toEqual([]);
  expect(again(sight("a", 7, gone))).toEqual(["a"]);
});

test("one that beats is alive, even while its session is being made anew; one that is only slow too", () => {
  const look = judgeEvery250ms();
  for (let beat = 0; beat < 40; beat++) expect(look(sight("a", beat, gone))).toEqual([]);
  const slow = judgeEvery250ms();
  for (let times = 0; times < 12; times++) expect(slow(sight("a", 1))).toEqual([]);
  expect(slow(sight("a", 1))).toEqual(["a"]);
});

test("what was seen before a pause in looking counts no more: the database was away, and everybody's session with it", () => {
  const judge = executorJudge({ graceMs: 1_000, leaseMs: 3_000 });
  expect(judge([sight("a", 1, gone)], 0)).toEqual([]);
  expect(judge([sight("a", 1, gone)], 900)).toEqual([]);
  expect(judge([sight("a", 1, gone)], 60_000)).toEqual([]);
  expect(judge([sight("a", 1, gone)], 60_500)).toEqual([]);
  expect(judge([sight("a", 1, gone)], 61_000)).toEqual(["a"]);
});

test("one that somebody declared lost is recovered by whoever sees it: the one who did may have died over it", () => {
  expect(judgeEvery250ms()(sight("a", 1, { lost: true }), sight("b", 1))).toEqual(["a"]);
});
