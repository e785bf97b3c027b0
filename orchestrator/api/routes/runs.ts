import { z } from "zod";
import { finalStates, runState } from "../../domain/run.ts";
import { symbolicId } from "../../domain/workflow.ts";
import { acceptRun, idempotencyHeader } from "../accept.ts";
import type { Api, RouteContext } from "../api.ts";
import type { WaitForEnd } from "../ended.ts";
import { pageOf, pageQuery } from "../page.ts";
import { conflict, notFound } from "../problem.ts";
import { newRun, runShape, runSummary } from "../shapes.ts";
import { untilFirst } from "../until-first.ts";

const identified = z.object({ id: z.uuid() });
const tags = ["runs"];

const listRuns = {
  config: { operation: "listRuns" },
  schema: {
    tags,
    summary: "Runs of your project, the newest first",
    querystring: z.strictObject({
      ...pageQuery(z.uuid().optional()),
      state: runState.optional(),
      workflow: symbolicId.optional(),
    }),
    response: { 200: pageOf(runSummary) },
  },
} as const;

const readRun = {
  config: { operation: "readRun" },
  schema: { tags, summary: "A run with its steps", params: identified, response: { 200: runShape } },
} as const;

const cancelRun = {
  config: { operation: "cancelRun" },
  schema: {
    tags,
    summary: "Stop a run: running steps are told to end, waiting ones do not start",
    params: identified,
    response: { 202: runShape },
  },
} as const;

const createRun = {
  config: { operation: "createRun" },
  schema: {
    tags,
    summary: "Start a run; it is queued and survives every crash from then on",
    headers: idempotencyHeader,
    body: newRun,
    response: { 202: runShape },
  },
} as const;

const retryRun = {
  config: { operation: "retryRun" },
  schema: {
    tags,
    summary: "Start a run again that failed or was cancelled, as a new run of the current version",
    headers: idempotencyHeader,
    params: identified,
    response: { 202: runShape },
  },
} as const;

const runAndWait = {
  config: { operation: "runAndWait" },
  schema: {
    tags,
    summary: "Start a run and wait for its end; 202 if it has not ended in time, or the process stops",
    headers: idempotencyHeader,
    params: z.object({ name: symbolicId }),
    querystring: z.strictObject({
      timeoutSeconds: z.coerce.number().int().min(1).max(300).default(60).describe("How long to wait"),
    }),
    body: newRun.omit({ workflow: true }),
    response: { 200: runShape, 202: runShape },
  },
} as const;

/** Runs of workflows: started, read, cancelled, started again. */
export function runRoutes(api: Api, context: RouteContext): void {
  startingRoutes(api, context);
  const { runs } = context.ports;
  api.get("/v1/runs", listRuns, async ({ query: { limit, cursor, ...filter }, principal: { project } }) =>
    runs.list({ project, ...filter }, { limit, cursor }),
  );

  api.get("/v1/runs/:id", readRun, async ({ params: { id }, principal: { project } }) => {
    const run = await runs.read(project, id);
    if (!run) throw notFound("run", id);
    return run;
  });

  api.post("/v1/runs/:id/cancel", cancelRun, async ({ params: { id }, principal: { project } }, reply) => {
    const run = await runs.read(project, id);
    if (!run) throw notFound("run", id);
    if (finalStates.includes(run.state)) {
      throw conflict(`run ${id} has already ${run.state}`, "cancel only runs that have not ended");
    }
    await runs.cancel(id);
    return reply.code(202).send((await runs.read(project, id)) ?? run);
  });
}

function startingRoutes(api: Api, context: RouteContext): void {
  const { runs } = context.ports;
  api.post("/v1/runs", createRun, async (request, reply) => {
    const run = await acceptRun(request.body, { request, reply, runs });
    return reply.code(202).send(run);
  });

  api.post("/v1/runs/:id/retry", retryRun, async (request, reply) => {
    const { id } = request.params;
    const run = await runs.read(request.principal.project, id);
    if (!run) throw notFound("run", id);
    if (run.state !== "failed" && run.state !== "cancelled") {
      throw conflict(`run ${id} is ${run.state}`, "retry only runs that failed or were cancelled");
    }
    const { workflow, input, labels, priority, dryRun } = run;
    const again = { workflow, input, labels, priority, dryRun, after: [] };
    return reply.code(202).send(await acceptRun(again, { request, reply, runs }));
  });
}

/** Starts a run and answers when it has ended, so that a load test measures the whole run (CC-9). */
export function runAndWaitRoute(
  api: Api,
  { ports: { runs }, closing, waitForEnd }: RouteContext & { waitForEnd: WaitForEnd },
): void {
  api.post("/v1/workflows/:name/run-and-wait", runAndWait, async (request, reply) => {
    const { params, query, body, principal } = request;
    const run = await acceptRun({ ...body, workflow: params.name }, { request, reply, runs });
    const gone = new AbortController();
    reply.raw.once("close", () => gone.abort());
    await waitForEnd(run.id, untilFirst([gone.signal, closing], query.timeoutSeconds * 1000));
    const now = (await runs.read(principal.project, run.id)) ?? run;
    return reply.code(finalStates.includes(now.state) ? 200 : 202).send(now);
  });
}
