import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { howMany } from "../../tests/how-many.ts";
import { roles } from "../security/permissions.ts";
import { fuzzedRequests, type OpenApi } from "./fuzzed-requests.ts";
import { type TemporaryApi, temporaryApi } from "./temporary-api.ts";

let it: TemporaryApi;
let token: string;
beforeAll(async () => {
  it = await temporaryApi({ platform: "weathervane" });
  token = await it.issue({ roles: Object.keys(roles), seconds: 36_000 });
});
afterAll(() => it.close());

test(`${howMany(500, 10_000)} requests made up from the OpenAPI document: no 500, no answer without a schema, no hang`, async () => {
  const { body } = await it.ask<OpenApi>("GET", "/openapi.json");
  const requests = fc.sample(fuzzedRequests(body), { seed: 20_261_121, numRuns: howMany(500, 10_000) });
  const counts = new Map<number, number>();
  const send = async () => {
    for (let one = requests.pop(); one !== undefined; one = requests.pop()) {
      const { method, path, payload } = one;
      const answer = await fetch(`${it.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(payload === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(payload === undefined ? {} : { body: payload }),
        // A hang is what it looks for: a busy machine may well take its time.
        signal: AbortSignal.timeout(120_000),
      });
      const text = await answer.text();
      // A made-up request may well choose the mode without new runs.
      if (answer.status >= 500 && !text.includes("not-accepting")) {
        throw new Error(`${answer.status}: ${method} ${path} ${payload}`);
      }
      counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: 8 }, send));
  // Both kinds were there: requests that went through and requests that did not.
  expect(counts.get(200) ?? 0).toBeGreaterThan(20);
  expect(counts.get(422) ?? 0).toBeGreaterThan(20);
});
