// The generated tests are run by the real k6 against a small HTTP server.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { LoadProfile, Model } from "../model/model.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { requireTool } from "../tools/find.ts";
import { loadTests } from "./index.ts";

const hostileBody = { text: `\${x} %{x} {{x}} \` " ' \\ </script> \n \u2028` };
let folder: string;
let server: Server;
let seen: { method: string; url: string; body: string; authorization: string | undefined }[];
let behaviour: { delay: number; status?: number };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "load-tests-"));
  seen = [];
  behaviour = { delay: 0 };
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { authorization } = request.headers;
    seen.push({ method: request.method ?? "", url: request.url ?? "", body, authorization });
    response.statusCode = behaviour.status ?? (request.method === "POST" ? 201 : 200);
    setTimeout(() => response.end("done"), behaviour.delay);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  rmSync(folder, { recursive: true });
});

/** The shop's smoke profile, shortened to 80 iterations and aimed at the test's own server. */
function shortened(change: Partial<LoadProfile> = {}): Model {
  const model = structuredClone(modelOf([shop], policies));
  const port = (server.address() as AddressInfo).port;
  const platform = model.platforms[0];
  const smoke = platform?.loadProfiles.find((p) => p.name === "smoke");
  if (!platform || !smoke) throw new Error("the shop has no smoke profile");
  const place = smoke.requests.find((r) => r.name === "place");
  if (place) place.body = hostileBody;
  // Slowly: how fast a machine answers that does other things beside is not what is tested.
  const arrivals = { kind: "constant", perSecond: 10, seconds: 8, maxUsers: 30 } as const;
  platform.loadProfiles = [{ ...smoke, target: { ...smoke.target, port }, arrivals, ...change }];
  return model;
}

async function k6(command: string, model: Model, ...args: string[]) {
  for (const { path, content } of loadTests(model)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const cwd = join(folder, "generated/load-tests/shop/smoke");
  // Nothing is reported to k6's makers, and no second k6 on this machine competes for the control port.
  const env = { K6_NO_USAGE_REPORT: "true", K6_ADDRESS: "", K6_NO_COLOR: "true" };
  return execa(await requireTool("k6"), [command, ...args, "script.js"], {
    cwd,
    env,
    reject: false,
    timeout: 200_000,
  });
}

// The test runner has a BASE_URL of its own in its environment.
const run = (model: Model, ...args: string[]) =>
  k6("run", model, "--quiet", "--include-system-env-vars=false", "-e", "SUMMARY=result.json", ...args);

interface Result {
  p95: number | null;
  thresholds: { metric: string; threshold: string; ok: boolean }[];
}

function result(): Result & { failed: string[] } {
  const text = readFileSync(join(folder, "generated/load-tests/shop/smoke/result.json"), "utf8");
  const parsed = JSON.parse(text) as Result;
  return { ...parsed, failed: parsed.thresholds.filter((t) => !t.ok).map((t) => t.metric) };
}

test("k6 reads the options as they were generated", async () => {
  const { stdout, exitCode } = await k6("inspect", modelOf([shop], policies));
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    scenarios: { load: { executor: "constant-arrival-rate", rate: 5, duration: "30s", maxVUs: 100 } },
    thresholds: { http_req_failed: ["rate<=0.001"], checks: ["rate>=0.99"] },
    tags: { platform: "shop", profile: "smoke" },
  });
});

test("a healthy service passes, and the same requests come in the weights' shares", async () => {
  const { exitCode, stdout } = await run(shortened());
  expect(exitCode).toBe(0);
  expect(stdout).toContain("Smoke: passed");
  expect(result()).toMatchObject({ passed: true, errorRate: 0, droppedIterations: 0, failed: [] });
  expect(result().p95).toBeGreaterThan(0);
  const posts = seen.filter((request) => request.method === "POST");
  expect(seen.length).toBeGreaterThanOrEqual(79);
  expect(Math.abs(posts.length - seen.length / 4)).toBeLessThanOrEqual(2);
  expect(posts.every((post) => post.body === JSON.stringify(hostileBody))).toBe(true);
});

test("a service that is too slow fails", async () => {
  behaviour.delay = 400;
  const { exitCode, stdout } = await run(shortened());
  expect(exitCode).toBe(99);
  expect(stdout).toContain("✗ http_req_duration{expected_response:true} p(95)<=300");
  expect(result().failed).toContain("http_req_duration{expected_response:true}");
});

test("a service that answers with errors fails, and its answers count as no latency", async () => {
  behaviour.status = 500;
  expect((await run(shortened())).exitCode).toBe(99);
  expect(result()).toMatchObject({
    errorRate: 1,
    p50: null,
    p95: null,
    p99: null,
    failed: expect.arrayContaining(["checks", "http_req_failed"]),
  });
});

test("a service that is not there fails", async () => {
  const model = shortened();
  await new Promise((closed) => server.close(closed));
  expect((await run(model)).exitCode).toBe(99);
  expect(result().failed).toEqual(expect.arrayContaining(["checks", "http_req_failed"]));
});

test("a load that could not be offered fails, even if each answer was right", async () => {
  behaviour.delay = 100;
  const arrivals = { kind: "constant", perSecond: 40, seconds: 2, maxUsers: 1 } as const;
  expect((await run(shortened({ arrivals }))).exitCode).toBe(99);
  expect(result().failed).toContain("dropped_iterations");
});

test("a run without any sample fails", async () => {
  const arrivals = {
    kind: "ramping",
    fromPerSecond: 0,
    stages: [{ perSecond: 0, seconds: 1 }],
    maxUsers: 1,
  } as const;
  expect((await run(shortened({ arrivals: { ...arrivals, stages: [...arrivals.stages] } }))).exitCode).toBe(
    99,
  );
  expect(result()).toMatchObject({
    requests: 0,
    errorRate: null,
    p95: null,
    failed: ["http_reqs", "iterations"],
  });
});

test("BASE_URL moves the load to another port of this machine", async () => {
  const model = shortened({ target: { service: "api", port: 1 } });
  const port = (server.address() as AddressInfo).port;
  expect((await run(model, "-e", `BASE_URL=http://localhost:${port}/v1/`)).exitCode).toBe(0);
  expect(seen[0]?.url).toBe("/v1/orders?limit=10");
});

test.each([
  "http://198.51.100.7",
  "http://127.0.0.1.shop.example",
  "http://127.0.0.1@shop.example/",
  "http://127.0.0.1:80@shop.example/",
  "http://localhost\\@shop.example",
  "//127.0.0.1",
  "http://127.0.0.1/?x",
])("BASE_URL %s is refused", async (url) => {
  const { exitCode, stderr } = await k6("inspect", shortened(), "-e", `BASE_URL=${url}`);
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain("BASE_URL");
});

test("another machine may be loaded when that is asked for", async () => {
  const args = ["-e", "BASE_URL=https://198.51.100.7", "-e", "ALLOW_REMOTE=yes"];
  expect((await k6("inspect", shortened(), ...args)).exitCode).toBe(0);
});

test("the token that TOKEN_FILE holds goes with every request, and into nothing that is shown or written", async () => {
  const token = "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl";
  writeFileSync(join(folder, "token"), `${token}\n`);
  const { exitCode, stdout, stderr } = await run(
    shortened(),
    "-e",
    `TOKEN_FILE=${join(folder, "token")}`,
    "-v",
  );
  expect(exitCode).toBe(0);
  expect(new Set(seen.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${token}`]));
  expect(stdout + stderr + JSON.stringify(result())).not.toContain(token);
  await run(shortened());
  expect(seen.at(-1)?.authorization).toBeUndefined();
});

test.each([
  ["is empty", ""],
  ["holds more than a token", "first.line.x\nsecret-second-line"],
])("a TOKEN_FILE that %s is refused, and not shown", async (_what, text) => {
  writeFileSync(join(folder, "token"), text);
  const { exitCode, stderr } = await k6("inspect", shortened(), "-e", `TOKEN_FILE=${join(folder, "token")}`);
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain("TOKEN_FILE must name a file that holds one access token");
  expect(stderr).not.toContain("secret-second-line");
});
