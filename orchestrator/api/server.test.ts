import { validate } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TemporaryApi, temporaryApi } from "./temporary-api.ts";

let it: TemporaryApi;
let developer: string;
beforeAll(async () => {
  it = await temporaryApi();
  developer = await it.issue();
});
afterAll(() => it.close());

const review = {
  name: "review",
  steps: [
    { id: "read", agent: "code-reviewer" },
    { id: "judge", agent: "code-reviewer", needs: ["read"] },
  ],
};

describe("workflows (CC-5)", () => {
  test("are stored, listed, read, versioned and deleted with their runs", async () => {
    const created = await it.ask("POST", "/v1/workflows", { token: developer, body: review });
    expect(created).toMatchObject({ status: 201, body: { name: "review", version: 1, createdBy: "ada" } });
    const changed = { ...review, description: "looks twice" };
    expect((await it.ask("POST", "/v1/workflows", { token: developer, body: changed })).body).toMatchObject({
      version: 2,
    });
    expect((await it.ask("GET", "/v1/workflows/review", { token: developer })).body).toMatchObject(changed);
    const listed = await it.ask<{ items: { name: string }[] }>("GET", "/v1/workflows?limit=50", {
      token: developer,
    });
    expect(listed.body.items.map(({ name }) => name)).toEqual(["echo", "review"]);
    const run = await it.ask<{ id: string }>("POST", "/v1/runs", {
      token: developer,
      body: { workflow: "review" },
    });
    expect(run.status).toBe(202);
    expect((await it.ask("DELETE", "/v1/workflows/review", { token: developer })).status).toBe(204);
    expect((await it.ask("GET", `/v1/runs/${run.body.id}`, { token: developer })).status).toBe(404);
    expect((await it.ask("DELETE", "/v1/workflows/review", { token: developer })).status).toBe(404);
  });
});
