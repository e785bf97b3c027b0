import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import type { EventOf, RecordEvent } from "../domain/event.ts";
import { Refusal } from "../security/refusal.ts";
import { isTransient } from "../store/transient.ts";
import type { Api } from "./api.ts";
import { ApiProblem, bodyOf, type FieldError } from "./problem.ts";

/** Answers every error with a problem (RFC 9457): what a client did wrong with why and how to mend it, what we did wrong without a word of its inside. */
export function answerErrors(api: Api, record: RecordEvent): void {
  api.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error, request);
    const { operation } = request.routeOptions.config;
    const reason = refusedAs[problem.options.kind];
    if (reason && operation !== undefined) record({ type: "request.refused", route: operation, reason });
    if (problem.options.status >= 500) request.log.error({ err: error }, "request failed");
    return answer(reply, problem);
  });
  api.setNotFoundHandler((_request, reply) =>
    answer(
      reply,
      new ApiProblem("there is nothing at this path", {
        status: 404,
        kind: "not-found",
        fix: "read /openapi.json for what there is",
      }),
    ),
  );
}

/** Problems that are refusals, and told as such; those of tokens and limits are told where they are found. */
const refusedAs: Readonly<Record<string, EventOf<"request.refused">["reason"]>> = {
  "invalid-input": "invalid",
  "queue-full": "queue-full",
  "not-accepting": "closed",
};

function answer(reply: FastifyReply, problem: ApiProblem): FastifyReply {
  const { status, retryAfterSeconds } = problem.options;
  if (retryAfterSeconds !== undefined) reply.header("retry-after", retryAfterSeconds);
  if (status === 401) reply.header("www-authenticate", 'Bearer realm="fairlead"');
  // What could not be read to its end is not read on.
  if (status === 413 || status === 408) reply.header("connection", "close");
  return reply.code(status).type("application/problem+json").send(bodyOf(problem, reply.request.id));
}

/** PostgreSQL's code: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const diskFull = "53100";

function problemOf(error: unknown, request: FastifyRequest): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof Refusal) return refusalProblem(error);
  if (hasZodFastifySchemaValidationErrors(error)) return validationProblem(error);
  if (isOfFastify(error)) return framingProblem(error);
  if (isTransient(error)) {
    const isFull = "code" in error && error.code === diskFull;
    return new ApiProblem(isFull ? "the database's disk is full" : "the database does not answer", {
      status: 503,
      kind: "unavailable",
      fix: "try again; with an Idempotency-Key nothing is done twice",
      retryAfterSeconds: 2,
    });
  }
  return new ApiProblem("the service failed; the log has the cause", {
    status: 500,
    kind: "internal",
    fix: `report the request id ${request.id}`,
  });
}

const statusOf = { unauthenticated: 401, forbidden: 403, "rate-limit": 429, quota: 429 } as const;

function refusalProblem({ kind, message, fix, retryAfterSeconds }: Refusal): ApiProblem {
  return new ApiProblem(message, {
    status: statusOf[kind],
    kind,
    fix,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

interface Validation {
  validation: readonly { instancePath: string; message?: string | undefined }[];
  validationContext?: string | undefined;
}

function validationProblem(error: Validation): ApiProblem {
  const part = error.validationContext === "querystring" ? "query" : (error.validationContext ?? "body");
  const errors: FieldError[] = error.validation.slice(0, 20).map(({ instancePath, message }) => ({
    field: [part, ...instancePath.split("/").filter((key) => key !== "")].join(".").slice(0, 200),
    why: (message ?? "is not valid").slice(0, 500),
  }));
  return new ApiProblem(`the ${part} is not valid`, {
    status: part === "body" ? 422 : 400,
    kind: "invalid-input",
    fix: "/openapi.json says what each field takes",
    errors,
  });
}

const framing: Readonly<Record<string, { kind: string; detail: string; fix: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    kind: "too-large",
    detail: "the body is too large",
    fix: "send at most 1 MiB",
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    kind: "media-type",
    detail: "the body is not JSON",
    fix: "send Content-Type: application/json",
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: {
    kind: "malformed",
    detail: "the body is empty",
    fix: "send JSON, or no Content-Type",
  },
  FST_ERR_CTP_INVALID_JSON_BODY: {
    kind: "malformed",
    detail: "the body is no JSON",
    fix: "send one well-formed JSON value",
  },
  FST_ERR_BAD_URL: { kind: "malformed", detail: "the path is malformed", fix: "percent-encode it as UTF-8" },
  FST_ERR_VALIDATION: {
    kind: "invalid-input",
    detail: "the request is not valid",
    fix: "/openapi.json says what it takes",
  },
};

function isOfFastify(error: unknown): error is FastifyError {
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
  return typeof status === "number" && status >= 400 && status < 500;
}

// Fastify's own messages may repeat what was sent.
function framingProblem({ code, statusCode }: FastifyError): ApiProblem {
  const { kind, detail, fix } = framing[code] ?? {
    kind: "malformed",
    detail: "the request is malformed",
    fix: "send a well-formed HTTP request",
  };
  return new ApiProblem(detail, { status: statusCode ?? 400, kind, fix });
}
