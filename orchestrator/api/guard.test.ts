import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DomainEvent } from "../domain/event.ts";
import { operations } from "../security/operations.ts";
import { usualLimits } from "../security/pacing.ts";
import { roles } from "../security/permissions.ts";
import { insertEvents } from "../store/events.ts";
import type { ProblemBody } from "./problem.ts";
import { type TemporaryApi, temporaryApi } from "./temporary-api.ts";

interface Operation {
  operationId: keyof typeof operations;
  security: object[];
}

const other = "0190f5fe-7c00-7a00-8000-00000000b001";

describe.each(["weathervane", "agenthive"])("each operation of the API as %s", (platform) => {
  let it: TemporaryApi;
  /** Every operation of the document with its method and a path to an object of another project. */
  let described: { id: Operation["operationId"]; method: string; path: string; security: object[] }[];

  beforeAll(async () => {
    it = await temporaryApi({
      platform,
    });
    const { body } = await it.ask<{ paths: Record<string, Record<string, Operation>> }>(
      "GET",
      "/openapi.json",
    );
    described = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId: id, security }]) => ({
        id,
        method: method.toUpperCase(),
        path: path
          .replace("{id}", path.includes("/agents/") ? "an-agent" : other)
          .replace("{name}", "theirs"),
        security,
      })),
    );
    const theirs = await it.issue({ subject: "mallory", project: "theirs" });
    const workflow = { name: "theirs", steps: [{ id: "only", agent: "code-reviewer" }] };
    await it.ask("POST", "/v1/workflows", { token: theirs, body: workflow });
    await it.store.pool.query(
      `INSERT INTO runs (id, project, workflow_project, workflow, workflow_version, priority, source, input, labels, dry_run, requested_by)
     VALUES ($1, 'theirs', 'theirs', 'theirs', 1, 'normal', 'api', '{"secret": "theirs"}', '{}', false, 'mallory')`,
      [other],
    );
    await it.store.pool.query(
      `INSERT INTO approvals (id, run_id, step_id, project, role, requested_by) VALUES ($1, $1, 'only', 'theirs', 'security', 'mallory')`,
      [other],
    );
    const at = new Date().toISOString();
    const decision = { token: theirs, body: { decision: "approved" } };
    const own = await it.issue({ subject: "mallory", project: "theirs", roles: ["approver"] });
    const refused = await it.ask("POST", `/v1/approvals/${other}/decision`, { ...decision, token: own });
    expect(refused.status).toBe(403);
    if (platform === "agenthive") {
      const started = { token: theirs, body: { name: "theirs" } };
      expect((await it.ask("POST", "/api/sessions", started)).status).toBe(201);
    }
    // What the service records by itself of runs, approvals and sessions, and what may happen to a session.
    const subject = "theirs/night-shift";
    const change = { ladder: "session", from: "fresh", to: "conservative", by: "mallory", because: "theirs" };
    const acted = { resource: "memory", action: "slow-down", outcome: "success", freedBytes: 0 } as const;
    const happened: DomainEvent[] = [
      ...it.events,
      { type: "stage.entered", runId: other, stage: "theirs" },
      { type: "session.started", subject, agents: 1 },
      { type: "mode.changed", subject, ...change },
      { type: "guardian.acted", subject, ...acted },
      { type: "session.ended", subject, seconds: 1, reason: "asked" },
    ];
    await it.store.transaction((db) =>
      insertEvents(
        db,
        happened.map((event) => ({ ...event, at })),
      ),
    );
  });
  afterAll(() => it.close());

  const asked = (method: string) => (method === "GET" || method === "DELETE" ? {} : { body: {} });
  const guarded = () => described.filter(({ id }) => operations[id].permission !== "none");

  test("is described, but for the other platforms' faces", () => {
    const missing = Object.keys(operations).filter((id) => !described.some((one) => one.id === id));
    const others = platform === "agenthive" ? "weathervane" : "hive";
    expect(missing.filter((id) => !id.startsWith(others))).toEqual([]);
  });

  test("is refused without a token, but for probes, metrics and the document; and the document says so (AH-10)", async () => {
    for (const { id, method, path, security } of described) {
      const { status } = await it.ask(method, path, asked(method));
      const open = operations[id].permission === "none";
      expect([id, status === 401, security.length === 0]).toEqual([id, !open, open]);
    }
  });

  test("is refused with every role that lacks the permission, and the refusal is an event (AH-10)", async () => {
    for (const { id, method, path } of guarded()) {
      const { permission } = operations[id];
      const lacking = Object.keys(roles).filter((role) => !roles[role]?.some((one) => one === permission));
      for (const held of [[], ["no-such-role", "constructor"], ...lacking.map((role) => [role])]) {
        const token = await it.issue({ roles: held });
        const { status } = await it.ask(method, path, { token, ...asked(method) });
        expect([id, held, status]).toEqual([id, held, 403]);
      }
      expect(it.events).toContainEqual({
        type: "request.refused",
        route: id,
        reason: "forbidden",
        why: "no-permission",
      });
    }
  });

  test("finds, changes and tells nothing of another project, whatever the roles", async () => {
    const token = await it.issue({
      subject: "ada",
      project: "lab",
      roles: [...Object.keys(roles), "security"],
    });
    const before = await it.store.pool.query("SELECT * FROM runs, approvals, workflows");
    // Flags belong to the platform.
    const theirs = guarded().filter(({ path }) => /theirs|0190f5fe/.test(path) && !path.includes("/flags/"));
    expect(theirs.length).toBeGreaterThan(7);
    for (const { method, path } of theirs) {
      const body = path.endsWith("/decision") ? { decision: "approved" } : {};
      const { status } = await it.ask(method, path, { token, ...(method === "POST" ? { body } : {}) });
      expect([method, path, status]).toEqual([method, path, 404]);
    }
    for (const { path, id } of guarded().filter(
      ({ method, id }) => method === "GET" && !/stream|Socket|Audit/.test(id),
    )) {
      const { body } = await it.ask("GET", path, { token });
      if (!/theirs|0190f5fe/.test(path))
        expect([id, JSON.stringify(body)]).toEqual([id, expect.not.stringMatching(/theirs|0190f5fe/)]);
    }
    const audit = await it.ask("GET", "/v1/audit", { token });
    expect(JSON.stringify(audit.body)).not.toContain("mallory");
    expect((await it.store.pool.query("SELECT * FROM runs, approvals, workflows")).rows).toEqual(before.rows);
  });

  test("a token of the right form in a query is not taken: URLs are logged", async () => {
    const token = await it.issue();
    expect((await it.ask("GET", `/v1/status?access_token=${token}`)).status).toBe(401);
    expect((await it.ask("GET", "/v1/status", { headers: { authorization: `Basic ${token}` } })).status).toBe(
      401,
    );
  });
});

describe("limits (CC-13)", () => {
  let limited: TemporaryApi;
  beforeAll(async () => {
    limited = await temporaryApi({
      limits: {
        paces: { ...usualLimits.paces, read: { points: 5, seconds: 20 } },
        userQuota: { points: 3, seconds: 60 },
        projectQuota: { points: 4, seconds: 60 },
      },
    });
  });
  afterAll(() => limited.close());

  test("of an endpoint are each user's own: 429 with Retry-After and what is left in headers, then free again", async () => {
    const token = await limited.issue();
    const status = () => limited.ask<ProblemBody>("GET", "/v1/status", { token });
    const answers = [];
    for (let count = 0; count < 7; count += 1) answers.push(await status());
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200, 429, 429]);
    expect(answers[0]?.headers.get("ratelimit-policy")).toBe('"readStatus";q=5;w=20');
    expect(answers[0]?.headers.get("ratelimit")).toMatch(/^"readStatus";r=4;t=(20|1?\d)$/);
    expect(answers[6]?.headers.get("retry-after")).toMatch(/^(20|1?\d)$/);
    expect(answers[6]?.body.type).toBe("urn:fairlead:problem:rate-limit");
    expect((await limited.ask("GET", "/v1/runs", { token })).status).toBe(200);
    const another = await limited.issue({ subject: "bob" });
    expect((await limited.ask("GET", "/v1/status", { token: another })).status).toBe(200);
    await expect.poll(async () => (await status()).status, { interval: 500 }).toBe(200);
  });

  test("of runs hold for a user on all endpoints together, and for all users of a project", async () => {
    const start = async (subject: string, path = "/v1/runs", body: object = { workflow: "echo" }) =>
      limited.ask<ProblemBody>("POST", path, { token: await limited.issue({ subject }), body });
    expect((await start("ada")).status).toBe(202);
    expect((await start("ada", "/v1/tasks", { kind: "echo" })).status).toBe(202);
    expect((await start("ada")).status).toBe(202);
    expect((await start("ada")).body.detail).toBe("the quota for runs that you start is used up: 3 in 60 s");
    expect((await start("bob")).status).toBe(202);
    expect((await start("carol")).body.detail).toBe(
      "the quota for runs of your project is used up: 4 in 60 s",
    );
  });

  test("wrong tokens are answered with 429 in the end, and a right one still gets in", async () => {
    const answers = await Promise.all(
      Array.from({ length: 320 }, () => limited.ask("GET", "/v1/runs", { token: "wrong" })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 429]));
    const token = await limited.issue({ subject: "dora" });
    expect((await limited.ask("GET", "/v1/runs", { token })).status).toBe(200);
  });
});
