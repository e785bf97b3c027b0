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
  it = await temporaryApi();
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

describe("approvals (CC-7)", () => {
  const id = "0190f5fe-7c00-7a00-8000-00000000a001";
  beforeAll(async () => {
    await store(review);
    const { body } = await it.ask<RunBody>("POST", "/v1/runs", { token, body: { workflow: "review" } });
    await it.store.pool.query(
      `INSERT INTO approvals (id, run_id, step_id, project, role, requested_by) VALUES ($1, $2, 'read', 'lab', 'security', 'ada')`,
      [id, body.id],
    );
  });
  const decide = async (who: { subject: string; roles: string[] }) =>
    it.ask<ProblemBody>("POST", `/v1/approvals/${id}/decision`, {
      token: await it.issue(who),
      body: { decision: "approved", comment: "looks right" },
    });

  test("are never decided by who asked for the run, whatever the roles", async () => {
    expect(await decide({ subject: "ada", roles: ["approver", "security"] })).toMatchObject({
      status: 403,
      body: { detail: "nobody decides on a run of their own" },
    });
  });

  test("need the role that they ask for beside the permission", async () => {
    const { status, body } = await decide({ subject: "bob", roles: ["approver"] });
    expect([status, body.detail]).toEqual([403, "this approval needs the role security"]);
    expect((await decide({ subject: "bob", roles: ["security"] })).body.detail).toBe(
      "this needs the permission approval:decide",
    );
  });

  test("are decided once", async () => {
    const pending = await it.ask<List<object>>("GET", "/v1/approvals?state=pending", { token });
    expect(pending.body.items).toMatchObject([{ id, state: "pending", role: "security" }]);
    const bob = { subject: "bob", roles: ["approver", "security"] };
    expect(await decide(bob)).toMatchObject({ status: 200, body: { state: "approved", decidedBy: "bob" } });
    expect((await decide(bob)).body.detail).toBe(`approval ${id} is approved`);
  });
});
