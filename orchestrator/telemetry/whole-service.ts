// For tests: the whole service as one of the platforms, with what it logs and the spans that it sends.
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { wallClock } from "../clock.ts";
import type { Worker } from "../domain/agent.ts";
import { scriptedWorker } from "../engine/scripted-worker.ts";
import { orderRuns } from "../scheduler/order-runs.ts";
import { openLocalIssuer, type TokenRequest } from "../security/local-issuer.ts";
import { startService } from "../service.ts";
import type { Store } from "../store/database.ts";
import { temporaryStore } from "../store/temporary-store.ts";

/** A span as OTLP's JSON has it. */
export interface SentSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
}

export interface WholeService {
  store: Store;
  url: string;
  metricsUrl: string;
  /** Log lines as they were written. */
  lines: string[];
  /** Bodies that the trace collector received. */
  traces: string[];
  spans(): SentSpan[];
  issue(request?: Partial<TokenRequest>): Promise<string>;
  /** Status and body of an answer. */
  ask(
    method: string,
    path: string,
    asked: { token?: string; body?: unknown },
  ): Promise<{ status: number; body: string }>;
  /** Ends the service, so that all is written and sent; the store stays. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

interface WholeOptions {
  platform: string;
  worker?: Worker;
  secrets?: readonly string[];
  queueLimit?: number;
}

const projectFolder = fileURLToPath(new URL("../..", import.meta.url));
const names = { issuer: "urn:test", audience: "orchestrator" };

/** Starts it on a PostgreSQL of its own; ended by `close`. */
export async function wholeService({
  platform,
  worker = scriptedWorker({ clock: wallClock }),
  secrets = [],
  queueLimit = 1_000,
}: WholeOptions): Promise<WholeService> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-whole-"));
  const issuer = await openLocalIssuer(folder, { ...names, clock: wallClock });
  const [store, collector] = [await temporaryStore(), await traceCollector()];
  const lines: string[] = [];
  const service = await startService({
    ...{ store, worker, connections: 10, version: "1.0.0", secrets },
    engine: { order: orderRuns, limit: () => 10, queueLimit, retryDelayMs: () => 10 },
    logTo: { write: (line) => void lines.push(line) },
    settings: {
      ...{ host: "127.0.0.1", port: 0, metricsPort: 0, platform, project: projectFolder },
      ...{ tokens: { ...names, keysFolder: issuer.publicFolder }, logLevel: "info", evidenceFolder: folder },
      tracesEndpoint: collector.url,
    },
  });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= service.stop(2_000));
  return {
    ...{ store, lines, url: service.url, metricsUrl: service.metricsUrl, traces: collector.bodies, stop },
    spans: () => collector.bodies.flatMap(spansIn),
    issue: (request) => issuer.issue({ subject: "ada", project: "shop", roles: ["developer"], ...request }),
    ask: (method, path, asked) => ask(`${service.url}${path}`, { method, ...asked }),
    async close() {
      await stop();
      await store.close();
      await collector.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ask(
  url: string,
  { method, token, body }: { method: string; token?: string; body?: unknown },
): Promise<{ status: number; body: string }> {
  const answer = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.text() };
}

interface Otlp {
  resourceSpans: { scopeSpans: { spans: SentSpan[] }[] }[];
}

const spansIn = (body: string): SentSpan[] =>
  (JSON.parse(body) as Otlp).resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans),
  );

/** Takes spans by OTLP over HTTP, as JSON. */
async function traceCollector() {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += String(chunk);
    });
    request.on("end", () => {
      bodies.push(body);
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url: `http://127.0.0.1:${port}/v1/traces`, bodies, close };
}
