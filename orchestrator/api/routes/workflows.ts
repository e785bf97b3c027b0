import { z } from "zod";
import { checkWorkflow } from "../../domain/check-workflow.ts";
import { symbolicId } from "../../domain/workflow.ts";
import type { Api, RouteContext } from "../api.ts";
import { pageOf, pageQuery } from "../page.ts";
import type { StoredWorkflow } from "../ports.ts";
import { notFound, unprocessable } from "../problem.ts";
import { newWorkflow, workflowShape } from "../shapes.ts";

const named = z.object({ name: symbolicId });

const createWorkflow = {
  config: { operation: "createWorkflow" },
  schema: {
    tags: ["workflows"],
    summary: "Store a workflow, or the next version of one",
    body: newWorkflow,
    response: { 201: workflowShape },
  },
} as const;

const listWorkflows = {
  config: { operation: "listWorkflows" },
  schema: {
    tags: ["workflows"],
    summary: "Current versions by name, built-in ones included",
    querystring: z.strictObject(pageQuery(symbolicId.optional())),
    response: { 200: pageOf(workflowShape) },
  },
} as const;

const readWorkflow = {
  config: { operation: "readWorkflow" },
  schema: {
    tags: ["workflows"],
    summary: "The current version of a workflow",
    params: named,
    response: { 200: workflowShape },
  },
} as const;

const deleteWorkflow = {
  config: { operation: "deleteWorkflow" },
  schema: {
    tags: ["workflows"],
    summary: "Delete a workflow with all its versions and runs",
    params: named,
    response: { 204: z.null() },
  },
} as const;

/** Workflows: DAGs of steps with symbolic ids (CC-5). */
export function workflowRoutes(api: Api, { ports: { workflows } }: RouteContext): void {
  api.post("/v1/workflows", createWorkflow, async ({ body, principal: { project, subject } }, reply) => {
    const faults = checkWorkflow(body);
    if (faults.length > 0) {
      const errors = faults.map((fault) => ({ ...fault, field: `body.${fault.field}` }));
      throw unprocessable(`the workflow cannot run: ${faults[0]?.why}`, errors);
    }
    const stored = await workflows.save({ project, by: subject, definition: body });
    return reply.code(201).header("location", `/v1/workflows/${body.name}`).send(shown(stored));
  });

  api.get("/v1/workflows", listWorkflows, async ({ query, principal: { project } }) => {
    const page = await workflows.list(project, query);
    return { ...page, items: page.items.map(shown) };
  });

  api.get("/v1/workflows/:name", readWorkflow, async ({ params: { name }, principal: { project } }) => {
    const found = await workflows.read(project, name);
    if (!found) throw notFound("workflow", name);
    return shown(found);
  });

  api.delete(
    "/v1/workflows/:name",
    deleteWorkflow,
    async ({ params: { name }, principal: { project } }, reply) => {
      if (!(await workflows.remove(project, name))) throw notFound("workflow", name);
      return reply.code(204).send(null);
    },
  );
}

function shown({ project, definition, ...rest }: StoredWorkflow) {
  return {
    ...definition,
    version: rest.version,
    builtIn: project === "*",
    createdBy: rest.createdBy,
    createdAt: rest.createdAt,
  };
}
