import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Acceptance, Run, RunRequest } from "../domain/run.ts";
import type { Runs } from "./ports.ts";
import { ApiProblem, conflict, notAccepting, notFound, unprocessable } from "./problem.ts";

/** The header of every route that starts a run. */
export const idempotencyHeader = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, "must be 1 to 200 visible ASCII characters")
    .optional()
    .describe("Your own name for this request: sent again, it gives the same run and starts nothing"),
});

interface AcceptOptions {
  request: FastifyRequest<{ Headers: z.infer<typeof idempotencyHeader> }>;
  reply: FastifyReply;
  runs: Runs;
  source?: "dashboard" | "api";
}

/** Has the engine accept a run, and says in the answer's headers where it is and whether the key was known; throws a problem if it is refused. */
export async function acceptRun(wanted: RunRequest, options: AcceptOptions): Promise<Run> {
  const { request, reply, runs, source = "api" } = options;
  const { subject, project } = request.principal;
  const idempotencyKey = request.headers["idempotency-key"];
  const asked = idempotencyKey === undefined ? wanted : { ...wanted, idempotencyKey };
  const acceptance = await runs.accept(asked, { subject, project, source, requestId: request.id });
  if (!("run" in acceptance)) throw refusal(acceptance, wanted);
  reply.header("location", `/v1/runs/${acceptance.run.id}`);
  if (acceptance.kind === "repeated") reply.header("idempotency-replayed", "true");
  return acceptance.run;
}

type Refused = Exclude<Acceptance, { run: Run }>;

function refusal(refused: Refused, { workflow }: RunRequest): ApiProblem {
  switch (refused.kind) {
    case "unknown-workflow":
      return notFound("workflow", workflow);
    case "unknown-run":
      return unprocessable(
        `there is no run ${refused.ids.join(", ")} in your project`,
        refused.ids.map((id) => ({
          field: "body.after",
          why: `there is no run ${id}`,
          fix: "name runs of your project",
        })),
      );
    case "key-reused":
      return conflict(
        "this Idempotency-Key was used for another request",
        "use a new key for each new request",
      );
    case "queue-full":
      return new ApiProblem(`the queue is full: ${refused.queued} runs wait`, {
        status: 429,
        kind: "queue-full",
        fix: "try again later",
        retryAfterSeconds: 5,
      });
    case "closed":
      return notAccepting(`no new runs are accepted: ${refused.because}`);
  }
}
