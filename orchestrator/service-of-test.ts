// For tests: a whole process that serves, as it was built, and what can be seen of it from outside.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageFile } from "../package-root.ts";
import { wallClock } from "./clock.ts";
import type { EventType, RecordedEvent } from "./domain/event.ts";
import { pauseState } from "./engine/controls.ts";
import { type OrchestratorProcess, startProcess } from "./engine/process-of-test.ts";
import { openLocalIssuer } from "./security/local-issuer.ts";
import { roles } from "./security/permissions.ts";
import type { Store } from "./store/database.ts";
import { readSharedState } from "./store/shared-states.ts";
import { temporaryStore } from "./store/temporary-store.ts";

/** A running service, its database and its folder. */
export interface TriedService {
  store: Store;
  folder: string;
  process: OrchestratorProcess;
  /** Asks in the name of somebody with all roles, unless told. */
  ask(method: string, path: string, asked?: { body?: unknown; roles?: string[] }): Promise<Answer>;
  metrics(service: string): Promise<string>;
  /** Rows, oldest first. */
  events<T extends EventType>(type: T): Promise<Extract<RecordedEvent, { type: T }>[]>;
  /** Log lines of an event. */
  logged(type: EventType): Record<string, unknown>[];
  /** Steps at work end no earlier than the test lets them; gives what lets them. */
  holdWork(): Promise<() => Promise<void>>;
  /** Whether every run is held, as the database tells those who execute runs. */
  isPaused(): Promise<boolean>;
  /** Starts another process on the same database and folders, once the one before has ended. */
  again(): Promise<void>;
  close(): Promise<void>;
}

interface Answer {
  status: number;
  body: Record<string, never>;
}

const names = { issuer: "urn:test", audience: "orchestrator" };

/** Starts a service as a platform; ended by `close`. */
export async function serviceOfTest(
  platform: string,
  environment: Record<string, string> = {},
): Promise<TriedService> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-tried-"));
  const issuer = await openLocalIssuer(folder, { ...names, clock: wallClock });
  const store = await temporaryStore();
  const start = () =>
    startedProcess({
      ...environmentOf({ platform, folder, url: store.url, keys: issuer.publicFolder }),
      ...environment,
    });
  const token = async (held: string[]) =>
    issuer.issue({ subject: held.length > 1 ? "ada" : "bob", project: "shop", roles: held });
  const tried: TriedService = {
    ...{ store, folder, process: await start() },
    async ask(method, path, { body, roles: held = Object.keys(roles) } = {}) {
      return ask(`${addressOf(tried.process).url}${path}`, { method, body, token: await token(held) });
    },
    metrics: async (service) =>
      (await fetch(`${addressOf(tried.process).metrics}/${service}/metrics`)).text(),
    events: (type) => eventsOf(store, type),
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
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return tried;
}

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

function addressOf({ lines }: OrchestratorProcess): { url: string; metrics: string } {
  const line = lines.find((one) => one.includes('"message":"ready"'));
  return JSON.parse(line ?? "{}");
}

interface Where {
  platform: string;
  folder: string;
  url: string;
  keys: string;
}

const environmentOf = ({ platform, folder, url, keys }: Where) => ({
  DATABASE_URL: url,
  ORCHESTRATOR_PORT: "0",
  ORCHESTRATOR_PROJECT: packageFile("."),
  ORCHESTRATOR_PLATFORM: platform,
  ORCHESTRATOR_KEYS: keys,
  ORCHESTRATOR_TOKEN_ISSUER: names.issuer,
  ORCHESTRATOR_TOKEN_AUDIENCE: names.audience,
  ORCHESTRATOR_EVIDENCE: join(folder, "evidence"),
  ORCHESTRATOR_SESSIONS: join(folder, "sessions"),
});

async function startedProcess(environment: Record<string, string>): Promise<OrchestratorProcess> {
  const started = startProcess(environment);
  await started.ready;
  return started;
}

async function ask(
  url: string,
  { method, body, token }: { method: string; body: unknown; token: string },
): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? {} : JSON.parse(text) };
}

async function eventsOf<T extends EventType>(store: Store, type: T) {
  const { rows } = await store.pool.query(
    "SELECT id, at, body || jsonb_build_object('type', type) AS body FROM events WHERE type = $1 ORDER BY id",
    [type],
  );
  return rows.map(({ id, at, body }) => ({ id, at, ...body }) as Extract<RecordedEvent, { type: T }>);
}
