import { z } from "zod";
import { symbolicId } from "../../domain/workflow.ts";
import { plainLine } from "../../security/input.ts";
import type { Api, RouteContext } from "../api.ts";
import { unprocessable } from "../problem.ts";

const modeShape = z.object({
  mode: z.string(),
  modes: z.array(z.string()).describe("All that there are"),
  emergencyLevel: z.int(),
  since: z.string(),
});

const readMode = {
  config: { operation: "readMode" },
  schema: { tags: ["mode"], summary: "The mode that holds now", response: { 200: modeShape } },
} as const;

const changeMode = {
  config: { operation: "changeMode" },
  schema: {
    tags: ["mode"],
    summary: "Change the mode; the reason goes into the event",
    body: z.strictObject({ mode: symbolicId, because: plainLine(200) }),
    response: { 200: modeShape },
  },
} as const;

/** Degradation modes (WV-12): which one holds, and changing it by hand. */
export function modeRoutes(api: Api, { ports: { modes } }: RouteContext): void {
  api.get("/v1/mode", readMode, async () => modes.read());

  api.put("/v1/mode", changeMode, async ({ body: { mode, because }, principal: { subject } }) => {
    const known = (await modes.read()).modes;
    if (!known.includes(mode)) {
      const why = `there is no mode "${mode}"`;
      throw unprocessable(why, [{ field: "body.mode", why, fix: `name one of ${known.join(", ")}` }]);
    }
    return modes.change({ mode, because, by: subject });
  });
}
