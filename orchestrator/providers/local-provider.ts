import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { z } from "zod";
import { fateOf, type ProviderScript, providerScript } from "./provider-script.ts";

/** A model provider on this machine that answers by a script: nothing it says is worth reading, all it does can be told beforehand. */
export interface LocalProvider {
  /** For `ModelProvider.baseUrl`. */
  baseUrl: string;
  /** Changes how it behaves from the next call on; what is left out takes its default. */
  follow(script: z.input<typeof providerScript>): void;
  /** Calls that came in, and how many of them were answered with a completion. */
  calls(): { received: number; answered: number };
  /** Ends calls that are under way by cutting their connections. */
  close(): Promise<void>;
}

const completionRequest = z.object({
  model: z.string().max(200),
  messages: z.array(z.object({ role: z.string(), content: z.string() })).min(1),
  max_completion_tokens: z.int().min(1).optional(),
});

/**
 * Starts it on the loopback address; port 0 takes a free one. `PUT /script` does what `follow` does, `GET /script` shows the script in
 * force, `GET /calls` the counts: so that a fault can be set from another process.
 */
export async function startLocalProvider({
  port = 0,
  script = {},
  onRequest,
}: {
  port?: number;
  script?: z.input<typeof providerScript>;
  /** Told the body of every request for a completion. */
  onRequest?: (body: unknown) => void;
} = {}): Promise<LocalProvider> {
  const server = fastify({ forceCloseConnections: true, bodyLimit: 4 * 2 ** 20 });
  const state = {
    script: providerScript.parse(script),
    received: 0,
    answered: 0,
    periodEnds: 0,
    inPeriod: 0,
  };
  const follow: LocalProvider["follow"] = (next) => {
    state.script = providerScript.parse(next);
    state.periodEnds = 0;
  };
  const calls = () => ({ received: state.received, answered: state.answered });
  control(server, { follow, calls, script: () => state.script });
  server.post("/v1/chat/completions", (request, reply) => {
    onRequest?.(request.body);
    return complete(request, { reply, state });
  });
  const address = await server.listen({ host: "127.0.0.1", port });
  return { baseUrl: `${address}/v1`, follow, calls, close: () => server.close() };
}

function control(
  server: FastifyInstance,
  { follow, calls, script }: Pick<LocalProvider, "follow" | "calls"> & { script: () => ProviderScript },
): void {
  server.get("/script", async () => script());
  server.get("/calls", async () => calls());
  server.put("/script", async (request, reply) => {
    const asked = providerScript.safeParse(request.body);
    if (!asked.success) return reply.code(422).send({ error: z.prettifyError(asked.error) });
    follow(asked.data);
    return script();
  });
}

interface State {
  script: ProviderScript;
  received: number;
  answered: number;
  /** Milliseconds since 1970 at which the rate limit's period ends, and the calls that it has let through. */
  periodEnds: number;
  inPeriod: number;
}

async function complete(request: FastifyRequest, { reply, state }: { reply: FastifyReply; state: State }) {
  const { script } = state;
  const number = state.received++;
  if (script.down) return request.raw.socket.destroy();
  const limitedFor = overLimit(state);
  if (limitedFor > 0) {
    const said = { error: { message: "too many requests", type: "rate_limit_error" } };
    return reply.code(429).header("retry-after", String(limitedFor)).send(said);
  }
  const { fate, latencyMs } = fateOf(script, number);
  if (fate === "hang") return reply.hijack();
  await delay(latencyMs);
  if (fate === "error") return reply.code(script.errorStatus).send({ error: { message: "out of order" } });
  if (fate === "malformed") return reply.type("application/json").send('{"choices":[{"message":{"cont');
  const asked = completionRequest.safeParse(request.body);
  if (!asked.success) return reply.code(400).send({ error: { message: z.prettifyError(asked.error) } });
  state.answered++;
  return completion(asked.data, { script, number });
}

/** Seconds until the next call is let through; 0: this one is. */
function overLimit(state: State): number {
  const { rateLimit } = state.script;
  if (!rateLimit) return 0;
  const now = Date.now();
  if (now >= state.periodEnds) {
    state.periodEnds = now + rateLimit.perSeconds * 1000;
    state.inPeriod = 0;
  }
  if (state.inPeriod >= rateLimit.calls) return (state.periodEnds - now) / 1000;
  state.inPeriod++;
  return 0;
}

function completion(
  { model, messages, max_completion_tokens: limit }: z.infer<typeof completionRequest>,
  { script, number }: { script: ProviderScript; number: number },
) {
  const prompt = messages.map(({ content }) => content).join("\n");
  const digest = createHash("sha256").update(prompt).digest("hex").slice(0, 12);
  const content = script.answers[number % Math.max(script.answers.length, 1)] ?? `Done with ${digest}.`;
  const used = { prompt_tokens: Math.ceil(prompt.length / 4), completion_tokens: script.outputTokens };
  const completion_tokens = Math.min(used.completion_tokens, limit ?? Number.POSITIVE_INFINITY);
  return {
    id: `chatcmpl-${number}`,
    object: "chat.completion",
    created: Math.floor(Date.now() / 1000),
    model,
    choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content, refusal: null } }],
    usage: { ...used, completion_tokens, total_tokens: used.prompt_tokens + completion_tokens },
  };
}
