import { z } from "zod";
import { runState } from "../../domain/run.ts";
import { priority } from "../../domain/workflow.ts";
import { plainLine, repositoryName } from "../../security/input.ts";
import { acceptRun, idempotencyHeader } from "../accept.ts";
import type { Api, RouteContext } from "../api.ts";
import { pageOf, pageQuery } from "../page.ts";
import { statusShape } from "../routes/status.ts";
import { runSummary } from "../shapes.ts";

const tags = ["weathervane"];
const workflow = "pipeline";
const newTask = z.strictObject({
  title: plainLine(200),
  repository: repositoryName,
  priority: priority.default("normal"),
  dryRun: z.boolean().default(false),
});

const weathervaneListTasks = {
  config: { operation: "weathervaneListTasks" },
  schema: {
    tags,
    summary: "Tasks, the newest first",
    querystring: z.strictObject({ ...pageQuery(z.uuid().optional()), state: runState.optional() }),
    response: { 200: pageOf(runSummary) },
  },
} as const;

const weathervaneCreateTask = {
  config: { operation: "weathervaneCreateTask" },
  schema: {
    tags,
    summary: "Create a task; a dry run is validated, queued and dropped before the first call of a model",
    headers: idempotencyHeader,
    body: newTask,
    response: { 202: z.object({ id: z.uuid(), state: z.string() }) },
  },
} as const;

const weathervaneReadStatus = {
  config: { operation: "weathervaneReadStatus" },
  schema: { tags, summary: "The state of the whole", response: { 200: statusShape } },
} as const;

const weathervaneListGates = {
  config: { operation: "weathervaneListGates" },
  schema: {
    tags,
    summary: "Decisions of each gate in the last hours (WV-3)",
    querystring: z.strictObject({ hours: z.coerce.number().int().min(1).max(168).default(24) }),
    response: {
      200: z.object({
        items: z.array(
          z.object({ gate: z.string(), approved: z.int(), rejected: z.int(), withoutQuorum: z.int() }),
        ),
      }),
    },
  },
} as const;

const weathervaneListResolutionLoops = {
  config: { operation: "weathervaneListResolutionLoops" },
  schema: {
    tags,
    summary: "Resolution loops that are open (WV-4)",
    querystring: z.strictObject({ state: z.enum(["open"]).default("open") }),
    response: {
      200: z.object({
        items: z.array(
          z.object({ runId: z.uuid(), stage: z.string(), attempts: z.int(), openedAt: z.string() }),
        ),
      }),
    },
  },
} as const;

/** WeatherVane's dashboard API: its tasks are runs of the built-in workflow `pipeline` (WV-1). */
export function weathervaneRoutes(api: Api, { ports: { runs, status, quality } }: RouteContext): void {
  api.get(
    "/api/tasks",
    weathervaneListTasks,
    async ({ query: { limit, cursor, state }, principal: { project } }) =>
      runs.list({ project, workflow, state }, { limit, cursor }),
  );

  api.post("/api/tasks", weathervaneCreateTask, async (request, reply) => {
    const { title, repository, priority, dryRun } = request.body;
    const wanted = { workflow, input: { title, repository }, labels: {}, priority, after: [], dryRun };
    const { id, state } = await acceptRun(wanted, { request, reply, runs, source: "dashboard" });
    return reply.code(202).send({ id, state });
  });

  api.get("/api/status", weathervaneReadStatus, async ({ principal: { project } }) => status.read(project));

  api.get("/api/gates", weathervaneListGates, async ({ query: { hours }, principal: { project } }) => ({
    items: await quality.gates(project, hours),
  }));

  api.get("/api/resolution-loops", weathervaneListResolutionLoops, async ({ principal: { project } }) => ({
    items: await quality.openLoops(project),
  }));
}
