import { afterAll, beforeAll, expect, test } from "vitest";
import { type TemporaryApi, temporaryApi } from "./temporary-api.ts";

interface RunBody {
  id: string;
  state: string;
}

let it: TemporaryApi;
let token: string;
beforeAll(async () => {
  it = await temporaryApi({ runs: 10 });
  token = await it.issue();
});
afterAll(() => it.close());

test("a run of two steps is executed, waited for, and told step by step", async () => {
  const steps = [
    { id: "first", agent: "scripted" },
    { id: "second", agent: "scripted", needs: ["first"] },
  ];
  await it.ask("POST", "/v1/workflows", { token, body: { name: "two", steps } });
  const run = await it.ask<RunBody>("POST", "/v1/workflows/two/run-and-wait", { token, body: {} });
  expect(run).toMatchObject({
    status: 200,
    body: { state: "succeeded", steps: [{ id: "first" }, { id: "second" }] },
  });
  const events = await it.ask<{ items: { type: string }[] }>("GET", `/v1/events?runId=${run.body.id}`, {
    token,
  });
  const types = events.body.items.map(({ type }) => type);
  expect(types.filter((type) => type === "step.finished")).toHaveLength(2);
  expect([types[0], types.at(-1)]).toEqual(["run.accepted", "run.finished"]);
});

test("a step that needs an approval waits for a person with the role, and goes on when the person says so (CC-7)", async () => {
  const steps = [{ id: "patch", agent: "scripted", risk: "APPROVAL_REQUIRED", approver: "security" }];
  await it.ask("POST", "/v1/workflows", { token, body: { name: "patch", steps } });
  const started = it.ask<RunBody>("POST", "/v1/workflows/patch/run-and-wait", { token, body: {} });
  const pending = async () =>
    (await it.ask<{ items: { id: string }[] }>("GET", "/v1/approvals?state=pending", { token })).body.items[0]
      ?.id;
  await expect.poll(pending, { timeout: 20_000 }).toBeTruthy();
  const security = await it.issue({ subject: "sid", roles: ["approver", "security"] });
  const path = `/v1/approvals/${await pending()}/decision`;
  expect((await it.ask("POST", path, { token: security, body: { decision: "approved" } })).status).toBe(200);
  expect(await started).toMatchObject({ status: 200, body: { state: "succeeded" } });
});
