// For tests: the API on a real PostgreSQL and a free port of the loopback interface, and tokens for it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "pino";
import { wallClock } from "../clock.ts";
import type { DomainEvent, RecordEvent } from "../domain/event.ts";
import { runAcceptance } from "../engine/accept-runs.ts";
import { agentManagement } from "../engine/agents.ts";
import { echoWorkflow } from "../engine/echo.ts";
import { startEngine } from "../engine/engine.ts";
import { runManagement } from "../engine/manage-runs.ts";
import { scriptedWorker } from "../engine/scripted-worker.ts";
import { orderRuns } from "../scheduler/order-runs.ts";
import { openLocalIssuer, type TokenRequest } from "../security/local-issuer.ts";
import { redactingLog } from "../security/log.ts";
import type { PaceLimits } from "../security/pacing.ts";
import { type Scrub, scrubber } from "../security/redaction.ts";
import type { Store } from "../store/database.ts";
import { deleteWorkflow } from "../store/runs.ts";
import { temporaryStore } from "../store/temporary-store.ts";
import { builtIn, storeWorkflow } from "../store/workflows.ts";
import { hiveOfTest, modesOfTest } from "./modes-of-test.ts";
import type { Ports } from "./ports.ts";
import type { Patience } from "./server.ts";
import { startApi } from "./start-api.ts";

export interface Asked {
  token?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

export interface TemporaryApi {
  store: Store;
  url: string;
  /** What was recorded, in order. */
  events: DomainEvent[];
  /** Log lines as they were written. */
  lines: string[];
  issue(request?: Partial<TokenRequest>): Promise<string>;
  /** Sends a request; the body of the answer, where it is JSON, as the caller says that it is. */
  ask<Body = Record<string, unknown>>(method: string, path: string, asked?: Asked): Promise<Answer<Body>>;
  close(): Promise<void>;
}

export interface TemporaryApiOptions {
  /** Runs that are executed at once; usually none: what is accepted stays queued. */
  runs?: number;
  platform?: string;
  limits?: PaceLimits;
  patience?: Partial<Patience>;
  queueLimit?: number;
  secrets?: readonly string[];
  /** Whether faults may be ordered; only Agent Hive's face has them. */
  drills?: boolean;
  /** Replaces ports, to make them fail. */
  ports?: (ports: Ports) => Ports;
}

const names = { issuer: "https://issuer.test", audience: "orchestrator", clock: wallClock };

/** Starts all of it; ended by `close`. */
export async function temporaryApi(options: TemporaryApiOptions = {}): Promise<TemporaryApi> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-api-"));
  const store = await temporaryStore();
  const issuer = await openLocalIssuer(folder, names);
  const events: DomainEvent[] = [];
  const lines: string[] = [];
  const observe = (event: DomainEvent) => void events.push(event);
  const mode = modesOfTest(observe);
  const engine = await engineOfTest(store, { ...options, closed: mode.closed, observe });
  const { platform = "nexus", drills = false } = options;
  const hive = platform === "agenthive" ? await hiveOfTest({ store, folder, drills, ...mode }) : undefined;
  const scrub = scrubber(options.secrets ?? []);
  const { url, close } = await startApi({
    ...constants,
    ...given(options),
    ...{ store, engine, platform, ...mode.ports },
    ...(hive && { hive: hive.port }),
    log: logOfTest(lines, scrub),
    scrub,
    tokens: { ...names, keysFolder: issuer.publicFolder },
  });
  return {
    ...{ store, url, events, lines },
    issue: (request) => issuer.issue({ subject: "ada", project: "lab", roles: ["developer"], ...request }),
    ask: (method, path, asked) => ask(`${url}${path}`, { method, ...asked }),
    close: async () => {
      await close();
      await hive?.stop();
      await engine.drain(1_000);
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const constants = {
  version: "0.0.0",
  breakers: () => ({}),
  metrics: async () => ({ contentType: "text/plain; version=0.0.4", body: "up 1\n" }),
  clock: wallClock,
  host: "127.0.0.1",
  port: 0,
  // Limits are exact however busy the machine is.
  limitTimeoutMs: 60_000,
};

const given = ({ limits, patience, ports: adapt }: TemporaryApiOptions) => ({
  ...(limits && { limits }),
  ...(patience && { patience }),
  ...(adapt && { adapt }),
});

interface EngineOptions extends TemporaryApiOptions {
  closed: () => string | undefined;
  observe: RecordEvent;
}

/** The real engine where runs are executed: DBOS can be launched once in a process. Elsewhere what it accepts and decides with. */
async function engineOfTest(store: Store, { runs, queueLimit = 1_000, closed, observe }: EngineOptions) {
  if (runs !== undefined) {
    const worker = scriptedWorker({ clock: wallClock });
    const limit = () => runs;
    return startEngine(store, {
      worker,
      clock: wallClock,
      order: orderRuns,
      limit,
      queueLimit,
      closed,
      observe,
    });
  }
  await storeWorkflow(store.pool, { project: builtIn, definition: echoWorkflow, createdBy: "orchestrator" });
  return {
    ...runManagement(store, { observe }),
    accept: runAcceptance(store, { queueLimit, closed, observe, onQueued: () => undefined }),
    record: observe,
    agents: agentManagement({ store, record: observe }),
    unready: () => undefined,
    drain: async () => undefined,
    deleteWorkflow: async (workflow: { project: string; name: string }) =>
      (await deleteWorkflow(store.pool, workflow)).found,
  };
}

function logOfTest(lines: string[], scrub: Scrub): Logger {
  const to = { write: (line: string) => void lines.push(line) };
  return redactingLog({ level: "info", scrub, to });
}

async function ask<Body>(
  url: string,
  { method, token, body, headers }: Asked & { method: string },
): Promise<Answer<Body>> {
  const answer = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = /json/.test(answer.headers.get("content-type") ?? "");
  return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
}
