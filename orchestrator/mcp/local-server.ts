import { setTimeout as delay } from "node:timers/promises";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import { z } from "zod";
import { draws } from "../seeded-draws.ts";
import { type ToolScript, toolScript } from "./tool-script.ts";

/** A tool server on this machine that behaves by a script. */
export interface LocalToolServer {
  /** Where a client connects: streamable HTTP, no sessions. */
  url: string;
  /** Answers one client more, over such a transport as standard input and output. */
  serve(transport: Transport): Promise<void>;
  /** Changes how it behaves from the next call on; what is left out takes its default. */
  follow(script: z.input<typeof toolScript>): void;
  close(): Promise<void>;
}

/** What the server has done, for its metrics. */
export interface ToolOperation {
  method: "tools/call";
  tool: string;
  seconds: number;
  /** Empty for success. */
  error: "" | "tool_error";
}

interface ServerOptions {
  port?: number;
  script?: z.input<typeof toolScript>;
  /** Requests without `Authorization: Bearer TOKEN` are answered with 401. */
  token?: string;
  onOperation?: (operation: ToolOperation) => void;
  /** Told the body of every request of the protocol over HTTP. */
  onRequest?: (body: unknown) => void;
  /** What a crash is: by default this process ends at once, with code 70. */
  crash?: () => void;
}

/** Starts it on the loopback address; port 0 takes a free one. `PUT /script` does what `follow` does, from another process. */
export async function startLocalToolServer(options: ServerOptions = {}): Promise<LocalToolServer> {
  const { port = 0, token, crash = () => process.exit(70) } = options;
  const state = { script: toolScript.parse(options.script ?? {}), calls: 0 };
  const follow: LocalToolServer["follow"] = (next) => {
    state.script = toolScript.parse(next);
  };
  const scripted: Scripted = (tool, work) => {
    if (state.script.crash) crash();
    return performed(work, { state, tool, onOperation: options.onOperation });
  };
  const server = fastify({ forceCloseConnections: true, bodyLimit: 2 ** 20 });
  server.get("/readyz", async () => ({ ready: true, pid: process.pid }));
  server.get("/script", async () => state.script);
  server.put("/script", async (request, reply) => {
    const asked = toolScript.safeParse(request.body);
    if (!asked.success) return reply.code(422).send({ error: z.prettifyError(asked.error) });
    follow(asked.data);
    return state.script;
  });
  server.post("/mcp", async (request, reply) => {
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      return reply.code(401).send({ error: "a valid token is needed" });
    }
    options.onRequest?.(request.body);
    return answer(request, { reply, server: tools(scripted) });
  });
  const address = await server.listen({ host: "127.0.0.1", port });
  const serve = (transport: Transport) => tools(scripted).connect(transport);
  return { url: `${address}/mcp`, follow, serve, close: () => server.close() };
}

/** Does a tool's work as the script says. */
type Scripted = (tool: string, work: () => string) => Promise<CallToolResult>;

// No sessions: each request has a server of its own, so that any replica can answer any request.
async function answer(
  request: FastifyRequest,
  { reply, server }: { reply: FastifyReply; server: McpServer },
): Promise<FastifyReply> {
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
  reply.hijack();
  reply.raw.on("close", () => void server.close());
  await server.connect(transport as Transport);
  await transport.handleRequest(request.raw, reply.raw, request.body);
  return reply;
}

/** The tools that agents are given: their answers depend on the question alone. */
function tools(scripted: Scripted): McpServer {
  const server = new McpServer({ name: "fairlead-local-tools", version: "1.0.0" });
  const text = z.string().min(1).max(10_000);
  const register = (name: string, description: string, work: (question: string) => string) =>
    server.registerTool(name, { description, inputSchema: { question: text } }, ({ question }) =>
      scripted(name, () => work(question)),
    );
  register("search-code", "Lines of the repository that hold the words of the question.", (question) =>
    question
      .split(/\s+/)
      .map((word, i) => `src/file-${i + 1}.ts:${i + 1}: ${word}`)
      .join("\n"),
  );
  register(
    "run-tests",
    "Runs the tests that the question names.",
    (question) => `1 passed, 0 failed: ${question}`,
  );
  return server;
}

async function performed(
  work: () => string,
  about: {
    state: { script: ToolScript; calls: number };
    tool: string;
    onOperation: ServerOptions["onOperation"];
  },
): Promise<CallToolResult> {
  const { script } = about.state;
  const started = performance.now();
  const [lot, wait] = draws(script.seed, about.state.calls++);
  if (lot < script.hangs) await new Promise<never>(() => undefined);
  await delay(script.latencyMs.from + wait * (script.latencyMs.to - script.latencyMs.from));
  const isError = lot < script.hangs + script.errors;
  const error = isError ? "tool_error" : "";
  const seconds = (performance.now() - started) / 1000;
  about.onOperation?.({ method: "tools/call", tool: about.tool, seconds, error });
  return { isError, content: [{ type: "text", text: isError ? "the tool failed" : work() }] };
}
