import type { RefusalCause } from "../domain/event.ts";

/** Why a request was not let in; the API turns it into a status and the event `request.refused`. */
export type RefusalKind = "unauthenticated" | "forbidden" | "rate-limit" | "quota";

interface RefusalOptions {
  why: RefusalCause;
  fix: string;
  retryAfterSeconds?: number;
}

/** Thrown where a request is refused for who sends it or how often. `message` and `fix` are for the client: nothing secret in them. */
export class Refusal extends Error {
  override name = "Refusal";
  readonly kind: RefusalKind;
  /** What exactly, for whoever counts. */
  readonly why: RefusalCause;
  readonly fix: string;
  /** Seconds after which it may be tried again, for rate limits and quotas. */
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: RefusalKind, message: string, options: RefusalOptions) {
    super(message);
    this.kind = kind;
    this.why = options.why;
    this.fix = options.fix;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
