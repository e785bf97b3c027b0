import { STATUS_CODES } from "node:http";
import { z } from "zod";

/** One field that was not taken. */
const fieldError = z.object({
  /** Where: `body.steps.0.needs`, `query.limit`, `header.idempotency-key`. */
  field: z.string(),
  why: z.string(),
  fix: z.string().optional(),
});
export type FieldError = z.infer<typeof fieldError>;

/** What every refused or failed request is answered with (RFC 9457). */
export const problemBody = z
  .object({
    type: z.string().describe("urn:fairlead:problem:KIND"),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    fix: z.string().optional(),
    errors: z.array(fieldError).optional(),
    requestId: z.string(),
  })
  .meta({ description: "What was refused or failed, why, and what to do about it (RFC 9457)" });
export type ProblemBody = z.infer<typeof problemBody>;

interface ApiProblemOptions {
  status: number;
  /** Last word of the problem's type. */
  kind: string;
  fix?: string;
  errors?: readonly FieldError[];
  retryAfterSeconds?: number;
}

/** Thrown by a route that answers with a problem. `message` and `fix` are for the client: nothing secret in them. */
export class ApiProblem extends Error {
  override name = "ApiProblem";
  readonly options: ApiProblemOptions;

  constructor(message: string, options: ApiProblemOptions) {
    super(message);
    this.options = options;
  }
}

/** Nothing of that id in the caller's project; the same answer for what another project has, so that ids cannot be probed. */
export const notFound = (what: string, id: string): ApiProblem =>
  new ApiProblem(`there is no ${what} ${id} in your project`, {
    status: 404,
    kind: "not-found",
    fix: `list the ${what}s that there are`,
  });

/** What was asked for does not fit the state that the thing is in. */
export const conflict = (detail: string, fix: string): ApiProblem =>
  new ApiProblem(detail, { status: 409, kind: "conflict", fix });

/** The mode that holds takes no new work. */
export const notAccepting = (detail: string): ApiProblem =>
  new ApiProblem(detail, {
    status: 503,
    kind: "not-accepting",
    fix: "try again later; GET /v1/mode says what still works",
    retryAfterSeconds: 30,
  });

/** A body of the right form that says something impossible. */
export const unprocessable = (detail: string, errors: readonly FieldError[]): ApiProblem =>
  new ApiProblem(detail, { status: 422, kind: "invalid-input", errors });

/** The answer's body. */
export function bodyOf(problem: ApiProblem, requestId: string): ProblemBody {
  const { status, kind, fix, errors } = problem.options;
  return {
    type: `urn:fairlead:problem:${kind}`,
    title: STATUS_CODES[status] ?? "Error",
    status,
    detail: problem.message,
    ...(fix === undefined ? {} : { fix }),
    ...(errors === undefined ? {} : { errors: [...errors] }),
    requestId,
  };
}
