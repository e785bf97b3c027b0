// For tests: requests made up from an OpenAPI document, most of them nearly right.
import fc from "fast-check";

interface Schema {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
}

interface Described {
  operationId: string;
  parameters?: { name: string; in: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

export interface OpenApi {
  paths: Record<string, Record<string, Described>>;
}

export interface FuzzedRequest {
  method: string;
  path: string;
  payload: string | undefined;
}

// What broke other services before.
const nasty = fc.constantFrom<unknown>(
  null,
  "",
  "\0",
  "\ud800",
  "'; DROP TABLE runs; --",
  "../../etc/passwd",
  "<script>alert(1)</script>",
  "%00",
  "a".repeat(5_000),
  -1,
  1e308,
  2 ** 53,
  Number.MIN_VALUE,
  [],
  {},
  [[[[]]]],
  { __proto__: null, constructor: 1 },
  "0190f5fe-7c00-7a00-8000-000000000000",
  "NaN",
  true,
);

/** Streams do not end by themselves, and waiting for runs takes as long as it is told to. */
const endless = new Set(["streamEvents", "openEventSocket", "runAndWait"]);

/** Requests of all operations: each part is what its schema asks for, or now and then something else. */
export function fuzzedRequests({ paths }: OpenApi): fc.Arbitrary<FuzzedRequest> {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { operationId }]) => !endless.has(operationId))
      .map(([method, described]) => requestOf(method.toUpperCase(), { path, described })),
  );
  return fc.oneof(...operations);
}

function requestOf(
  method: string,
  { path, described }: { path: string; described: Described },
): fc.Arbitrary<FuzzedRequest> {
  const parameters = described.parameters ?? [];
  const valuesOf = (where: string) =>
    fc.record(
      Object.fromEntries(
        parameters.filter((one) => one.in === where).map((one) => [one.name, nearlyRight(one.schema)]),
      ),
      where === "query" ? { requiredKeys: [] } : {},
    );
  const schema = described.requestBody?.content["application/json"]?.schema;
  const body: fc.Arbitrary<string | undefined> =
    schema === undefined
      ? fc.constant(undefined)
      : fc.oneof(
          { weight: 19, arbitrary: nearlyRight(schema).map((value) => JSON.stringify(value) ?? "") },
          { weight: 1, arbitrary: fc.string() },
        );
  return fc.tuple(valuesOf("path"), valuesOf("query"), body).map(([inPath, inQuery, payload]) => {
    const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => encoded(inPath[name]) || "-");
    const query = Object.entries(inQuery).map(([name, value]) => `${name}=${encoded(value)}`);
    return { method, path: query.length > 0 ? `${filled}?${query.join("&")}` : filled, payload };
  });
}

const encoded = (value: unknown): string =>
  encodeURIComponent(
    (typeof value === "string" ? value : (JSON.stringify(value) ?? "")).replace(/\p{Surrogate}/gu, "\ufffd"),
  );

function nearlyRight(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 14, arbitrary: rightFor(schema) }, { weight: 1, arbitrary: nasty });
}

function rightFor(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(nearlyRight));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case "object":
      return objectOf(schema);
    case "array":
      return fc.array(nearlyRight(schema.items ?? {}), { maxLength: 4 });
    case "integer":
    case "number":
      return fc.integer({
        min: Math.max(schema.minimum ?? 0, -1_000),
        max: Math.min(schema.maximum ?? 100, 1_000),
      });
    case "boolean":
      return fc.boolean();
    case "string":
      return textOf(schema);
    default:
      return fc.jsonValue({ maxDepth: 3 });
  }
}

function objectOf({ properties, required = [], additionalProperties }: Schema): fc.Arbitrary<unknown> {
  if (properties) {
    const model = Object.fromEntries(
      Object.entries(properties).map(([name, one]) => [name, nearlyRight(one)]),
    );
    return fc.record(model, { requiredKeys: required });
  }
  const values =
    typeof additionalProperties === "object"
      ? nearlyRight(additionalProperties)
      : fc.jsonValue({ maxDepth: 2 });
  return fc.dictionary(fc.constantFrom("a", "path", "repository", "purpose"), values, { maxKeys: 3 });
}

function textOf({ format }: Schema): fc.Arbitrary<string> {
  if (format === "uuid") return fc.uuid();
  return fc.oneof(
    fc.constantFrom("echo", "review", "a", "lab", "owner/name", "1"),
    fc.string({ maxLength: 20, unit: "binary" }),
  );
}
