import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { roles } from "../security/permissions.ts";
import type { ProblemBody } from "./problem.ts";
import { type TemporaryApi, temporaryApi } from "./temporary-api.ts";

let it: TemporaryApi;
let token: string;
beforeAll(async () => {
  it = await temporaryApi({
    platform: "weathervane",
    patience: { headersMs: 4_000, requestMs: 6_000, keepAliveMs: 4_000 },
  });
  token = await it.issue({ roles: Object.keys(roles) });
});
afterAll(() => it.close());

const post = (path: string, body: unknown) => it.ask<ProblemBody>("POST", path, { token, body });

describe("refused with the field, the reason and the fix is (CC-10)", () => {
  test.each([
    ["SQL in a path", "GET", "/v1/workflows/x';DROP TABLE runs;--", undefined, 400, "params.name"],
    ["SQL in a query", "GET", "/v1/runs?cursor=' OR 1=1", undefined, 400, "query.cursor"],
    ["SQL in an enumeration", "GET", "/v1/runs?state=queued'--", undefined, 400, "query.state"],
    ["an unknown parameter", "GET", "/v1/runs?limit=5&order=id;drop", undefined, 400, "query"],
    ["a limit without end", "GET", "/v1/runs?limit=1000000", undefined, 400, "query.limit"],
    [
      "a way out of a folder in a path",
      "GET",
      "/v1/workflows/..%2f..%2fetc%2fpasswd",
      undefined,
      400,
      "params.name",
    ],
    [
      "a way out of a folder in an input",
      "POST",
      "/v1/runs",
      { workflow: "echo", input: { path: "a/../../etc/passwd" } },
      422,
      "body.input.path",
    ],
    [
      "an encoded way out of a folder",
      "POST",
      "/v1/runs",
      { workflow: "echo", input: { files: ["ok", "%2e%2e/secret"] } },
      422,
      "body.input.files.1",
    ],
    [
      "an absolute path",
      "POST",
      "/v1/runs",
      { workflow: "echo", input: { file: "/etc/passwd" } },
      422,
      "body.input.file",
    ],
    [
      "an option of git instead of a commit",
      "POST",
      "/v1/runs",
      { workflow: "echo", input: { commit: "--upload-pack=x" } },
      422,
      "body.input.commit",
    ],
    [
      "a script in a label",
      "POST",
      "/v1/runs",
      { workflow: "echo", labels: { a: "<script>alert(1)</script>" } },
      422,
      "body.labels.a",
    ],
    [
      "a script URL in a label",
      "POST",
      "/v1/runs",
      { workflow: "echo", labels: { a: "javascript:alert(1)" } },
      422,
      "body.labels.a",
    ],
    [
      "markup in a title",
      "POST",
      "/api/tasks",
      { title: "<img src=x onerror=alert(1)>", repository: "a/b" },
      422,
      "body.title",
    ],
    [
      "a line of a log in a title",
      "POST",
      "/api/tasks",
      { title: 'x\n{"level":"fatal"}', repository: "a/b" },
      422,
      "body.title",
    ],
    [
      "bidi control characters",
      "POST",
      "/api/tasks",
      { title: "a\u202eb", repository: "a/b" },
      422,
      "body.title",
    ],
    [
      "a repository outside",
      "POST",
      "/api/tasks",
      { title: "x", repository: "../b" },
      422,
      "body.repository",
    ],
    [
      "NUL, which PostgreSQL does not store",
      "POST",
      "/v1/runs",
      { workflow: "echo", input: { a: ["\0"] } },
      422,
      "body.input.a.0",
    ],
    [
      "half a surrogate pair",
      "POST",
      "/v1/runs",
      { workflow: "echo", input: { a: "\ud800" } },
      422,
      "body.input.a",
    ],
    ["an unknown key", "POST", "/v1/runs", { workflow: "echo", admin: true }, 422, "body"],
    ["a number as a name", "POST", "/v1/runs", { workflow: 5 }, 422, "body.workflow"],
  ])("%s", async (_what, method, path, body, status, field) => {
    const answer = await it.ask<ProblemBody>(method, path, {
      token,
      ...(body === undefined ? {} : { body }),
    });
    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([status, field]);
    expect(answer.body.errors?.[0]?.why).toBeTruthy();
    expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  });

  test.each([
    ["malformed JSON", "{", 400],
    ["an empty body", "", 400],
    ["two values", "{}{}", 400],
    ["a prototype in JSON", '{"__proto__": {"admin": true}, "workflow": "echo"}', 400],
    ["a constructor's prototype in JSON", '{"constructor": {"prototype": {}}, "workflow": "echo"}', 400],
    ["deep nesting", `{"workflow":"echo","input":{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}}`, 422],
    ["invalid UTF-8 escapes", '{"workflow": "\\x"}', 400],
  ])("%s", async (_what, body, status) => {
    const answer = await post("/v1/runs", body);
    expect(answer.status).toBe(status);
    expect(answer.body.detail).not.toMatch(/SyntaxError|position|proto/);
  });

  test("another content type", async () => {
    const headers = { "content-type": "text/xml" };
    expect((await it.ask("POST", "/v1/runs", { token, body: "<a/>", headers })).status).toBe(415);
  });

  test("an Idempotency-Key with a line break or of endless length", async () => {
    for (const key of ["a b", "x".repeat(300)]) {
      const headers = { "idempotency-key": key };
      const answer = await it.ask("POST", "/v1/runs", { token, body: { workflow: "echo" }, headers });
      expect(answer.status).toBe(400);
    }
  });
});

test("text that merely looks odd is taken as it is", async () => {
  const input = {
    note: "a < b; SELECT '--'; ${x} {{y}} `z` <3 ../up",
    path: "src/a..b/c.ts",
    commit: "feature/x-1",
  };
  const answer = await it.ask("POST", "/v1/runs", { token, body: { workflow: "echo", input } });
  expect(answer).toMatchObject({ status: 202, body: { input } });
});

test("answers are never taken for pages: JSON, nosniff, a policy that allows nothing", async () => {
  for (const path of ["/v1/runs", "/nothing/<script>alert(1)</script>", "/v1/runs?limit=<script>"]) {
    const { headers, body } = await it.ask("GET", path, { token });
    expect(headers.get("content-type")).toMatch(/^application\/(problem\+)?json/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toBe("default-src 'none';frame-ancestors 'none'");
    expect(JSON.stringify(body)).not.toContain("<script>");
  }
});

test("no header of a client gets into an answer's headers or the log", async () => {
  const before = it.lines.length;
  const headers = { "x-request-id": "mine-injected", "x-forwarded-for": "mine-injected" };
  const answer = await it.ask("GET", "/v1/runs", { token, headers });
  expect([...answer.headers.values()].join()).not.toContain("mine-injected");
  expect(it.lines.slice(before).join("")).not.toContain("mine-injected");
});

describe("slow clients and half-open sockets are closed", () => {
  /** Writes this on a connection, and gives what was answered once the server has closed it. */
  const closedAfter = (text: string) =>
    new Promise<{ answer: string }>((resolve) => {
      let answer = "";
      const socket = connect(Number(new URL(it.url).port), "127.0.0.1");
      socket.on("data", (data) => {
        answer += String(data);
      });
      socket.on("error", () => undefined);
      socket.on("close", () => resolve({ answer }));
      if (text !== "") socket.write(text);
    });

  test.each([
    ["that send nothing", ""],
    ["that send half a header", "GET /v1/runs HTTP/1.1\r\nhost: x\r\nx-a:"],
    [
      "that send half a body",
      "POST /v1/runs HTTP/1.1\r\nhost: x\r\nauthorization: Bearer TOKEN\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{",
    ],
    [
      "that fall silent after a request, and never say that they are gone",
      "GET /livez HTTP/1.1\r\nhost: x\r\n\r\n",
    ],
    // What is merely never closed, or lives for as long as an idle connection usually may (72 s), is found by the test's time.
  ])("%s", { timeout: 60_000 }, async (_what, text) => {
    const { answer } = await closedAfter(text.replace("TOKEN", token));
    expect(answer).toMatch(/^(HTTP\/1.1 (200|408)|$)/);
  });

  test("hundreds at once keep nobody else waiting", async () => {
    const slow = Array.from({ length: 300 }, () => closedAfter("POST /v1/runs HTTP/1.1\r\nhost: x\r\nx-a:"));
    const answers = await Promise.all(Array.from({ length: 20 }, () => it.ask("GET", "/v1/runs", { token })));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    for (const { answer } of await Promise.all(slow)) expect(answer).toMatch(/^(HTTP\/1.1 408|$)/);
  });

  test("garbage instead of HTTP is answered with 400", async () => {
    expect((await closedAfter("\x16\x03\x01 nonsense\r\n\r\n")).answer).toMatch(/^HTTP\/1.1 400/);
  });

  test("two lengths of one body (request smuggling) are refused", async () => {
    const text =
      "POST /v1/runs HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    expect((await closedAfter(text)).answer).toMatch(/^HTTP\/1.1 400/);
  });
});
