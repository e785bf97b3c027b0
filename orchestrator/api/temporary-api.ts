// For tests: the API on a real PostgreSQL and a free port of the loopback interface, and tokens for it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "pino";
import type { Mode } from "../../model/resilience.ts";
import { packageFile } from "../../package-root.ts";
import { ownPlatform } from "../../tests/project-model.ts";
import { wallClock } from "../clock.ts";
import type { DomainEvent, RecordEvent } from "../domain/event.ts";
import { runAcceptance } from "../engine/accept-runs.ts";
import { echoWorkflow } from "../engine/echo.ts";
import { startEngine } from "../engine/engine.ts";
import { runManagement } from "../engine/manage-runs.ts";
import { scriptedWorker } from "../engine/scripted-worker.ts";
import type { Circuit } from "../resilience/circuit.ts";
import type { ModeState } from "../resilience/mode-state.ts";
import { guardedLimitsOf } from "../resilience/platform-limits.ts";
import { Resilience } from "../resilience/resilience.ts";
import { ownStates } from "../resilience/state-store.ts";
import { type Told, toldSignals } from "../resilience/told-signals.ts";
import { orderRuns } from "../scheduler/order-runs.ts";
import { openLocalIssuer, type TokenRequest } from "../security/local-issuer.ts";
import { redactingLog } from "../security/log.ts";
import type { PaceLimits } from "../security/pacing.ts";
import { scrubber } from "../security/redaction.ts";
import { openSessions } from "../sessions/sessions.ts";
import type { Store } from "../store/database.ts";
import { deleteWorkflow } from "../store/runs.ts";
import { temporaryStore } from "../store/temporary-store.ts";
import { builtIn, storeWorkflow } from "../store/workflows.ts";
import { hiveSessions } from "./hive-sessions.ts";
import { modePorts, signalPorts } from "./mode-ports.ts";
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
  const mode = modesOfTest((event) => events.push(event));
  const engine = await engineOfTest(store, {
    ...options,
    closed: mode.closed,
    observe: (event) => events.push(event),
  });
  const hive =
    options.platform === "agenthive"
      ? await hiveOfTest({ store, folder, drills: options.drills ?? false, ...mode })
      : undefined;
  const { url, close } = await startApi({
    ...constants,
    ...given(options),
    store,
    engine,
    platform: options.platform ?? "nexus",
    ...mode.ports,
    ...(hive && { hive: hive.port }),
    log: logOfTest(lines, options.secrets ?? []),
    tokens: { ...names, keysFolder: issuer.publicFolder },
  });
  return {
    store,
    url,
    events,
    lines,
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
    unready: () => undefined,
    drain: async () => undefined,
    deleteWorkflow: async (workflow: { project: string; name: string }) =>
      (await deleteWorkflow(store.pool, workflow)).found,
  };
}

const works = { everyChangeReviewed: false, keysLocked: false, requestsPerson: false, agentsRatio: 1 };
const usual = { title: "", description: "", service: "test", ladder: "degradation", meets: [], entered: [] };
const shownBy = { of: { metric: "mode", where: {} }, value: 1 };

/** Two modes of the test's own, and a signal that somebody may tell: which ones there are is the platform's business. */
function modesOfTest(record: RecordEvent) {
  const modes = [
    {
      ...usual,
      shownBy,
      name: "normal",
      rank: 0,
      works: { ...works, newWork: "accepted", running: "goes-on" },
    },
    {
      ...usual,
      ...{ shownBy, name: "read-only", rank: 1, entered: [{ signal: "security", is: ">=", value: 1 }] },
      works: { ...works, newWork: "refused", running: "goes-on" },
    },
  ] as unknown as Mode[];
  const platform = { modes, breakers: [], limits: [] };
  const stores = { breakers: ownStates<Circuit>(), modes: ownStates<ModeState>() };
  const resilience = new Resilience({ platform, clock: wallClock, record, stores });
  const told = ownStates<Told>();
  const read = () => toldSignals(told);
  const sources = { platform, told: read, now: Date.now };
  const measured = async () =>
    Object.fromEntries(Object.entries(await read()).map(([signal, { value }]) => [signal, value]));
  return {
    resilience,
    record,
    ports: {
      modes: modePorts(resilience, { isRunning: () => false }),
      signals: signalPorts(sources, { measured, told }),
    },
    closed: () => (resilience.restrictions().accepts ? undefined : "the mode is read-only"),
  };
}

interface HiveOfTest {
  store: Store;
  folder: string;
  drills: boolean;
  resilience: Resilience;
  record: RecordEvent;
}

/** Sessions of real agents with Agent Hive's limits. */
async function hiveOfTest({ store, folder, drills, resilience, record }: HiveOfTest) {
  const platform = await ownPlatform("agenthive");
  const errors: Error[] = [];
  const sessions = await openSessions({
    ...{ platform, resilience, record, clock: wallClock, db: store.pool, executorId: "test" },
    ...{
      folder: join(folder, "sessions"),
      program: packageFile("dist/orchestrator/sessions/scripted-agent.js"),
    },
    onError: (error) => errors.push(error),
  });
  // The sessions' process is to be seen as one that lives.
  await store.pool.query("INSERT INTO executors (id) VALUES ('test')");
  const stopping = new AbortController();
  const watching = sessions.watch(stopping.signal);
  const limits = guardedLimitsOf(platform);
  return {
    port: hiveSessions(store, { sessions, limits, drills, now: Date.now }),
    stop: async () => {
      stopping.abort();
      await watching;
    },
  };
}

function logOfTest(lines: string[], secrets: readonly string[]): Logger {
  const to = { write: (line: string) => void lines.push(line) };
  return redactingLog({ level: "info", scrub: scrubber(secrets), to });
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
