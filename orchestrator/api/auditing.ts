import type { FastifyRequest } from "fastify";
import type { RecordEvent } from "../domain/event.ts";
import { operations } from "../security/operations.ts";
import type { Api } from "./api.ts";
import type { Audit, AuditEntry } from "./ports.ts";
import { ApiProblem } from "./problem.ts";

/**
 * Writes a record of every changing action before it is done, and one of its outcome afterwards (NX-9, WV-20). An action whose record cannot be
 * written is refused; an outcome that cannot be written is logged and told by the event `audit.failed`. (The start of a run has its
 * record in the transaction that accepts the run.)
 */
export function auditing(api: Api, { audit, record }: { audit: Audit; record: RecordEvent }): void {
  api.addHook("preHandler", async (request) => {
    const entry = entryOf(request, "attempted");
    if (entry === undefined) return;
    await audit.append([entry]).catch((error: unknown) => {
      request.log.error({ err: error, operation: entry.action }, "audit record not written: action refused");
      record({ type: "audit.failed", operation: entry.action });
      throw new ApiProblem("the audit log does not take the record of this action, so that it was not done", {
        status: 503,
        kind: "unavailable",
        fix: "try again",
        retryAfterSeconds: 2,
      });
    });
    attempted.add(request);
  });
  api.addHook("onResponse", async (request, reply) => {
    const entry = attempted.has(request) ? entryOf(request, outcomeOf(reply.statusCode)) : undefined;
    if (entry === undefined) return;
    await audit.append([entry]).catch((error: unknown) => {
      request.log.error({ err: error, audit: entry }, "audit record of an outcome not written");
      record({ type: "audit.failed", operation: entry.action });
    });
  });
}

const attempted = new WeakSet<FastifyRequest>();

const outcomeOf = (status: number) => (status < 400 ? "done" : status < 500 ? "refused" : "failed");

function entryOf(request: FastifyRequest, outcome: AuditEntry["outcome"]): AuditEntry | undefined {
  const { operation } = request.routeOptions.config;
  if (operation === undefined || operations[operation].audit !== "before") return undefined;
  const { subject, project } = request.principal;
  // The path was matched and its parameters validated: ids only.
  const [object = ""] = request.url.split("?");
  return { actor: subject, project, action: operation, object, outcome, requestId: request.id };
}
