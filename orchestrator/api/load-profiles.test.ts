import { afterAll, beforeAll, expect, test } from "vitest";
import { loadProfiles as agenthive } from "../../catalog/platforms/agenthive/load-profiles.ts";
import { loadProfiles as commandcenter } from "../../catalog/platforms/commandcenter/load-profiles.ts";
import { loadProfiles as nexus } from "../../catalog/platforms/nexus/load-profiles.ts";
import { loadProfiles as weathervane } from "../../catalog/platforms/weathervane/load-profiles.ts";
import { echoWorkflow } from "../engine/echo.ts";
import { roles } from "../security/permissions.ts";
import { storeWorkflow } from "../store/workflows.ts";
import { type TemporaryApi, temporaryApi } from "./temporary-api.ts";

interface Request {
  name: string;
  method?: string | undefined;
  path: string;
  body?: unknown;
  expect?: readonly number[] | undefined;
}

let it: TemporaryApi;
let token: string;

/** Agent Hive's and WeatherVane's faces have paths in common: one server shows one of them. */
async function serve(platform: string): Promise<TemporaryApi> {
  const api = await temporaryApi({ platform, drills: true });
  for (const name of ["load-test-single-agent", "load-test-approval", "pipeline", "task"]) {
    await storeWorkflow(api.store.pool, {
      project: "lab",
      createdBy: "test",
      definition: { ...echoWorkflow, name },
    });
  }
  return api;
}

beforeAll(async () => {
  it = await serve("agenthive");
  token = await it.issue({ roles: Object.keys(roles) });
});
afterAll(() => it.close());

const distinct = (profiles: Record<string, { requests: readonly Request[] }>, only = /./) => {
  const all = Object.values(profiles)
    .flatMap(({ requests }) => requests)
    .filter(({ path }) => only.test(path));
  // What creates comes before what reads it.
  const order = ({ method }: Request) => (method === undefined ? 1 : 0);
  return [...new Map(all.map((request) => [request.name, request])).values()].sort(
    (a, b) => order(a) - order(b),
  );
};

async function sendAll(api: TemporaryApi, requests: readonly Request[]): Promise<void> {
  for (const { name, method = "GET", path, body, expect: wanted = [200] } of requests) {
    const { status } = await api.ask(method, path, { token, ...(body === undefined ? {} : { body }) });
    expect([name, wanted]).toEqual([name, expect.arrayContaining([status])]);
  }
}

test("CommandCenter's load profiles are served as they ask (CC-9)", () =>
  sendAll(it, distinct(commandcenter)));

test("those of Nexus' coordinator are (NX-3, NX-4)", async () => {
  await it.ask("POST", "/v1/agents", { token, body: { id: "load-test", type: "code-reviewer" } });
  await sendAll(it, distinct(nexus, /^\/v1\/(agents|tasks)/));
});

test("Agent Hive's are, and drills are done (AH-1)", async () => {
  await sendAll(it, distinct(agenthive));
  const read = async () => (await it.ask("GET", "/api/sessions/load-test", { token })).body;
  expect(await read()).toMatchObject({ id: "load-test", state: "running", tasks: { queued: 1 } });
  await expect.poll(async () => (await read()).ageSeconds, { timeout: 30_000 }).toBeGreaterThan(57_299);
  await expect
    .poll(() => it.events, { timeout: 30_000 })
    .toContainEqual(expect.objectContaining({ type: "agent.replaced", reason: "crashed" }));
  expect((await it.ask("GET", "/api/sessions/other", { token })).status).toBe(404);
});

test("WeatherVane's are", async () => {
  const own = await serve("weathervane");
  token = await own.issue({ roles: Object.keys(roles) });
  await sendAll(own, distinct(weathervane));
  await own.close();
});
