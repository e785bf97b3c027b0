#!/usr/bin/env node
// Tools on this machine over the Model Context Protocol, as a process of its own; its script can be changed while it runs. With --stdio
// it serves whoever started it, and ends when its standard input does.
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { startLocalToolServer } from "./mcp/local-server.ts";

const usage = "local-tools [--port 0] [--script FILE] [--ready FILE] [--stdio]\n";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      script: { type: "string" },
      ready: { type: "string" },
      stdio: { type: "boolean", default: false },
    },
  });
  const script = values.script === undefined ? {} : JSON.parse(await readFile(values.script, "utf8"));
  const server = await startLocalToolServer({ port: Number(values.port), script });
  const { url, close, serve } = server;
  const ready = JSON.stringify({ message: "ready", url, script: new URL("/script", url).href });
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void close());
  // Where whoever started it does not pass its line on.
  if (values.ready !== undefined) await writeFile(values.ready, `${ready}\n`);
  if (!values.stdio) {
    process.stdout.write(`${ready}\n`);
    return;
  }
  // Standard output is the protocol's.
  process.stderr.write(`${ready}\n`);
  process.stdin.on("end", () => process.exit(0));
  await serve(new StdioServerTransport());
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exitCode = 2;
});
