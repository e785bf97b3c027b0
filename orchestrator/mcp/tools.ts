import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { ErrorCode, McpError } from "@modelcontextprotocol/sdk/types.js";
import type { Clock } from "../clock.ts";
import type { RecordEvent } from "../domain/event.ts";

/** `timeout` and `connection` are the server's fault, `tool_error` is the tool's, `refused` is ours. */
export type ToolFailureKind = "timeout" | "connection" | "tool_error" | "refused";

export class ToolFailure extends Error {
  override readonly name = "ToolFailure";
  readonly kind: ToolFailureKind;
  readonly tool: string;
  constructor(message: string, about: { kind: ToolFailureKind; tool: string }) {
    super(message);
    this.kind = about.kind;
    this.tool = about.tool;
  }
}

/** The tools of a server that speaks the Model Context Protocol. */
export interface Tools {
  /** What the tool answers, as text. Throws a ToolFailure, or the signal's reason. Each call is recorded as `tool.called`. */
  call(tool: string, options: { question: string; runId?: string; signal: AbortSignal }): Promise<string>;
  /** Names of the tools that there are. */
  list(): Promise<string[]>;
  close(): Promise<void>;
}

/** Milliseconds that a server has to get going: a program that starts takes longer than a call. Our reading. */
const startMs = 15_000;

/** Where the tools are: a server that somebody else runs, or a program that is started here and speaks over its standard input and output. */
export type ToolServer = { url: string; token?: string } | { command: readonly [string, ...string[]] };

interface ToolsOptions {
  server: ToolServer;
  /** A call that takes longer has failed. */
  timeoutMs: number;
  record: RecordEvent;
  clock: Clock;
  /** Told when the connection ended and nobody here ended it. */
  onLost?: () => void;
}

/** Connects on first use, and anew after the connection was lost; a program is started for it, and ended with it. */
export function mcpTools(options: ToolsOptions): Tools {
  const { timeoutMs } = options;
  const connection = keptConnection(options);
  return {
    async call(tool, { question, runId, signal }) {
      const work = async () => {
        const params = { name: tool, arguments: { question } };
        const client = await connection.open();
        const answer = await client.callTool(params, undefined, { timeout: timeoutMs, signal });
        if (answer.isError) throw new ToolFailure(`${tool} failed`, { kind: "tool_error", tool });
        return textOf(answer.content);
      };
      try {
        return await timed(work, { ...options, tool, runId });
      } catch (error) {
        signal.throwIfAborted();
        const failure = failureOf(error, tool);
        if (failure.kind === "connection") await connection.close();
        throw failure;
      }
    },
    async list() {
      const { tools } = await (await connection.open()).listTools(undefined, { timeout: timeoutMs });
      return tools.map(({ name }) => name);
    },
    close: connection.close,
  };
}

/** One connection, shared by all calls until it is closed. */
function keptConnection({ server, timeoutMs, onLost }: ToolsOptions) {
  const timeout = "command" in server ? Math.max(startMs, timeoutMs) : timeoutMs;
  let connection: Promise<Client> | undefined;
  const connected = async (): Promise<Client> => {
    const client = new Client({ name: "fairlead-orchestrator", version: "1.0.0" });
    await client.connect(transportTo(server), { timeout });
    return client;
  };
  const open = (): Promise<Client> => {
    if (connection) return connection;
    const opened = connected();
    connection = opened;
    const lost = () => {
      if (connection !== opened) return;
      connection = undefined;
      onLost?.();
    };
    opened.then(
      (client) => {
        client.onclose = lost;
      },
      () => undefined,
    );
    return opened;
  };
  return {
    open,
    async close(): Promise<void> {
      const old = connection;
      connection = undefined;
      await old?.then((client) => client.close()).catch(() => undefined);
    },
  };
}

function transportTo(server: ToolServer): Transport {
  if ("command" in server) {
    const [command, ...args] = server.command;
    // What a foreign program writes to its standard error is not ours to log.
    return new StdioClientTransport({ command, args, stderr: "ignore" });
  }
  const headers: Record<string, string> =
    server.token === undefined ? {} : { Authorization: `Bearer ${server.token}` };
  return new StreamableHTTPClientTransport(new URL(server.url), { requestInit: { headers } }) as Transport;
}

async function timed<Result>(
  work: () => Promise<Result>,
  { record, clock, tool, runId }: ToolsOptions & { tool: string; runId: string | undefined },
): Promise<Result> {
  const started = clock.now();
  const done = (error: string) => {
    const seconds = (clock.now() - started) / 1000;
    record({ type: "tool.called", method: "tools/call", tool, seconds, error, ...(runId && { runId }) });
  };
  try {
    const result = await work();
    done("");
    return result;
  } catch (error) {
    const { kind } = failureOf(error, tool);
    done(kind === "refused" ? "_OTHER" : kind);
    throw error;
  }
}

function failureOf(error: unknown, tool: string): ToolFailure {
  if (error instanceof ToolFailure) return error;
  if (error instanceof McpError && error.code === ErrorCode.RequestTimeout) {
    return new ToolFailure(`${tool} did not answer in time`, { kind: "timeout", tool });
  }
  const isClosed = error instanceof McpError && error.code === ErrorCode.ConnectionClosed;
  if (error instanceof McpError && !isClosed)
    return new ToolFailure(`${tool} was refused`, { kind: "refused", tool });
  return new ToolFailure(`the server of ${tool} cannot be reached`, { kind: "connection", tool });
}

function textOf(content: unknown): string {
  const parts = Array.isArray(content) ? (content as { type: string; text?: string }[]) : [];
  return parts.map(({ text = "" }) => text).join("\n");
}
