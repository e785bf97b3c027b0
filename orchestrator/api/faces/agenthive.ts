import { z } from "zod";
import { runState } from "../../domain/run.ts";
import { priority, symbolicId } from "../../domain/workflow.ts";
import { plainLine } from "../../security/input.ts";
import { Refusal } from "../../security/refusal.ts";
import { agentScript } from "../../sessions/agent-script.ts";
import { acceptRun, idempotencyHeader } from "../accept.ts";
import type { Api, RouteContext } from "../api.ts";
import type { Hive } from "../hive-ports.ts";
import { pageOf, pageQuery } from "../page.ts";
import { conflict, notAccepting, notFound } from "../problem.ts";
import { statusShape } from "../routes/status.ts";
import { agentShape, runSummary } from "../shapes.ts";

const tags = ["agenthive"];
const workflow = "task";
const session = z.object({
  id: z.string(),
  state: z.enum(["running", "ended"]),
  startedAt: z.string(),
  ageSeconds: z.number(),
  tasks: z.record(z.string(), z.int()).describe("Tasks by state"),
  agents: z
    .array(z.object({ type: z.string(), state: z.string(), pid: z.int().optional() }))
    .describe("Its processes, and where they run their ids"),
  ended: z.string().optional().describe("Why its agents ended"),
});

const listSessions = {
  config: { operation: "hiveListSessions" },
  schema: {
    tags,
    summary: "Sessions with tasks that have not ended",
    querystring: z.strictObject({ state: z.enum(["running"]).default("running") }),
    response: { 200: z.object({ items: z.array(session) }) },
  },
} as const;

const readSession = {
  config: { operation: "hiveReadSession" },
  schema: {
    tags,
    summary: "One session",
    params: z.object({ name: symbolicId }),
    response: { 200: session },
  },
} as const;

const startSession = {
  config: { operation: "hiveStartSession" },
  schema: {
    tags,
    summary:
      "Start a session with scripted agents as processes; the one of that name goes on where it runs (AH-1)",
    body: z.strictObject({
      name: symbolicId,
      agents: z
        .array(z.strictObject({ type: symbolicId, script: agentScript.prefault({}) }))
        .min(1)
        .max(8)
        .default([{ type: "coder", script: agentScript.parse({}) }]),
    }),
    response: { 200: session, 201: session },
  },
} as const;

const endSession = {
  config: { operation: "hiveEndSession" },
  schema: {
    tags,
    summary: "End a session: its agents are asked to end, and killed ten seconds later",
    params: z.object({ name: symbolicId }),
    response: { 202: z.object({ ending: z.string() }) },
  },
} as const;

const readStatus = {
  config: { operation: "hiveReadStatus" },
  schema: { tags, summary: "The state of the whole", response: { 200: statusShape } },
} as const;

const listTasks = {
  config: { operation: "hiveListTasks" },
  schema: {
    tags,
    summary: "Tasks, the newest first",
    querystring: z.strictObject({ ...pageQuery(z.uuid().optional()), state: runState.optional() }),
    response: { 200: pageOf(runSummary) },
  },
} as const;

const createTask = {
  config: { operation: "hiveCreateTask" },
  schema: {
    tags,
    summary: "Add a task to a session; a dry run goes the whole way but for the calls of models",
    headers: idempotencyHeader,
    body: z.strictObject({
      title: plainLine(200),
      session: symbolicId,
      priority: priority.default("normal"),
      dryRun: z.boolean().default(false),
    }),
    response: { 202: z.object({ id: z.uuid(), state: z.string() }) },
  },
} as const;

const listAgents = {
  config: { operation: "hiveListAgents" },
  schema: {
    tags,
    summary: "Agents by id",
    querystring: z.strictObject(pageQuery(symbolicId.optional())),
    response: { 200: pageOf(agentShape) },
  },
} as const;

const readResources = {
  config: { operation: "hiveReadResources" },
  schema: {
    tags,
    summary: "What the resource guardian measures (AH-2)",
    response: {
      200: z.object({
        items: z.array(
          z.object({
            session: z.string(),
            resource: z.string(),
            used: z.number(),
            limit: z.number(),
            unit: z.string(),
          }),
        ),
      }),
    },
  },
} as const;

const startDrill = {
  config: { operation: "hiveStartDrill" },
  schema: {
    tags,
    summary:
      "Order a fault in a session, to see that the hive copes with it; refused unless the service is set up for drills",
    body: z.strictObject({
      fault: z.enum(["agent-crash", "age"]),
      session: symbolicId,
      ageSeconds: z.int().min(0).max(31_536_000).optional(),
    }),
    response: { 202: z.object({ ordered: z.string() }) },
  },
} as const;

/**
 * Agent Hive's API. A task is a run of the workflow `task`, and belongs to the session that it names; a session that was started has agents
 * of its own beside.
 */
export function agentHiveRoutes(api: Api, { ports }: RouteContext, hive: Hive): void {
  const { runs, status, agents } = ports;
  sessionRoutes(api, hive);

  api.get("/api/status", readStatus, async ({ principal: { project } }) => status.read(project));

  api.get("/api/tasks", listTasks, async ({ query: { limit, cursor, state }, principal: { project } }) =>
    runs.list({ project, workflow, state }, { limit, cursor }),
  );

  api.post("/api/tasks", createTask, async (request, reply) => {
    const { title, session, priority, dryRun } = request.body;
    const wanted = { workflow, input: { title }, labels: { session }, priority, after: [], dryRun };
    const { id, state } = await acceptRun(wanted, { request, reply, runs });
    return reply.code(202).send({ id, state });
  });

  api.get("/api/agents", listAgents, async ({ query }) => agents.list({ type: undefined }, query));

  api.get("/api/resources", readResources, async ({ principal: { project } }) => ({
    items: await hive.resources(project),
  }));

  api.post("/api/drills", startDrill, async ({ body, principal: { project } }, reply) => {
    const ordered = await hive.startDrill({ ...body, project });
    if (ordered === "off")
      throw new Refusal("forbidden", "this service is not set up for drills", {
        why: "no-permission",
        fix: "start it with ORCHESTRATOR_DRILLS=on, where nobody depends on it",
      });
    if (ordered === "not-running") throw notRunning(body.session);
    return reply.code(202).send({ ordered: body.fault });
  });
}

/** Showing, starting and ending sessions. */
function sessionRoutes(api: Api, hive: Hive): void {
  api.get("/api/sessions", listSessions, async ({ principal: { project } }) => ({
    items: await hive.runningSessions(project),
  }));

  api.get("/api/sessions/:name", readSession, async ({ params: { name }, principal: { project } }) => {
    const found = await hive.session(project, name);
    if (!found) throw notFound("session", name);
    return found;
  });

  api.post("/api/sessions", startSession, async ({ body, principal: { subject, project } }, reply) => {
    const started = await hive.startSession({ ...body, project, by: subject });
    if (started.kind === "closed") throw notAccepting(`no session is started: ${started.because}`);
    if (started.kind === "too-many")
      throw conflict(`${started.most} sessions run already`, "end one, or ask another replica");
    const found = await hive.session(project, body.name);
    if (!found) throw notFound("session", body.name);
    return reply.code(started.kind === "started" ? 201 : 200).send(found);
  });

  api.delete(
    "/api/sessions/:name",
    endSession,
    async ({ params: { name }, principal: { project } }, reply) => {
      if (!(await hive.endSession(project, name))) throw notFound("session", name);
      return reply.code(202).send({ ending: name });
    },
  );
}

const notRunning = (name: string) => conflict(`no session ${name} runs`, "start it: POST /api/sessions");
