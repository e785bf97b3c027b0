import { z } from "zod";
import type { Api, RouteContext } from "../api.ts";

/** What `/v1/status` and the platforms' own status pages answer with. */
export const statusShape = z.object({
  platform: z.string(),
  mode: z.string(),
  runs: z.record(z.string(), z.int()).describe("Your project's runs that have not ended, by state"),
  agents: z.record(z.string(), z.int()).describe("Agents by state"),
  pendingApprovals: z.int(),
  breakers: z.record(z.string(), z.string()),
});

const readStatus = {
  config: { operation: "readStatus" },
  schema: { tags: ["status"], summary: "The state of the whole", response: { 200: statusShape } },
} as const;

/** The state of the whole, at a glance. */
export function statusRoutes(api: Api, { ports: { status } }: RouteContext): void {
  api.get("/v1/status", readStatus, async ({ principal: { project } }) => status.read(project));
}
