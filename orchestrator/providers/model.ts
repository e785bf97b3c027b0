// What calling a model means, whoever provides it.

/** One provider of models that speaks OpenAI's chat completions. */
export interface ModelProvider {
  /** By the name that OpenTelemetry gives it, such as "anthropic". */
  name: string;
  /** Ends before `/chat/completions`, such as `http://127.0.0.1:9000/v1`. */
  baseUrl: string;
  apiKey: string;
  model: string;
  usdPerMillionTokens: { input: number; output: number };
  /** A call that takes longer has failed. */
  timeoutMs: number;
}

export interface ModelRequest {
  system: string;
  prompt: string;
  maxOutputTokens: number;
}

export interface ModelAnswer {
  text: string;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
  provider: string;
  model: string;
}

/** For whom a model is called: what the call is counted and traced under. */
export interface ModelCaller {
  runId: string;
  stage?: string;
  /** Type of the agent that asks. */
  agentType?: string;
  signal: AbortSignal;
}

/**
 * Why a call failed, as far as it matters for what to do next: `rate-limited` waits, `timeout`, `unavailable` and `malformed` are the
 * provider's fault and may be tried elsewhere, `refused` is ours and would be refused there too.
 */
export type ModelFailureKind = "rate-limited" | "timeout" | "unavailable" | "malformed" | "refused";

export class ModelFailure extends Error {
  override readonly name = "ModelFailure";
  readonly kind: ModelFailureKind;
  readonly provider: string;
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** How long the provider asks to be left alone. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    about: { kind: ModelFailureKind; provider: string; status?: number; retryAfterMs?: number },
  ) {
    super(message);
    this.kind = about.kind;
    this.provider = about.provider;
    this.status = about.status;
    this.retryAfterMs = about.retryAfterMs;
  }
}
