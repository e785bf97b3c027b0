import OpenAI, {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
  RateLimitError,
} from "openai";
import { z } from "zod";
import { type ModelAnswer, ModelFailure, type ModelProvider, type ModelRequest } from "./model.ts";

/** What an answer must hold; a provider that is compatible by name only is found out here. */
const completion = z.object({
  model: z.string(),
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
  usage: z.object({ prompt_tokens: z.int().min(0), completion_tokens: z.int().min(0) }),
});

/** Calls a model once: no retry, no fail-over. Throws a ModelFailure, or the signal's reason when it was stopped. */
export type CallModel = (request: ModelRequest, signal: AbortSignal) => Promise<ModelAnswer>;

/** The way to call a provider. Its key goes into the authorization header and nowhere else. */
export function chatCompletions(provider: ModelProvider): CallModel {
  const { baseUrl: baseURL, apiKey, timeoutMs: timeout, model } = provider;
  const client = new OpenAI({ baseURL, apiKey, timeout, maxRetries: 0, logLevel: "off" });
  return async ({ system, prompt, maxOutputTokens }, signal) => {
    const messages = [
      { role: "system" as const, content: system },
      { role: "user" as const, content: prompt },
    ];
    try {
      const answer = await client.chat.completions.create(
        { model, messages, max_completion_tokens: maxOutputTokens },
        { signal },
      );
      return understood(answer, provider);
    } catch (error) {
      signal.throwIfAborted();
      throw failureOf(error, provider);
    }
  };
}

function understood(answer: unknown, provider: ModelProvider): ModelAnswer {
  const { model, choices, usage } = completion.parse(answer);
  const { input, output } = provider.usdPerMillionTokens;
  return {
    text: choices[0]?.message.content ?? "",
    inputTokens: usage.prompt_tokens,
    outputTokens: usage.completion_tokens,
    costUsd: (usage.prompt_tokens * input + usage.completion_tokens * output) / 1e6,
    provider: provider.name,
    model,
  };
}

// The messages are ours: what a provider says may repeat the prompt, or the key.
function failureOf(error: unknown, { name: provider, timeoutMs }: ModelProvider): unknown {
  if (error instanceof RateLimitError) {
    const retryAfterMs = retryAfter(error.headers);
    return new ModelFailure(`${provider} limits the rate of calls`, {
      ...{ kind: "rate-limited", provider, status: 429 },
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }
  if (error instanceof APIConnectionTimeoutError) {
    return new ModelFailure(`${provider} did not answer within ${timeoutMs} ms`, {
      kind: "timeout",
      provider,
    });
  }
  if (error instanceof APIUserAbortError || error instanceof APIConnectionError) {
    return new ModelFailure(`${provider} cannot be reached`, { kind: "unavailable", provider });
  }
  if (error instanceof APIError && error.status !== undefined) {
    const kind = error.status >= 500 ? "unavailable" : "refused";
    return new ModelFailure(`${provider} answered with ${error.status}`, {
      kind,
      provider,
      status: error.status,
    });
  }
  if (error instanceof z.ZodError || error instanceof SyntaxError) {
    return new ModelFailure(`${provider} answered with something else than a completion`, {
      kind: "malformed",
      provider,
    });
  }
  return error;
}

/** Seconds, or a date (RFC 9110, 10.2.3); `retry-after-ms` is what some providers add. */
function retryAfter(headers: Headers | undefined): number | undefined {
  const exact = Number(headers?.get("retry-after-ms") ?? Number.NaN);
  if (exact >= 0) return exact;
  const asked = headers?.get("retry-after");
  if (!asked) return undefined;
  const milliseconds = /^\d+(\.\d+)?$/.test(asked) ? Number(asked) * 1000 : Date.parse(asked) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(milliseconds, 0) : undefined;
}
