// For tests: a whole service, in this process or in one of its own as it was built, and what can be seen of it from outside.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { packageFile } from "../package-root.ts";
import { type Clock, scaledClock, wallClock } from "./clock.ts";
import type { Worker } from "./domain/agent.ts";
import type { EventType, RecordedEvent } from "./domain/event.ts";
import { type Run, runRequest } from "./domain/run.ts";
import { pauseState } from "./engine/controls.ts";
import { type OrchestratorProcess, startProcess } from "./engine/process-of-test.ts";
import { scriptedWorker } from "./engine/scripted-worker.ts";
import { orderRuns } from "./scheduler/order-runs.ts";
import { openLocalIssuer, type TokenRequest } from "./security/local-issuer.ts";
import { roles } from "./security/permissions.ts";
import { type Service, startService } from "./service.ts";
import type { Store } from "./store/database.ts";
import { listEvents } from "./store/events.ts";
import { findRun } from "./store/runs.ts";
import { readSharedState } from "./store/shared-states.ts";
import { temporaryStore } from "./store/temporary-store.ts";
import { startTraceReceiver, type TraceReceiver } from "./telemetry/trace-receiver.ts";
import type { Models } from "./work/models-file.ts";

const project = packageFile(".");

type Recorded<T extends EventType> = Extract<RecordedEvent, { type: T }>;

/** What both have: a database and a folder of their own, and whoever asks. */
interface Tried {
  store: Store;
  folder: string;
  issue(request?: Partial<TokenRequest>): Promise<string>;
  /** Asks in the name of somebody with all roles, unless told. */
  ask(method: string, path: string, asked?: Asked): Promise<Answer>;
  /** The exposition of one of the platform's services. */
  metrics(service: string): Promise<string>;
  /** Rows, oldest first. */
  events<T extends EventType>(type: T): Promise<Recorded<T>[]>;
  close(): Promise<void>;
}

interface Asked {
  /** JSON; a text is sent as it is. */
  body?: unknown;
  roles?: string[];
  /** Instead of one with these roles; an empty one is not sent. */
  token?: string;
  headers?: Record<string, string>;
}

export interface Answer {
  status: number;
  text: string;
  /** Empty where the text is no JSON. */
  body: Record<string, never>;
}

/** A service in this process. */
export interface TriedService extends Tried {
  service: Service;
  /** Log lines as they were written. */
  lines: string[];
  traces: TraceReceiver;
  accept(workflow: string, input?: Record<string, unknown>): Promise<Run>;
  /** Resolves when the run has come to this state; without one, when it has ended. */
  until(id: string, state?: string): Promise<Run>;
  /** Resolves when there are events of which this is so. */
  untilEvents<T extends EventType>(type: T, is: (events: Recorded<T>[]) => boolean): Promise<Recorded<T>[]>;
}

export interface ServiceOfTestOptions {
  platform?: string;
  clock?: Clock;
  /** Does the steps that have a script; all of them where there are no models. */
  worker?: Worker;
  models?: Models;
  secrets?: readonly string[];
}

const names = { issuer: "urn:test", audience: "orchestrator" };

/** Starts a service in this process; all of it ends with the running test, or by `close`. */
export async function serviceOfTest(options: ServiceOfTestOptions = {}): Promise<TriedService> {
  const { platform = "weathervane", clock = scaledClock(1), models, secrets = [] } = options;
  const traces = await startTraceReceiver();
  const ground = await openGround(clock);
  const lines: string[] = [];
  let started: Service | undefined;
  const stop = once(async (drainMs: number) => started?.stop(drainMs));
  const close = once(async () => {
    await stop(1_000);
    await ground.close();
    await traces.close();
  });
  onTestFinished(close);
  const service = await startService({
    ...{ store: ground.store, clock, connections: 10, version: "1.0.0" },
    ...{ worker: options.worker ?? scriptedWorker({ clock }), ...(models && { models }) },
    secrets: [...secrets, ...(models?.secrets ?? [])],
    engine: { order: orderRuns, limit: () => 10, queueLimit: 1_000, retryDelayMs: () => 100 },
    logTo: { write: (line) => void lines.push(line) },
    settings: {
      ...{ host: "127.0.0.1", port: 0, metricsPort: 0, platform, project, logLevel: "info" },
      ...{ tokens: { ...names, keysFolder: ground.keys }, evidenceFolder: join(ground.folder, "evidence") },
      ...{ sessionsFolder: join(ground.folder, "sessions"), drills: false, tracesEndpoint: traces.url },
    },
  });
  started = service;
  return {
    ...{
      ...ground,
      ...seenIn(ground),
      ...askingAt(() => ({ ...service, metrics: service.metricsUrl }), ground),
    },
    ...{ service: { ...service, stop }, lines, traces, close },
    accept: (workflow, input = {}) => accept(service, { workflow, input }),
  };
}

async function accept({ engine }: Service, wanted: { workflow: string; input: unknown }): Promise<Run> {
  const caller = { subject: "ann", project: "shop", source: "api", requestId: "r" } as const;
  const acceptance = await engine.accept(runRequest.parse(wanted), caller);
  if (!("run" in acceptance)) throw new Error(acceptance.kind);
  return acceptance.run;
}

function once<Given extends unknown[]>(does: (...given: Given) => Promise<void>) {
  let done: Promise<void> | undefined;
  return (...given: Given): Promise<void> => (done ??= does(...given));
}

/** A service in a process of its own. */
export interface ServingProcess extends Tried {
  process: OrchestratorProcess;
  /** Log lines of an event. */
  logged(type: EventType): Record<string, unknown>[];
  /** Steps at work end no earlier than the test lets them; gives what lets them. */
  holdWork(): Promise<() => Promise<void>>;
  /** Whether every run is held, as the database tells those who execute runs. */
  isPaused(): Promise<boolean>;
  /** Starts another process on the same database and folders, once the one before has ended. */
  again(): Promise<void>;
}

/** Starts a process that serves as a platform; ended by `close`. */
export async function servingProcess(
  platform: string,
  environment: Record<string, string> = {},
): Promise<ServingProcess> {
  const ground = await openGround(wallClock);
  const { store, folder, keys } = ground;
  const start = async () => {
    const started = startProcess({
      ...environmentOf({ platform, folder, url: store.url, keys }),
      ...environment,
    });
    await started.ready;
    return started;
  };
  const tried: ServingProcess = {
    ...{ ...ground, events: seenIn(ground).events, process: await start() },
    ...askingAt(() => addressOf(tried.process), ground),
    logged: (type) =>
      tried.process.log.map((line) => JSON.parse(line)).filter(({ event }) => event?.type === type),
    holdWork: () => holdWork(store),
    isPaused: async () =>
      (await readSharedState<{ paused: boolean }>(store.pool, pauseState))?.value.paused ?? false,
    async again() {
      await tried.process.exited;
      tried.process = await start();
    },
    async close() {
      tried.process.kill("SIGTERM");
      await tried.process.exited;
      await ground.close();
    },
  };
  return tried;
}

interface Ground extends Pick<Tried, "store" | "folder" | "issue" | "close"> {
  /** The folder of the keys with which tokens are verified. */
  keys: string;
}

async function openGround(clock: Clock): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-service-"));
  const issuer = await openLocalIssuer(folder, { ...names, clock });
  const store = await temporaryStore();
  return {
    ...{ store, folder, keys: issuer.publicFolder },
    issue: (request) => issuer.issue({ subject: "ada", project: "shop", roles: ["developer"], ...request }),
    async close() {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What happened, as the database tells it. */
function seenIn({ store: { pool } }: Ground): Pick<TriedService, "until" | "events" | "untilEvents"> {
  const events: Tried["events"] = async <T extends EventType>(type: T) =>
    (await listEvents(pool, { after: 0, limit: 10_000, types: [type] })) as Recorded<T>[];
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

/** Asks every 20 ms until there is an answer; the test's own time is the bound. */
async function polled<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((done) => setTimeout(done, 20));
  }
}

interface Address {
  url: string;
  metrics: string;
}

function askingAt(address: () => Address, { issue }: Ground): Pick<Tried, "ask" | "metrics"> {
  const tokenFor = (held: string[]) => issue({ subject: held.length > 1 ? "ada" : "bob", roles: held });
  return {
    metrics: async (service) => (await fetch(`${address().metrics}/${service}/metrics`)).text(),
    async ask(method, path, { body, roles: held = Object.keys(roles), token, headers } = {}) {
      const bearer = token ?? (await tokenFor(held));
      const answer = await fetch(`${address().url}${path}`, {
        method,
        headers: {
          ...(bearer && { authorization: `Bearer ${bearer}` }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      const isJson = /json/.test(answer.headers.get("content-type") ?? "") && text !== "";
      return { status: answer.status, text, body: isJson ? JSON.parse(text) : {} };
    },
  };
}

function addressOf({ lines }: OrchestratorProcess): Address {
  const line = lines.find((one) => one.includes('"message":"ready"'));
  return JSON.parse(line ?? "{}");
}

const environmentOf = (where: { platform: string; folder: string; url: string; keys: string }) => ({
  DATABASE_URL: where.url,
  ORCHESTRATOR_PORT: "0",
  ORCHESTRATOR_PROJECT: project,
  ORCHESTRATOR_PLATFORM: where.platform,
  ORCHESTRATOR_KEYS: where.keys,
  ORCHESTRATOR_TOKEN_ISSUER: names.issuer,
  ORCHESTRATOR_TOKEN_AUDIENCE: names.audience,
  ORCHESTRATOR_EVIDENCE: join(where.folder, "evidence"),
  ORCHESTRATOR_SESSIONS: join(where.folder, "sessions"),
});

/** Workers write down that they begin and end, and try again for as long as the database says that it is not ready. */
async function holdWork({ pool }: Store): Promise<() => Promise<void>> {
  await pool.query(`CREATE OR REPLACE FUNCTION refuse_work() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'held by a test' USING ERRCODE = 'cannot_connect_now'; END $$`);
  await pool.query(
    "CREATE TRIGGER held_work BEFORE INSERT ON work_log FOR EACH ROW EXECUTE FUNCTION refuse_work()",
  );
  return async () => {
    await pool.query("DROP TRIGGER held_work ON work_log");
  };
}
