import { expect, test } from "vitest";
import { findSecrets } from "../security/find-secrets.ts";
import { roles } from "../security/permissions.ts";
import { temporaryApi } from "./temporary-api.ts";

const canary = "canary-5Zx9-Wq7R-secret";

test("no secret is in any answer, log line or event, whatever goes wrong (CC-12)", async () => {
  const own = await temporaryApi({
    secrets: [canary],
    ports: (ports) => ({
      ...ports,
      status: { read: () => Promise.reject(new Error(`cannot reach postgresql://u:${canary}@db/`)) },
      modes: {
        ...ports.modes,
        read: () => Promise.reject(Object.assign(new Error(canary), { code: "ECONNREFUSED" })),
      },
    }),
  });
  const good = await own.issue({ roles: Object.keys(roles) });
  const answers = [
    await own.ask("GET", "/v1/status", { token: good }),
    await own.ask("GET", "/v1/mode", { token: good }),
    await own.ask("GET", `/v1/workflows/${canary}`, { token: canary }),
    await own.ask("POST", "/v1/runs", { token: good, body: `{"${canary}` }),
    await own.ask("GET", "/metrics"),
    await own.ask("GET", `/v1/workflows/${canary}`, { token: good }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([500, 503, 401, 400, 200, 400]);
  expect(own.lines.join("")).toContain("[redacted]");
  const sent = { question: `is ${canary} right?`, [canary]: [`Bearer ${canary}`] };
  const body = {
    ...{ name: "asked", description: `for ${canary}` },
    steps: [{ id: "a", agent: "scripted", input: sent }],
  };
  const stored = await own.ask("POST", "/v1/workflows", { token: good, body });
  const run = await own.ask("POST", "/v1/runs", { token: good, body: { workflow: "asked", input: sent } });
  answers.push(stored, run);
  expect([stored.status, run.status]).toEqual([201, 202]);
  const seen = { answers: answers.map(({ body }) => body), lines: own.lines, events: own.events };
  expect(await findSecrets([canary, good], { store: own.store, seen })).toEqual([]);
  await own.close();
});

test("an action whose audit record cannot be written is refused, and that is an event (WV-20)", async () => {
  const own = await temporaryApi({
    ports: (ports) => ({
      ...ports,
      audit: { ...ports.audit, append: () => Promise.reject(new Error("disk full")) },
    }),
  });
  const developer = await own.issue();
  const body = { name: "unseen", steps: [{ id: "a", agent: "code-reviewer" }] };
  expect((await own.ask("POST", "/v1/workflows", { token: developer, body })).status).toBe(503);
  expect((await own.ask("GET", "/v1/workflows/unseen", { token: developer })).status).toBe(404);
  expect(own.events).toContainEqual({ type: "audit.failed", operation: "createWorkflow" });
  await own.close();
});
