// Each platform's service, started whole, given work and read as Prometheus reads it.
import { describe, expect, test } from "vitest";
import { readExposition } from "../../checks/scrape/exposition.ts";
import { checkScrape } from "../../checks/scrape.ts";
import { loadProject } from "../../model/project.ts";
import { rootFolder } from "../../tests/structure/source-files.ts";
import { serviceOfTest, type TriedService } from "../service-of-test.ts";
import { platforms } from "./platforms.ts";

const workflow = {
  name: "review-change",
  steps: [
    { id: "scan", agent: "tester" },
    { id: "patch", agent: "reviewer", needs: ["scan"], risk: "APPROVAL_REQUIRED", approver: "security" },
  ],
};
const failing = {
  name: "failing",
  steps: [{ id: "break", agent: "coder", attempts: 2, input: { script: { failures: 9 } } }],
};

/** Work of every kind that the API can be asked for, and requests that it refuses. */
async function workOn({ ask, issue }: TriedService): Promise<void> {
  const ada = await issue({ roles: ["developer", "operator", "agent", "security", "approver"] });
  const bob = await issue({ subject: "bob", roles: ["approver", "security"] });
  const eve = await issue({ subject: "eve", roles: ["viewer"] });
  const done = async (token: string, path: string, body: unknown) => {
    const answer = await ask("POST", path, { token, body });
    expect(answer.status, `${path} ${answer.text}`).toBeLessThan(300);
    return answer.body;
  };
  await done(ada, "/v1/agents", { id: "tester-1", type: "tester" });
  await done(ada, "/v1/workflows", workflow);
  await done(ada, "/v1/workflows", failing);
  await done(ada, "/v1/workflows/failing/run-and-wait", { input: {} });
  const { id } = await done(ada, "/v1/runs", { workflow: "review-change", labels: { session: "s-1" } });
  const approval = await pendingApproval((path) => ask("GET", path, { token: bob }));
  const decide = (token: string) =>
    ask("POST", `/v1/approvals/${approval}/decision`, { token, body: { decision: "approved" } });
  expect([(await decide(ada)).status, (await decide(bob)).status, (await decide(bob)).status]).toEqual([
    403, 200, 409,
  ]);
  const state = async () => (await ask("GET", `/v1/runs/${id}`, { token: ada })).body;
  await expect.poll(state).toMatchObject({ state: "succeeded" });
  const refused = [
    await ask("GET", "/v1/runs", { token: "" }),
    await ask("GET", "/v1/runs", { token: `${ada}x` }),
    await ask("POST", "/v1/runs", { token: eve, body: {} }),
    await ask("POST", "/v1/runs", { token: ada, body: { workflow: "../etc" } }),
  ];
  expect(refused.map(({ status }) => status)).toEqual([401, 401, 403, 422]);
  for (const path of ["/v1/workflows", "/v1/runs?limit=1", "/v1/agents", "/v1/status"])
    expect((await ask("GET", path, { token: ada })).status).toBe(200);
}

async function pendingApproval(read: (path: string) => Promise<{ body: object }>): Promise<string> {
  const first = async () => {
    const { items } = (await read("/v1/approvals?state=pending")).body as { items: { id: string }[] };
    return items[0]?.id;
  };
  await expect.poll(first).toBeDefined();
  return (await first()) ?? "";
}

// Of testers the process brings one along, and one registers.
const moved: Record<string, Record<string, string[]>> = {
  agenthive: {
    "hive-api": [
      'agenthive_permission_checks_total{result="no-permission"} 1',
      "user_sessions_started_total 3",
    ],
    "session-manager": ['agenthive_task_duration_seconds_count{agent_type="reviewer"} 1'],
    "spawn-manager": ['agenthive_agents{agent_type="tester",state="idle"} 2'],
  },
  commandcenter: {
    api: [
      'commandcenter_approvals_total{risk_level="APPROVAL_REQUIRED",decision="approved"} 1',
      'commandcenter_approvals_refused_total{reason="own-request"} 1',
      'commandcenter_approvals_refused_total{reason="too-late"} 1',
      'commandcenter_inputs_refused_total{kind="schema"} 1',
      'http_server_page_requests_total{http_route="/v1/runs",page="first"} 1',
    ],
    orchestrator: [
      'commandcenter_runs_finished_total{workflow="review-change",outcome="succeeded"} 1',
      'commandcenter_runs_finished_total{workflow="failing",outcome="cancelled"} 0',
      'commandcenter_agent_runs_started_total{agent="custom",risk_level="APPROVAL_REQUIRED",approval="granted"} 1',
      'commandcenter_step_retries_total{reason="agent-error"} 1',
      'commandcenter_steps_finished_total{step_kind="agent",outcome="failed"} 1',
      'commandcenter_dag_failures_total{reason="step-failed"} 1',
      "commandcenter_run_limit 10",
    ],
  },
  nexus: {
    "multi-agent-coordinator": [
      'nexus_agent_registrations_total{agent_type="tester",event="registered"} 2',
      'nexus_agent_assignments_total{agent_type="tester"} 1',
      'nexus_tasks_total{outcome="failed"} 1',
      'nexus_audit_records_total{action="configure",outcome="written"} 4',
      'nexus_token_verifications_total{outcome="bad-signature"} 1',
      'nexus_token_verifications_total{outcome="missing-role"} 1',
    ],
  },
  production: {
    gateway: ['user_feature_uses_total{feature="start-workflow"} 4'],
    worker: ['business_events_total{event="workflow",outcome="failure"} 1', "production_queue_workflows 0"],
  },
  weathervane: {
    autopilot: [
      'weathervane_tasks_finished_total{outcome="success",priority="normal",incident="false",intervention="true"} 1',
    ],
    "dashboard-api": ['weathervane_operator_actions_total{action="approve"} 1'],
  },
};

describe.each(Object.keys(platforms))("the service as %s", (platform) => {
  test("exposes what its catalog declares, moved by the work it did", async () => {
    const service = await serviceOfTest({ platform });
    await workOn(service);
    await service.store.pool.query("UPDATE runs SET cost_usd = 1 WHERE state = 'succeeded'");
    const { model, locate } = await loadProject(rootFolder, { platforms: [platform] });
    const { metricsUrl } = service.service;
    const warned = () => service.lines.filter((line) => line.includes("not declared"));
    for (const name of platforms[platform]?.services ?? []) {
      const url = `${metricsUrl}/${name}/metrics`;
      const problems = await checkScrape({ url, model, service: name, locate });
      const found = problems.filter(({ severity }) => severity !== "info").map(({ message }) => message);
      expect(found).toEqual([]);
      const read = () => service.metrics(name);
      // The audit log is written after its answer.
      for (const line of moved[platform]?.[name] ?? [])
        await expect.poll(async () => (await read()).split("\n")).toContain(line);
      const text = await read();
      const ownApi = (await service.ask("GET", "/metrics", { token: "" })).text;
      if (name === platforms[platform]?.api)
        expect([...readExposition(ownApi).keys()]).toEqual([...readExposition(text).keys()]);
      // Nobody is asked for a token there.
      expect(ownApi).not.toContain('project="');
      if (name === "api") expect(text).toContain('commandcenter_budget_spent_usd{project="');
    }
    expect(warned()).toEqual([]);
  });
});
