import { z } from "zod";
import { symbolicId } from "../../domain/workflow.ts";
import { plainLine } from "../../security/input.ts";
import type { Api, RouteContext } from "../api.ts";
import { unprocessable } from "../problem.ts";

const told = z.object({ value: z.number(), by: z.string(), because: z.string(), at: z.string() });
const signalsShape = z.object({
  items: z.array(
    z.object({
      signal: z.string(),
      value: z
        .number()
        .optional()
        .describe("The worse of what is measured and what was told; absent: nobody knows it"),
      told: told.optional(),
    }),
  ),
});

const listSignals = {
  config: { operation: "listSignals" },
  schema: {
    tags: ["mode"],
    summary: "What leads to modes, as it is measured or was told",
    response: { 200: signalsShape },
  },
} as const;

const tellSignal = {
  config: { operation: "tellSignal" },
  schema: {
    tags: ["mode"],
    summary:
      "Tell what the service cannot measure, such as a security incident; it holds until it is told anew",
    body: z.strictObject({
      signal: symbolicId,
      value: z
        .number()
        .min(0)
        .max(1e9)
        .describe("A ratio, seconds or a number, as the catalog's modes compare it"),
      because: plainLine(200),
    }),
    response: { 200: signalsShape },
  },
} as const;

/** Signals that lead to modes: what the service measures, and what people and other systems tell. */
export function signalRoutes(api: Api, { ports: { signals } }: RouteContext): void {
  api.get("/v1/signals", listSignals, async () => ({ items: await signals.list() }));

  api.put("/v1/signals", tellSignal, async ({ body, principal: { subject } }) => {
    const known = (await signals.list()).map(({ signal }) => signal);
    if (!known.includes(body.signal)) {
      const why = `no mode asks for a signal "${body.signal}"`;
      throw unprocessable(why, [
        { field: "body.signal", why, fix: `name one of ${known.join(", ") || "none"}` },
      ]);
    }
    await signals.tell({ ...body, by: subject });
    return { items: await signals.list() };
  });
}
