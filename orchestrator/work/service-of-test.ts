import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { type Clock, scaledClock } from "../clock.ts";
import type { EventOf, EventType } from "../domain/event.ts";
import { type Run, runRequest } from "../domain/run.ts";
import { scriptedWorker, type WorkLog } from "../engine/scripted-worker.ts";
import { type LocalProvider, startLocalProvider } from "../providers/local-provider.ts";
import { orderRuns } from "../scheduler/order-runs.ts";
import { openLocalIssuer } from "../security/local-issuer.ts";
import { type Service, startService } from "../service.ts";
import type { Store } from "../store/database.ts";
import { listEvents } from "../store/events.ts";
import { freePort } from "../store/free-port.ts";
import { findRun } from "../store/runs.ts";
import { storeOfTest } from "../store/temporary-store.ts";
import type { Models } from "./models-file.ts";

/** For tests: a whole service whose agents work by two local providers and by tools in a process of their own. */
export interface TriedService {
  store: Store;
  service: Service;
  /** The first provider, and its back-up. */
  anthropic: LocalProvider;
  openai: LocalProvider;
  /** Answers of the tools' server beside the protocol: `/script`, `/readyz`. */
  tools: string;
  evidenceFolder: string;
  accept(workflow: string, input?: Record<string, unknown>): Promise<Run>;
  /** Resolves when the run has come to this state; without one, when it has ended. */
  until(id: string, state?: string): Promise<Run>;
  events<T extends EventType>(type: T): Promise<EventOf<T>[]>;
  /** Resolves when there are events of which this is so. */
  untilEvents<T extends EventType>(type: T, is: (events: EventOf<T>[]) => boolean): Promise<EventOf<T>[]>;
}

interface TriedOptions {
  platform?: string;
  /** How much faster than the wall's its clock runs. */
  factor?: number;
  /** Instead of that one. */
  clock?: Clock;
  tracesEndpoint?: string;
  /** Hears of scripted work, and may keep it from going on. */
  log?: WorkLog;
  models?: Partial<Models>;
  /** Milliseconds for an answer of the tools' server, and for its start. */
  toolsTimeoutMs?: number;
}

const rootFolder = fileURLToPath(new URL("../../", import.meta.url));
const program = fileURLToPath(new URL("../../dist/orchestrator/local-tools.js", import.meta.url));
const usd = { input: 1, output: 5 };

/** For tests: starts it; all of it ends with the test. */
export async function serviceOfTest(options: TriedOptions = {}): Promise<TriedService> {
  const store = await storeOfTest();
  const [anthropic, openai] = await Promise.all([localProvider(), localProvider()]);
  const folder = await mkdtemp(join(tmpdir(), "fairlead-work-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const port = await freePort();
  const models: Models = {
    ...modelsOf({ anthropic, openai }, { port, timeoutMs: options.toolsTimeoutMs ?? 20_000 }),
    ...options.models,
  };
  const service = await startTried(store, { ...options, models, folder });
  return {
    ...{ store, service, anthropic, openai, tools: `http://127.0.0.1:${port}` },
    evidenceFolder: join(folder, "evidence"),
    async accept(workflow, input = {}) {
      const caller = { subject: "ann", project: "shop", source: "api", requestId: "r" } as const;
      const acceptance = await service.engine.accept(runRequest.parse({ workflow, input }), caller);
      if (!("run" in acceptance)) throw new Error(acceptance.kind);
      return acceptance.run;
    },
    ...seenIn(store),
  };
}

/** What happened, as the database tells it. */
function seenIn({ pool }: Store): Pick<TriedService, "until" | "events" | "untilEvents"> {
  const events: TriedService["events"] = async <T extends EventType>(type: T) =>
    (await listEvents(pool, { after: 0, limit: 10_000, types: [type] })) as unknown as EventOf<T>[];
  return {
    events,
    until: (id, state) =>
      polled(async () => {
        const run = await findRun(pool, id);
        const isThere = state === undefined ? run?.finishedAt !== undefined : run?.state === state;
        return isThere ? run : undefined;
      }),
    untilEvents: (type, is) =>
      polled(async () => {
        const found = await events(type);
        return is(found) ? found : undefined;
      }),
  };
}

function modelsOf(
  providers: Record<string, LocalProvider>,
  { port, timeoutMs }: { port: number; timeoutMs: number },
): Models {
  return {
    providers: Object.entries(providers).map(([name, { baseUrl }]) => ({
      ...{ name, baseUrl, apiKey: "canary-model-key", model: "small", usdPerMillionTokens: usd },
      // None is slow by itself: what is late is the machine.
      ...{ timeoutMs: 60_000, atOnce: 10 },
    })),
    maxOutputTokens: 500,
    tools: {
      server: { command: [process.execPath, program, "--stdio", "--port", String(port)] },
      timeoutMs,
    },
    secrets: ["canary-model-key"],
  };
}

async function startTried(
  store: Store,
  {
    platform = "weathervane",
    factor = 1,
    tracesEndpoint,
    log,
    clock = scaledClock(factor),
    models,
    folder,
  }: TriedOptions & { models: Models; folder: string },
): Promise<Service> {
  const names = { issuer: "urn:test", audience: "orchestrator" };
  const issuer = await openLocalIssuer(folder, { ...names, clock });
  const service = await startService({
    ...{ store, clock, models, connections: 10, version: "1.0.0", secrets: models.secrets },
    worker: scriptedWorker({ clock, ...(log && { log }) }),
    engine: { order: orderRuns, limit: () => 10, queueLimit: 1_000, retryDelayMs: () => 100 },
    settings: {
      ...{ host: "127.0.0.1", port: 0, metricsPort: 0, platform, project: rootFolder, logLevel: "silent" },
      tokens: { ...names, keysFolder: issuer.publicFolder },
      evidenceFolder: join(folder, "evidence"),
      ...{ sessionsFolder: join(folder, "sessions"), drills: false },
      ...(tracesEndpoint !== undefined && { tracesEndpoint }),
    },
  });
  let stopped: Promise<void> | undefined;
  const stop = (drainMs: number) => {
    stopped ??= service.stop(drainMs);
    return stopped;
  };
  onTestFinished(() => stop(1_000));
  return { ...service, stop };
}

async function localProvider(): Promise<LocalProvider> {
  const provider = await startLocalProvider({ script: { latencyMs: { from: 0, to: 5 } } });
  onTestFinished(() => provider.close());
  return provider;
}

/** Asks every 20 ms until there is an answer; the test's own time is the bound. */
async function polled<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** For tests: a receiver of traces by OTLP, and the spans that it got. */
export async function traceReceiver(): Promise<{ url: string; spans: ReceivedSpan[] }> {
  const spans: ReceivedSpan[] = [];
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as Export;
    spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)));
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => new Promise<void>((closed) => server.close(() => closed())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`, spans };
}

interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  attributes: { key: string; value: Record<string, unknown> }[];
}

interface Export {
  resourceSpans: { scopeSpans: { spans: ReceivedSpan[] }[] }[];
}
