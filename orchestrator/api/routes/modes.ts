import { z } from "zod";
import { symbolicId } from "../../domain/workflow.ts";
import { ModeRefused } from "../../resilience/mode-state.ts";
import { plainLine } from "../../security/input.ts";
import type { Api, RouteContext } from "../api.ts";
import { conflict, notFound, unprocessable } from "../problem.ts";

const modeShape = z.object({
  mode: z.string(),
  modes: z.array(z.string()).describe("All that there are of its ladder"),
  emergencyLevel: z.int(),
  since: z.string(),
  ladders: z
    .array(
      z.object({
        ladder: z.string(),
        mode: z.string(),
        modes: z.array(z.string()),
        since: z.string(),
        by: z.string(),
        because: z.string(),
      }),
    )
    .describe("Modes of one ladder exclude one another; of each ladder one holds"),
});

const readMode = {
  config: { operation: "readMode" },
  schema: { tags: ["mode"], summary: "The modes that hold now", response: { 200: modeShape } },
} as const;

const changeMode = {
  config: { operation: "changeMode" },
  schema: {
    tags: ["mode"],
    summary: "Change a mode, of the whole or of one session; the reason goes into the event",
    body: z.strictObject({ mode: symbolicId, because: plainLine(200), session: symbolicId.optional() }),
    response: { 200: modeShape },
  },
} as const;

/** Degradation modes (WV-12), emergency levels (AH-6) and modes of sessions (AH-4): which ones hold, and changing them by hand. */
export function modeRoutes(api: Api, { ports: { modes } }: RouteContext): void {
  api.get("/v1/mode", readMode, async () => modes.read());

  api.put("/v1/mode", changeMode, async ({ body, principal: { subject, project } }) => {
    const { mode, because, session: name } = body;
    const known = (await modes.read()).ladders.flatMap((ladder) => ladder.modes);
    if (name === undefined && !known.includes(mode)) {
      const why = `there is no mode "${mode}"`;
      throw unprocessable(why, [{ field: "body.mode", why, fix: `name one of ${known.join(", ")}` }]);
    }
    const session = name === undefined ? undefined : { project, name };
    const isChanged = await modes.change({ mode, because, by: subject, session }).catch(refusedAsConflict);
    if (!isChanged) throw notFound("session", name ?? "");
    return modes.read();
  });
}

function refusedAsConflict(error: unknown): never {
  if (error instanceof ModeRefused)
    throw conflict(error.message, "GET /v1/signals says what asks for which mode");
  throw error;
}
