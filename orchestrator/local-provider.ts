#!/usr/bin/env node
// A model provider on this machine, as a process of its own; its script can be changed while it runs.
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { startLocalProvider } from "./providers/local-provider.ts";

const usage = "local-provider [--port 0] [--script FILE]\n";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: "string", default: "0" }, script: { type: "string" } },
  });
  const script = values.script === undefined ? {} : JSON.parse(await readFile(values.script, "utf8"));
  const provider = await startLocalProvider({ port: Number(values.port), script });
  const { baseUrl, close } = provider;
  process.stdout.write(
    `${JSON.stringify({ message: "ready", baseUrl, script: new URL("/script", baseUrl).href })}\n`,
  );
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void close());
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exitCode = 2;
});
