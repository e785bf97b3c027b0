import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProblemBody } from "./problem.ts";
import { type TemporaryApi, temporaryApi } from "./temporary-api.ts";

interface RunBody {
  id: string;
  state: string;
  steps: unknown[];
}
interface List<Item> {
  items: Item[];
  next?: string;
}

let it: TemporaryApi;
let token: string;
beforeAll(async () => {
  it = await temporaryApi({ queueLimit: 20 });
  token = await it.issue();
});
afterAll(() => it.close());

const review = {
  name: "review",
  steps: [
    { id: "read", agent: "code-reviewer" },
    { id: "judge", agent: "code-reviewer", needs: ["read"] },
  ],
};
const store = (body: object) => it.ask<ProblemBody>("POST", "/v1/workflows", { token, body });

describe("workflows (CC-5)", () => {
  test("are stored, versioned, listed, read and deleted with their runs", async () => {
    expect(await store(review)).toMatchObject({ status: 201, body: { version: 1, createdBy: "ada" } });
    const changed = { ...review, description: "looks twice" };
    expect((await store(changed)).body).toMatchObject({ version: 2 });
    expect((await it.ask("GET", "/v1/workflows/review", { token })).body).toMatchObject(changed);
    const listed = await it.ask<List<{ name: string }>>("GET", "/v1/workflows?limit=50", { token });
    expect(listed.body.items.map(({ name }) => name)).toEqual(["echo", "review"]);
    const run = await it.ask<RunBody>("POST", "/v1/runs", { token, body: { workflow: "review" } });
    expect(run.status).toBe(202);
    expect((await it.ask("DELETE", "/v1/workflows/review", { token })).status).toBe(204);
    expect((await it.ask("GET", `/v1/runs/${run.body.id}`, { token })).status).toBe(404);
    expect((await it.ask("DELETE", "/v1/workflows/review", { token })).status).toBe(404);
  });

  test("that wait for each other are refused by the names of their steps", async () => {
    const steps = [
      { id: "a", agent: "code-reviewer", needs: ["c"] },
      { id: "b", agent: "code-reviewer", needs: ["a"] },
      { id: "c", agent: "code-reviewer", needs: ["b"] },
    ];
    const { status, body } = await store({ name: "load-test-cycle", steps });
    expect(status).toBe(422);
    expect(body.errors).toEqual([
      {
        field: "body.steps",
        why: "the steps wait for each other: a → c → b → a",
        fix: "remove one of these needs",
      },
    ]);
  });

  test("with unknown and repeated ids are refused, every fault at once", async () => {
    const steps = [
      { id: "a", agent: "x", needs: ["zebra"] },
      { id: "a", agent: "x", approver: "chief" },
    ];
    const { status, body } = await store({ name: "faulty", steps });
    expect(status).toBe(422);
    expect(body.errors?.map(({ field, why }) => `${field}: ${why}`)).toEqual([
      'body.steps.1.id: the id "a" is that of step 0 too',
      'body.steps.1.approver: step "a" has an approver, but its risk is AUTO',
      'body.steps.0.needs.0: step "a" needs "zebra", which is no step of this workflow',
    ]);
  });

  test("with more steps than 200, or a body of more than 1 MiB, are refused", async () => {
    const steps = Array.from({ length: 201 }, (_, index) => ({ id: `s${index}`, agent: "x" }));
    expect((await store({ name: "long", steps })).status).toBe(422);
    const { status, body } = await store({ ...review, description: "x".repeat(1_100_000) });
    expect([status, body.fix]).toEqual([413, "send at most 1 MiB"]);
  });
});
