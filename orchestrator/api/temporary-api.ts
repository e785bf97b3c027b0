// For tests: the API on a real PostgreSQL and a free port of the loopback interface, and tokens for it.
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "pino";
import { wallClock } from "../clock.ts";
import type { DomainEvent, RecordEvent } from "../domain/event.ts";
import { runAcceptance } from "../engine/accept-runs.ts";
import { echoWorkflow } from "../engine/echo.ts";
import { keysInFolder } from "../security/keys.ts";
import { openLimits } from "../security/limits.ts";
import { openLocalIssuer, type TokenRequest } from "../security/local-issuer.ts";
import { redactingLog } from "../security/log.ts";
import { type PaceLimits, pacing, usualLimits } from "../security/pacing.ts";
import { scrubber } from "../security/redaction.ts";
import { tokenVerifier } from "../security/tokens.ts";
import { decideApproval } from "../store/approvals.ts";
import type { Store } from "../store/database.ts";
import { deleteWorkflow } from "../store/runs.ts";
import { temporaryStore } from "../store/temporary-store.ts";
import { builtIn, storeWorkflow } from "../store/workflows.ts";
import type { Api } from "./api.ts";
import { type EventWakeUps, eventWakeUps } from "./event-wakeups.ts";
import type { Ports } from "./ports.ts";
import { createApi, type Patience } from "./server.ts";
import { countsOf, storePorts } from "./store-ports.ts";

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
  api: Api;
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
  platform?: string;
  limits?: PaceLimits;
  patience?: Partial<Patience>;
  queueLimit?: number;
  secrets?: readonly string[];
  /** Replaces ports, to make them fail. */
  ports?: (ports: Ports) => Ports;
}

const names = { issuer: "https://issuer.test", audience: "orchestrator", clock: wallClock };

/** Starts all of it; ended by `close`. */
export async function temporaryApi(options: TemporaryApiOptions = {}): Promise<TemporaryApi> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-api-"));
  const store = await temporaryStore();
  const issuer = await openLocalIssuer(folder, names);
  const limits = await openLimits(store.url, wallClock);
  const wakeUps = eventWakeUps(store.url);
  const events: DomainEvent[] = [];
  const lines: string[] = [];
  const ports = portsOfTest(store, { wakeUps, record: (event) => events.push(event), options });
  await storeWorkflow(store.pool, { project: builtIn, definition: echoWorkflow, createdBy: "fairlead" });
  const api = await createApi({
    platform: options.platform ?? "nexus",
    version: "0.0.0",
    ports: options.ports?.(ports) ?? ports,
    verify: tokenVerifier({ ...names, keys: keysInFolder(issuer.publicFolder) }),
    count: pacing(limits, options.limits ?? usualLimits),
    record: (event) => events.push(event),
    log: logOfTest(lines, options.secrets ?? []),
    clock: wallClock,
    ...(options.patience ? { patience: options.patience } : {}),
  });
  await api.listen({ host: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${(api.server.address() as AddressInfo).port}`;
  return {
    api,
    store,
    url,
    events,
    lines,
    issue: (request) => issuer.issue({ subject: "ada", project: "lab", roles: ["developer"], ...request }),
    ask: (method, path, asked) => ask(`${url}${path}`, { method, ...asked }),
    close: async () => {
      await api.close();
      await Promise.all([wakeUps.close(), limits.close()]);
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface PortsOptions {
  wakeUps: EventWakeUps;
  record: RecordEvent;
  options: TemporaryApiOptions;
}

/** The store's ports, and what the engine would do where no run is executed. */
function portsOfTest(store: Store, { wakeUps, record, options }: PortsOptions): Ports {
  const { pool } = store;
  const ofStore = storePorts(store, wakeUps);
  let mode = {
    mode: "normal",
    modes: ["normal", "read-only"],
    emergencyLevel: 0,
    since: new Date(0).toISOString(),
  };
  const accept = runAcceptance(store, {
    queueLimit: options.queueLimit ?? 1_000,
    closed: () => (mode.mode === "read-only" ? "the mode is read-only" : undefined),
    observe: record,
    onQueued: () => undefined,
  });
  return {
    ...ofStore,
    workflows: {
      ...ofStore.workflows,
      remove: async (project, name) => (await deleteWorkflow(pool, { project, name })).found,
    },
    runs: {
      ...ofStore.runs,
      accept,
      cancel: async ({ id }) => {
        await pool.query("UPDATE runs SET state = 'cancelled', finished_at = now() WHERE id = $1", [id]);
      },
    },
    approvals: {
      ...ofStore.approvals,
      decide: async ({ comment, ...decision }) =>
        decideApproval(pool, comment === undefined ? decision : { ...decision, comment }),
    },
    modes: {
      read: async () => mode,
      change: async (to) => {
        mode = { ...mode, mode: to.mode, since: new Date().toISOString() };
        return mode;
      },
    },
    status: {
      read: async (project) => ({
        platform: options.platform ?? "nexus",
        mode: mode.mode,
        ...(await countsOf(store, project)),
        breakers: {},
      }),
    },
    readiness: async () =>
      pool.query("SELECT 1").then(
        () => [],
        () => [{ check: "database", why: "does not answer" }],
      ),
    metrics: async () => ({ contentType: "text/plain; version=0.0.4", body: "up 1\n" }),
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
