// Answers that no sound Prometheus gives, or gives only when something is amiss: none of them becomes a value.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { connect } from "../../live/prometheus.ts";
import { readQueries } from "./prometheus.ts";

const at = new Date("2026-03-01T12:00:00Z");
const asked = at.getTime() / 1000;

async function reading(data: object, also: object = {}) {
  const server = createServer((_, response) =>
    response.end(JSON.stringify({ status: "success", data, ...also })),
  );
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const prometheus = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return (await readQueries({ prometheus, address: "here" }, new Map([["one", "up"]]), at)).one;
}
const vector = (value: string, time = asked) => ({
  resultType: "vector",
  result: [{ metric: {}, value: [time, value] }],
});

test.each([
  ["1", 1],
  ["0.25", 0.25],
  ["-1.5e-07", -1.5e-7],
  ["1e+21", 1e21],
])("%j is a value", async (text, value) => {
  expect(await reading(vector(text))).toMatchObject({ value });
});

test.each(["", " ", "0x0", "0b1", "1_0", "Infinity", "1 ", ".", "1,5"])(
  "%j is none: what says so is no Prometheus",
  async (text) => {
    expect(await reading(vector(text))).toMatchObject({
      missing: expect.stringContaining("not a Prometheus"),
    });
  },
);

test.each(["NaN", "+Inf", "-Inf"])("%s is no measurement", async (text) => {
  expect(await reading(vector(text))).toMatchObject({
    missing: expect.stringContaining("is no measurement"),
  });
});

test("an answer with warnings may lack a part", async () => {
  expect(await reading(vector("1"), { warnings: ["store a: no answer", "b"] })).toMatchObject({
    missing: "the query failed: the answer may not be whole: store a: no answer; b",
  });
  expect(
    await reading(vector("1"), { warnings: [], infos: ["metric might not be a counter"] }),
  ).toMatchObject({
    value: 1,
  });
});

test("a value of another time is not the one that was asked for", async () => {
  expect(await reading(vector("1", 0))).toMatchObject({
    missing: "the query gives a value of another time, 1970-01-01T00:00:00.000Z",
  });
  const old = { resultType: "matrix", result: [{ metric: {}, values: [[asked - 3600, "1"]] }] };
  expect(await reading(old)).toMatchObject({ missing: expect.stringContaining("another time") });
});

test("a series without a number beside one that has one makes two, and text is no number", async () => {
  const { result } = vector("1");
  const both = { resultType: "vector", result: [...result, { metric: { a: "b" }, histogram: [asked, {}] }] };
  expect(await reading(both)).toMatchObject({ missing: "the query gives 2 series, and one is needed" });
  expect(await reading({ resultType: "string", result: [asked, "1"] })).toMatchObject({
    missing: expect.stringContaining("no measurement"),
  });
});
