import { z } from "zod";
import { symbolicId } from "../../domain/workflow.ts";
import { decisions, unknownValues } from "../../flags/decisions.ts";
import type { Api, RouteContext } from "../api.ts";
import { evaluateFlags, type FlagDefinition, flagDefinition } from "../flags.ts";
import { pageOf, pageQuery } from "../page.ts";
import { conflict, notFound, unprocessable } from "../problem.ts";

const flagValue = z.unknown();
const flagShape = z.object({
  name: z.string(),
  value: flagValue.optional().describe("As evaluated for you; missing where the flag is disabled"),
  variant: z.string().optional(),
  reason: z.string(),
  definition: flagDefinition,
  version: z.int(),
  updatedBy: z.string(),
  updatedAt: z.string(),
});
const tags = ["flags"];
const named = z.object({ name: symbolicId });

const listFlags = {
  config: { operation: "listFlags" },
  schema: {
    tags,
    summary: "Flags by name, evaluated for you",
    querystring: z.strictObject(pageQuery(symbolicId.optional())),
    response: { 200: pageOf(flagShape) },
  },
} as const;

const evaluateFlag = {
  config: { operation: "evaluateFlag" },
  schema: { tags, summary: "One flag, evaluated for you", params: named, response: { 200: flagShape } },
} as const;

const changeFlag = {
  config: { operation: "changeFlag" },
  schema: {
    tags,
    summary: "Create or change a flag; with `version` only if that is still the current one",
    params: named,
    querystring: z.strictObject({
      version: z.coerce.number().int().min(0).max(1e9).optional().describe("0: only if there is none yet"),
    }),
    body: flagDefinition,
    response: { 200: flagShape },
  },
} as const;

/** A flag that decides something here may only say what the code knows: another value would decide nothing, and nobody would notice. */
function refuseUnknown(name: string, { variants }: FlagDefinition): void {
  const unknown = unknownValues(name, variants);
  if (unknown.length === 0) return;
  const known = decisions[name as keyof typeof decisions].join(", ");
  throw unprocessable(
    `flag ${name} decides between ${known}`,
    unknown.map((variant) => ({
      field: `body.variants.${variant}`,
      why: "is a value that this version does not know",
      fix: `write one of ${known}`,
    })),
  );
}

/** Feature flags: flagd definitions, evaluated by OpenFeature for who asks. */
export function flagRoutes(api: Api, { ports: { flags } }: RouteContext): void {
  api.get("/v1/flags", listFlags, async ({ query, principal }) => {
    const page = await flags.list(query);
    return { ...page, items: await evaluateFlags(page.items, principal) };
  });

  api.get("/v1/flags/:name", evaluateFlag, async ({ params: { name }, principal }) => {
    const flag = await flags.read(name);
    const [evaluated] = flag ? await evaluateFlags([flag], principal) : [];
    if (!evaluated) throw notFound("flag", name);
    return evaluated;
  });

  api.put(
    "/v1/flags/:name",
    changeFlag,
    async ({ params: { name }, query: { version }, body, principal }) => {
      refuseUnknown(name, body);
      const saved = await flags.save({
        name,
        definition: body,
        by: principal.subject,
        expectedVersion: version,
      });
      const [evaluated] = saved ? await evaluateFlags([saved], principal) : [];
      if (!evaluated) throw conflict(`flag ${name} is no longer at version ${version}`, "read it again");
      return evaluated;
    },
  );
}
