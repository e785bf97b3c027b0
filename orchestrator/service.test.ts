import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compareExposed } from "../checks/scrape/compare.ts";
import { readExposition } from "../checks/scrape/exposition.ts";
import { loadProject } from "../model/project.ts";
import { rootFolder } from "../tests/structure/source-files.ts";
import { wallClock } from "./clock.ts";
import { runRequest } from "./domain/run.ts";
import { scriptedWorker } from "./engine/scripted-worker.ts";
import { orderRuns } from "./scheduler/order-runs.ts";
import { openLocalIssuer } from "./security/local-issuer.ts";
import { type Service, startService } from "./service.ts";
import type { Store } from "./store/database.ts";
import { storeSteps, temporaryStore } from "./store/temporary-store.ts";

let folder: string;
let store: Store;
let service: Service;
let stopped: Promise<void> | undefined;
const stop = (drainMs: number) => {
  stopped ??= service?.stop(drainMs);
  return stopped;
};
let token: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-service-"));
  const names = { issuer: "urn:test", audience: "orchestrator" };
  const issuer = await openLocalIssuer(folder, { ...names, clock: wallClock });
  store = await temporaryStore();
  await storeSteps(store, "two-steps", { a: {}, b: { needs: ["a"] } });
  service = await startService({
    ...{
      store,
      worker: scriptedWorker({ clock: wallClock }),
      connections: 10,
      version: "1.0.0",
      secrets: [],
    },
    engine: { order: orderRuns, limit: () => 10, queueLimit: 1_000 },
    settings: {
      ...{ host: "127.0.0.1", port: 0, metricsPort: 0, platform: "weathervane", project: rootFolder },
      ...{
        tokens: { ...names, keysFolder: issuer.publicFolder },
        logLevel: "silent",
        evidenceFolder: join(folder, "evidence"),
        sessionsFolder: join(folder, "sessions"),
        drills: false,
      },
    },
  });
  token = await issuer.issue({ subject: "ada", project: "shop", roles: ["developer", "operator"] });
}, 60_000);
afterAll(async () => {
  await stop(1_000);
  await store?.close();
  await rm(folder, { recursive: true, force: true });
});

const ask = (method: string, path: string, body?: unknown) =>
  fetch(`${service.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
const metricsOf = async (name: string) => (await fetch(`${service.metricsUrl}/${name}/metrics`)).text();

describe("a process that serves", () => {
  test("a run that is asked for over HTTP is done, and its platform's metrics tell of it", async () => {
    const answer = await ask("POST", "/v1/workflows/two-steps/run-and-wait", { input: {} });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ state: "succeeded", workflow: "two-steps" });
    const text = await metricsOf("autopilot");
    expect(text).toMatch(/weathervane_tasks_started_total\{priority="normal",source="api"\} 1\n/);
    expect(text).toMatch(
      /weathervane_tasks_finished_total\{outcome="success",priority="normal",incident="false",intervention="false"\} 1\n/,
    );
    expect(text).toContain('weathervane_mode{mode="normal"} 1');
    expect(text).toMatch(/db_client_connection_max\{[^}]*\} 10\n/);
  });

  test("what a service exposes has no metric, label, value or bucket that its catalog does not declare", async () => {
    const { model } = await loadProject(rootFolder, { platforms: ["weathervane"] });
    const platform = model.platforms.find(({ name }) => name === "weathervane");
    const autopilot = platform?.services.find(({ name }) => name === "autopilot");
    if (!platform || !autopilot) throw new Error("no autopilot");
    const found = compareExposed(readExposition(await metricsOf("autopilot")), {
      service: autopilot,
      metrics: platform.metrics,
    });
    // What has no source says so itself.
    const differences = found.filter(({ severity }) => severity !== "info");
    expect(differences).toEqual([]);
  });

  test("WV-1, WV-2: a task goes through the pipeline on the process's agents, and each stage and gate is counted once", async () => {
    const answer = await ask("POST", "/v1/workflows/pipeline/run-and-wait?timeoutSeconds=60", { input: {} });
    expect(answer.status).toBe(200);
    const { state, steps } = (await answer.json()) as {
      state: string;
      steps: { id: string; agent?: string }[];
    };
    expect(state).toBe("succeeded");
    const byAgents = steps.filter(({ agent }) => agent?.startsWith("resident-"));
    // 8 stages, 5 detectors, 4 times 3 and once 5 reviewers.
    expect(byAgents).toHaveLength(8 + 5 + 4 * 3 + 5);
    const text = await metricsOf("autopilot");
    expect(text).toMatch(/weathervane_stage_duration_seconds_count\{stage="verify",outcome="passed"\} 1\n/);
    expect(text).toMatch(/weathervane_gate_decisions_total\{gate="5",outcome="approved"\} 1\n/);
    const agents = await ask("GET", "/v1/agents?limit=100");
    const types = ((await agents.json()) as { items: { type: string; load: number }[] }).items;
    expect(new Set(types.map(({ type }) => type))).toEqual(
      new Set(["planner", "coder", "tester", "reviewer", "integrator", "scripted"]),
    );
    const loads = async () => (await store.pool.query("SELECT max(load) AS most FROM agents")).rows[0].most;
    await expect.poll(loads).toBe(0);
  });

  test("a mode that takes no new work refuses it, and is shown by its metric (WV-12)", async () => {
    const changed = await ask("PUT", "/v1/mode", { mode: "read-only", because: "a test" });
    expect(changed.status).toBe(200);
    const refused = await ask("POST", "/v1/workflows/two-steps/run-and-wait", { input: {} });
    expect(refused.status).toBe(503);
    expect(await metricsOf("autopilot")).toContain('weathervane_mode{mode="read-only"} 1');
    expect((await ask("PUT", "/v1/mode", { mode: "normal", because: "it is over" })).status).toBe(200);
  });

  test("requests are counted by route, and those of no declared route are not", async () => {
    expect((await ask("GET", "/api/status")).status).toBe(200);
    await ask("GET", "/v1/runs");
    const text = await metricsOf("dashboard-api");
    expect(text).toMatch(
      /http_server_request_duration_seconds_count\{http_request_method="GET",http_route="\/api\/status",http_response_status_code="200"\} 1\n/,
    );
    expect(text).not.toContain("/v1/runs");
    expect(text).toContain('http_server_active_requests{http_request_method="GET"} 0');
  });

  test("metrics are on a port of their own, and nothing else is", async () => {
    expect((await fetch(`${service.metricsUrl}/nobody/metrics`)).status).toBe(404);
    expect((await fetch(`${service.metricsUrl}/v1/runs`)).status).toBe(404);
  });

  test("told to stop while somebody waits for a run, it starts nothing more, answers, and lets the step under way end", async () => {
    await storeSteps(store, "long", { a: { input: { script: { latencyMs: 1_500 } } }, b: { needs: ["a"] } });
    const waiting = ask("POST", "/v1/workflows/long/run-and-wait?timeoutSeconds=300", { input: {} });
    const states = async () => {
      const { rows } = await store.pool.query(
        `SELECT step_id, steps.state FROM steps JOIN runs ON runs.id = run_id WHERE workflow = 'long'`,
      );
      return rows;
    };
    await expect.poll(states, { timeout: 20_000 }).toEqual([{ step_id: "a", state: "running" }]);
    const ended = stop(20_000);
    expect(service.engine.unready()).toBe("this process is stopping");
    const caller = { subject: "ann", project: "shop", source: "api", requestId: "r" } as const;
    const refused = await service.engine.accept(runRequest.parse({ workflow: "long" }), caller);
    expect(refused).toEqual({ kind: "closed", because: "this process is stopping" });
    const answer = await waiting;
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ state: "running", workflow: "long" });
    await ended;
    expect(await states()).toEqual([{ step_id: "a", state: "succeeded" }]);
    expect((await store.pool.query("SELECT 1 FROM executors")).rows).toEqual([]);
  });
});
