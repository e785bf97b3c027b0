import { z } from "zod";
import { priority, symbolicId } from "../../domain/workflow.ts";
import { anyJson } from "../../security/input.ts";
import { acceptRun, idempotencyHeader } from "../accept.ts";
import type { Api, RouteContext } from "../api.ts";

const newTask = z.strictObject({
  kind: symbolicId.describe(
    "Name of the workflow that does it; `echo` is answered by the coordinator itself",
  ),
  priority: priority.default("normal"),
  payload: anyJson.default(null),
});

const submitTask = {
  config: { operation: "submitTask" },
  schema: {
    tags: ["tasks"],
    summary: "Queue a task; 429 while the queue is full",
    headers: idempotencyHeader,
    body: newTask,
    response: { 202: z.object({ id: z.uuid(), state: z.string() }) },
  },
} as const;

/** Tasks of Nexus: runs of a workflow of a single step (NX-5), taken or refused at once (NX-4). */
export function taskRoutes(api: Api, { ports: { runs } }: RouteContext): void {
  api.post("/v1/tasks", submitTask, async (request, reply) => {
    const { kind, priority, payload } = request.body;
    const wanted = { workflow: kind, priority, input: { payload }, labels: {}, after: [], dryRun: false };
    const { id, state } = await acceptRun(wanted, { request, reply, runs });
    return reply.code(202).send({ id, state });
  });
}
