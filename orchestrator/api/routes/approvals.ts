import { z } from "zod";
import { plainText } from "../../security/input.ts";
import { requireApprover } from "../../security/permissions.ts";
import type { Api, RouteContext } from "../api.ts";
import { pageOf, pageQuery } from "../page.ts";
import { conflict, notFound } from "../problem.ts";
import { approvalShape } from "../shapes.ts";

const identified = z.object({ id: z.uuid() });
const tags = ["approvals"];

const listApprovals = {
  config: { operation: "listApprovals" },
  schema: {
    tags,
    summary: "Approvals of your project, the newest first",
    querystring: z.strictObject({
      ...pageQuery(z.uuid().optional()),
      state: z.enum(["pending"]).optional().describe("Only those that wait for a decision"),
    }),
    response: { 200: pageOf(approvalShape) },
  },
} as const;

const readApproval = {
  config: { operation: "readApproval" },
  schema: { tags, summary: "One approval", params: identified, response: { 200: approvalShape } },
} as const;

const decideApproval = {
  config: { operation: "decideApproval" },
  schema: {
    tags,
    summary: "Approve or reject; never by who started the run, only with the approval's role",
    params: identified,
    body: z.strictObject({
      decision: z.enum(["approved", "rejected"]),
      comment: plainText(2_000).optional(),
    }),
    response: { 200: approvalShape },
  },
} as const;

/** Decisions that steps of risk APPROVAL_REQUIRED wait for (CC-7). */
export function approvalRoutes(api: Api, { ports: { approvals }, record }: RouteContext): void {
  api.get(
    "/v1/approvals",
    listApprovals,
    async ({ query: { limit, cursor, state }, principal: { project } }) =>
      approvals.list({ project, pending: state === "pending" }, { limit, cursor }),
  );

  api.get("/v1/approvals/:id", readApproval, async ({ params: { id }, principal: { project } }) => {
    const approval = await approvals.read(project, id);
    if (!approval) throw notFound("approval", id);
    return approval;
  });

  api.post(
    "/v1/approvals/:id/decision",
    decideApproval,
    async ({ params: { id }, body: { decision, comment }, principal }) => {
      const { project, subject } = principal;
      const approval = await approvals.read(project, id);
      if (!approval) throw notFound("approval", id);
      const own = subject === approval.requestedBy;
      const refused = (reason: "wrong-role" | "own-request" | "too-late") =>
        record({ type: "approval.refused", runId: approval.runId, approvalId: id, reason });
      try {
        requireApprover(principal, approval);
      } catch (error) {
        refused(own ? "own-request" : "wrong-role");
        throw error;
      }
      const decided =
        approval.state === "pending" && (await approvals.decide({ id, by: subject, decision, comment }));
      if (decided) return decided;
      refused("too-late");
      const { state } = (await approvals.read(project, id)) ?? approval;
      throw conflict(`approval ${id} is ${state}`, "decide only on approvals that are pending");
    },
  );
}
