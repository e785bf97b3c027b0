/** Why a request was not let in; the API turns it into a status and the event `request.refused`. */
export type RefusalKind = "unauthenticated" | "forbidden" | "rate-limit" | "quota";

/** Thrown where a request is refused for who sends it or how often. `message` and `fix` are for the client: nothing secret in them. */
export class Refusal extends Error {
  override name = "Refusal";
  readonly kind: RefusalKind;
  readonly fix: string;
  /** Seconds after which it may be tried again, for rate limits and quotas. */
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: RefusalKind, message: string, options: { fix: string; retryAfterSeconds?: number }) {
    super(message);
    this.kind = kind;
    this.fix = options.fix;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
