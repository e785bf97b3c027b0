import { z } from "zod";
import { AgentTaken, agentRegistration } from "../../domain/agent.ts";
import { symbolicId } from "../../domain/workflow.ts";
import type { Api, RouteContext } from "../api.ts";
import { pageOf, pageQuery } from "../page.ts";
import { ApiProblem, conflict } from "../problem.ts";
import { agentShape } from "../shapes.ts";

const identified = z.object({ id: symbolicId });
const tags = ["agents"];

const registerAgent = {
  config: { operation: "registerAgent" },
  schema: {
    tags,
    summary: "Register an agent, or change what it says of itself",
    body: agentRegistration,
    response: { 201: agentShape },
  },
} as const;

const heartbeatAgent = {
  config: { operation: "heartbeatAgent" },
  schema: { tags, summary: "A sign of life", params: identified, response: { 204: z.null() } },
} as const;

const listAgents = {
  config: { operation: "listAgents" },
  schema: {
    tags,
    summary: "Agents by id",
    querystring: z.strictObject({ ...pageQuery(symbolicId.optional()), type: symbolicId.optional() }),
    response: { 200: pageOf(agentShape) },
  },
} as const;

const removeAgent = {
  config: { operation: "removeAgent" },
  schema: { tags, summary: "Remove an agent", params: identified, response: { 204: z.null() } },
} as const;

/**
 * Agents: they register, show signs of life and go (NX-5). They belong to the platform, not to a project; each is changed and kept alive by
 * who registered it only.
 */
export function agentRoutes(api: Api, { ports: { agents } }: RouteContext): void {
  api.post("/v1/agents", registerAgent, async ({ body, principal: { subject } }, reply) => {
    const agent = await agents.register(body, subject).catch(refusedAsConflict);
    return reply.code(201).header("location", `/v1/agents/${agent.id}`).send(agent);
  });

  api.put(
    "/v1/agents/:id/heartbeat",
    heartbeatAgent,
    async ({ params: { id }, principal: { subject } }, reply) => {
      if (!(await agents.heartbeat(id, subject))) throw unregistered(`agent ${id} of yours`);
      return reply.code(204).send(null);
    },
  );

  api.get("/v1/agents", listAgents, async ({ query: { limit, cursor, type } }) =>
    agents.list({ type }, { limit, cursor }),
  );

  api.delete("/v1/agents/:id", removeAgent, async ({ params: { id } }, reply) => {
    if (!(await agents.remove(id).catch(refusedAsConflict))) throw unregistered(`agent ${id}`);
    return reply.code(204).send(null);
  });
}

function refusedAsConflict(error: unknown): never {
  if (error instanceof AgentTaken)
    throw conflict(error.message, "GET /v1/agents lists those that there are; take another id");
  throw error;
}

const unregistered = (what: string): ApiProblem =>
  new ApiProblem(`no ${what} is registered`, {
    status: 404,
    kind: "not-found",
    fix: "register it: POST /v1/agents",
  });
