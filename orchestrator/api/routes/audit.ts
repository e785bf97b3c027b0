import { z } from "zod";
import type { Api, RouteContext } from "../api.ts";
import { numberCursor, pageOf, pageQuery } from "../page.ts";

const auditShape = z.object({
  id: z.int(),
  at: z.string(),
  actor: z.string(),
  action: z.string(),
  object: z.string(),
  outcome: z.string(),
  requestId: z.string(),
});

const listAuditRecords = {
  config: { operation: "listAuditRecords" },
  schema: {
    tags: ["audit"],
    summary: "Records of your project, the newest first",
    querystring: z.strictObject(pageQuery(numberCursor.optional())),
    response: { 200: pageOf(auditShape) },
  },
} as const;

/** The audit log (NX-9): who changed what, and what came of it. */
export function auditRoutes(api: Api, { ports: { audit } }: RouteContext): void {
  api.get("/v1/audit", listAuditRecords, async ({ query, principal: { project } }) =>
    audit.list(project, query),
  );
}
