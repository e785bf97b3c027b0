import { Validator } from "@seriousme/openapi-schema-validator";
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

test("the OpenAPI document is a valid one of version 3.1 and describes every operation (PM-8)", async () => {
  const { body } = await it.ask("GET", "/openapi.json");
  expect(await new Validator().validate(body)).toEqual({ valid: true });
  expect(body.openapi).toBe("3.1.0");
  const operations = Object.values(body.paths as object).flatMap((path) => Object.values(path as object));
  expect(operations.length).toBeGreaterThan(25);
  for (const operation of operations) {
    expect(operation).toMatchObject({ operationId: expect.any(String), summary: expect.any(String) });
  }
});

describe("runs", () => {
  beforeAll(async () => {
    await store(review);
  });

  test("are started once for an Idempotency-Key, and another request with it is refused", async () => {
    const ask = (body: object) =>
      it.ask<RunBody>("POST", "/v1/runs", { token, body, headers: { "idempotency-key": "k1" } });
    const first = await ask({ workflow: "echo", input: { a: 1 } });
    const again = await ask({ workflow: "echo", input: { a: 1 } });
    expect([first.status, again.status, again.body.id]).toEqual([202, 202, first.body.id]);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect((await ask({ workflow: "echo", input: { a: 2 } })).status).toBe(409);
  });

  test("that end are answered at once by run-and-wait; those that do not are answered with 202 in time (CC-9)", async () => {
    const echoed = await it.ask<RunBody>("POST", "/v1/workflows/echo/run-and-wait", {
      token,
      body: { input: { a: 1 } },
    });
    expect(echoed).toMatchObject({
      status: 200,
      body: { state: "succeeded", steps: [{ output: { a: 1 } }] },
    });
    const path = "/v1/workflows/review/run-and-wait?timeoutSeconds=1";
    expect(await it.ask("POST", path, { token, body: {} })).toMatchObject({
      status: 202,
      body: { state: "queued" },
    });
  });

  test("wake those who wait for them when they end", async () => {
    const started = it.ask<RunBody>("POST", "/v1/workflows/review/run-and-wait", {
      token,
      body: { labels: { wait: "1" } },
    });
    const runId = await expect
      .poll(async () => (await it.store.pool.query("SELECT id FROM runs WHERE labels ? 'wait'")).rows[0]?.id)
      .toBeTruthy()
      .then(async () => (await it.store.pool.query("SELECT id FROM runs WHERE labels ? 'wait'")).rows[0].id);
    await it.store.pool.query("UPDATE runs SET state = 'succeeded', finished_at = now() WHERE id = $1", [
      runId,
    ]);
    expect(await started).toMatchObject({ status: 200, body: { id: runId, state: "succeeded" } });
  });

  test("are cancelled and started again, and only where that makes sense", async () => {
    const run = await it.ask<RunBody>("POST", "/v1/runs", { token, body: { workflow: "review" } });
    const act = (what: string) =>
      it.ask<RunBody & ProblemBody>("POST", `/v1/runs/${run.body.id}/${what}`, { token });
    expect((await act("retry")).body.fix).toBe("retry only runs that failed or were cancelled");
    expect(await act("cancel")).toMatchObject({ status: 202, body: { state: "cancelled" } });
    expect((await act("cancel")).status).toBe(409);
    const again = await act("retry");
    expect(again).toMatchObject({ status: 202, body: { workflow: "review", state: "queued" } });
    expect(again.body.id).not.toBe(run.body.id);
  });

  test("are listed page by page without a gap or a repetition, while new ones come", async () => {
    const wanted = (await it.ask<List<RunBody>>("GET", "/v1/runs?limit=200", { token })).body.items.map(
      ({ id }) => id,
    );
    const seen: string[] = [];
    let next: string | undefined = "";
    while (next !== undefined) {
      const { body }: { body: List<RunBody> } = await it.ask(
        "GET",
        `/v1/runs?limit=2${next && `&cursor=${next}`}`,
        { token },
      );
      expect(body.items.length).toBeLessThanOrEqual(2);
      seen.push(...body.items.map(({ id }) => id));
      await it.ask("POST", "/v1/runs", { token, body: { workflow: "echo" } });
      next = body.next;
    }
    expect(seen).toEqual(wanted);
  });

  test("of a project that does not have the runs they wait for are refused", async () => {
    const after = ["0190f5fe-7c00-7a00-8000-000000000000"];
    expect((await it.ask("POST", "/v1/runs", { token, body: { workflow: "echo", after } })).status).toBe(422);
  });

  test("are refused with 429 and Retry-After when the queue is full, and with 503 in a mode without new runs (NX-4, WV-12)", async () => {
    const body = { workflow: "review" };
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => it.ask("POST", "/v1/runs", { token, body })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 429]));
    const full = answers.find(({ status }) => status === 429);
    expect(full).toMatchObject({ body: { type: "urn:fairlead:problem:queue-full" } });
    expect(Number(full?.headers.get("retry-after"))).toBeGreaterThan(0);
    const operator = await it.issue({ subject: "op", roles: ["operator"] });
    const change = (mode: string) =>
      it.ask("PUT", "/v1/mode", { token: operator, body: { mode, because: "a test" } });
    expect(await change("read-only")).toMatchObject({ status: 200, body: { mode: "read-only" } });
    expect(await it.ask("POST", "/v1/runs", { token, body })).toMatchObject({
      status: 503,
      body: { detail: "no new runs are accepted: the mode is read-only" },
    });
    expect((await change("nonsense")).status).toBe(422);
    expect((await change("normal")).status).toBe(200);
  });
});

describe("agents and tasks (NX-5)", () => {
  test("agents register, show signs of life, are listed and go", async () => {
    const agent = await it.issue({ subject: "agent-1", roles: ["agent"] });
    const beat = () => it.ask("PUT", "/v1/agents/load-test/heartbeat", { token: agent });
    expect((await beat()).status).toBe(404);
    const body = { id: "load-test", type: "code-reviewer", capabilities: ["typescript"], capacity: 2 };
    expect((await it.ask("POST", "/v1/agents", { token: agent, body })).status).toBe(201);
    expect((await beat()).status).toBe(204);
    const listed = await it.ask<List<object>>("GET", "/v1/agents?limit=20", { token: agent });
    expect(listed.body.items).toMatchObject([{ ...body, state: "idle", load: 0 }]);
    const operator = await it.issue({ subject: "op", roles: ["operator"] });
    expect((await it.ask("DELETE", "/v1/agents/load-test", { token: operator })).status).toBe(204);
    expect((await beat()).status).toBe(404);
  });

  test("of others, and those that a process brings along, are not taken over, kept alive or removed", async () => {
    const [ann, eve] = await Promise.all(
      ["ann", "eve"].map((subject) => it.issue({ subject, roles: ["agent", "operator"] })),
    );
    const register = (by: string | undefined, id: string, type = "code-reviewer") =>
      it.ask<ProblemBody>("POST", "/v1/agents", { token: by ?? "", body: { id, type } });
    expect((await register(ann, "of-ann")).status).toBe(201);
    expect(await register(eve, "of-ann", "patcher")).toMatchObject({
      status: 409,
      body: { detail: "agent of-ann was registered by somebody else" },
    });
    expect((await register(ann, "of-ann", "patcher")).status).toBe(201);
    const beat = (token = "") => it.ask("PUT", "/v1/agents/of-ann/heartbeat", { token });
    expect([(await beat(eve)).status, (await beat(ann)).status]).toEqual([404, 204]);
    const resident = "resident-0a1b2c3d-code-reviewer-1";
    expect((await register(eve, resident)).status).toBe(422);
    await it.store.pool.query(
      "INSERT INTO agents (id, type, capabilities, capacity, registered_by, executor) VALUES ($1, 'code-reviewer', '{}', 1, 'x', 'x')",
      [resident],
    );
    expect((await it.ask("DELETE", `/v1/agents/${resident}`, { token: eve ?? "" })).status).toBe(409);
    const listed = await it.ask<List<{ id: string }>>("GET", "/v1/agents", { token: eve ?? "" });
    expect(listed.body.items?.map(({ id }) => id)).toEqual(["of-ann", resident]);
    await it.store.pool.query("DELETE FROM agents");
  });

  test("an echo task is taken as the load profile sends it", async () => {
    const body = { kind: "echo", priority: "normal", payload: "load test" };
    expect(await it.ask("POST", "/v1/tasks", { token, body })).toMatchObject({
      status: 202,
      body: { id: expect.any(String) },
    });
  });
});

test("flags are flagd definitions, evaluated for who asks", async () => {
  const operator = await it.issue({ subject: "op", roles: ["operator"] });
  const body = {
    state: "ENABLED",
    variants: { on: true, off: false },
    defaultVariant: "off",
    targeting: { if: [{ "==": [{ var: "project" }, "lab"] }, "on", "off"] },
  };
  const put = (version: number, definition: object = body) =>
    it.ask("PUT", `/v1/flags/new-router?version=${version}`, { token: operator, body: definition });
  expect(await put(0)).toMatchObject({ status: 200, body: { version: 1 } });
  expect((await put(0)).status).toBe(409);
  const other = await it.issue({ project: "shop" });
  expect((await it.ask("GET", "/v1/flags/new-router", { token })).body).toMatchObject({
    value: true,
    variant: "on",
  });
  expect((await it.ask("GET", "/v1/flags/new-router", { token: other })).body).toMatchObject({
    value: false,
  });
  expect((await put(1, { ...body, state: "DISABLED" })).body).not.toHaveProperty("value");
  expect((await put(2, { ...body, defaultVariant: "maybe" })).status).toBe(422);
  expect((await it.ask<List<object>>("GET", "/v1/flags", { token })).body.items).toHaveLength(1);
});

test("a flag that decides something of runs takes no value that nobody here knows (WV-19)", async () => {
  const operator = await it.issue({ subject: "op", roles: ["operator"] });
  const put = (canary: string) =>
    it.ask("PUT", "/v1/flags/agent-instructions", {
      token: operator,
      body: { state: "ENABLED", variants: { stable: "plain", canary }, defaultVariant: "stable" },
    });
  expect(await put("of-tomorrow")).toMatchObject({
    status: 422,
    body: {
      detail: "flag agent-instructions decides between plain, open-questions",
      errors: [{ field: "body.variants.canary", fix: "write one of plain, open-questions" }],
    },
  });
  expect(await put("open-questions")).toMatchObject({ status: 200, body: { value: "plain" } });
});

test("every changing action is in the audit log, refused ones with their outcome, and nobody changes it (NX-9, WV-20)", async () => {
  const auditor = await it.issue({ subject: "eve", roles: ["auditor"] });
  await it.ask("DELETE", "/v1/workflows/no-such", { token });
  const records = async () =>
    (await it.ask<List<object>>("GET", "/v1/audit?limit=200", { token: auditor })).body.items;
  const refused = { actor: "ada", action: "deleteWorkflow", object: "/v1/workflows/no-such" };
  await expect.poll(records).toContainEqual(expect.objectContaining({ ...refused, outcome: "refused" }));
  expect(await records()).toContainEqual(expect.objectContaining({ ...refused, outcome: "attempted" }));
  expect(await records()).toContainEqual(expect.objectContaining({ action: "run.accept", outcome: "done" }));
  await expect(it.store.pool.query("UPDATE audit SET actor = 'nobody'")).rejects.toThrow(
    "only ever appended to",
  );
});

test("status, probes and metrics answer", async () => {
  expect(await it.ask("GET", "/v1/status", { token })).toMatchObject({
    status: 200,
    body: { platform: "nexus", mode: "normal" },
  });
  for (const path of ["/livez", "/healthz", "/readyz"]) expect((await it.ask("GET", path)).status).toBe(200);
  expect(await it.ask("GET", "/metrics")).toMatchObject({ status: 200, body: "up 1\n" });
});
