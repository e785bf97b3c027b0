import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { symbolicId } from "./domain/workflow.ts";
import { LEASE_SECONDS } from "./scheduler/lost-agents.ts";
import { type Retention, usualRetention } from "./store/retention.ts";

const aCount = z.coerce.number().int().min(1).max(100_000);

const count = (usual: number) => aCount.default(usual);

const days = (usual: number) => z.coerce.number().min(1).max(3_650).default(usual);

const port = z.coerce.number().int().min(0).max(65_535);

/** A folder for temporary things of this user, the same at each start. */
function ownTemporary(what: string): string {
  return join(tmpdir(), `fairlead-${what}-${process.getuid?.() ?? 0}`);
}

/** Every variable that a process knows; docs/orchestrator/running.md says what each means. */
export const environment = z.object({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: "must be a URL such as postgresql://user@host/database" })
    .optional(),
  DATABASE_URL_FILE: z.string().min(1).optional(),
  ORCHESTRATOR_STATE: z.string().min(1).optional(),
  ORCHESTRATOR_CONNECTIONS: count(10),
  ORCHESTRATOR_RUNS: aCount.optional(),
  ORCHESTRATOR_RUNS_OF_PROCESS: count(1_000),
  ORCHESTRATOR_AGENTS: z
    .string()
    .transform((types) => types.split(","))
    .pipe(z.array(symbolicId).max(100))
    .optional(),
  ORCHESTRATOR_LEASE_SECONDS: z.coerce.number().min(1).max(3_600).default(LEASE_SECONDS),
  ORCHESTRATOR_QUEUE: aCount.optional(),
  ORCHESTRATOR_POLL_MS: count(25),
  ORCHESTRATOR_DRAIN_SECONDS: z.coerce.number().min(0).max(3_600).default(20),
  ORCHESTRATOR_RETRY_MS: z.coerce.number().int().min(0).default(1_000),
  ORCHESTRATOR_EVENTS_DAYS: days(usualRetention.events),
  ORCHESTRATOR_IDEMPOTENCY_DAYS: days(usualRetention.idempotencyKeys),
  ORCHESTRATOR_EXECUTIONS_DAYS: days(usualRetention.executions),
  ORCHESTRATOR_WORK_LOG: z.enum(["on", "off"]).default("off"),
  ORCHESTRATOR_PORT: port.optional(),
  ORCHESTRATOR_METRICS_PORT: port.default(0),
  ORCHESTRATOR_HOST: z.string().min(1).default("127.0.0.1"),
  ORCHESTRATOR_PLATFORM: z.string().min(1).default("weathervane"),
  ORCHESTRATOR_PROJECT: z.string().min(1).default("."),
  ORCHESTRATOR_KEYS: z.string().min(1).optional(),
  ORCHESTRATOR_TOKEN_ISSUER: z.string().min(1).default("urn:fairlead:local"),
  ORCHESTRATOR_TOKEN_AUDIENCE: z.string().min(1).default("orchestrator"),
  ORCHESTRATOR_LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  ORCHESTRATOR_EVIDENCE: z.string().min(1).optional(),
  ORCHESTRATOR_EVIDENCE_BYTES: z.coerce.number().int().min(1).optional(),
  ORCHESTRATOR_SESSIONS: z.string().min(1).optional(),
  ORCHESTRATOR_DRILLS: z.enum(["on", "off"]).default("off"),
  ORCHESTRATOR_MODELS: z.string().min(1).optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.url().optional(),
});

/** What one process is told by its environment. */
export interface Settings {
  /** PostgreSQL; without one, a server of its own is started. */
  databaseUrl?: string;
  /** Folder of that server's data; without one, a temporary folder that goes when the process ends. */
  stateFolder?: string;
  /** Connections of the store, and as many of DBOS. */
  connections: number;
  /** Runs at once over all processes (WV-13); absent: as many as the platform's catalog says. */
  runs?: number;
  /** Runs that this process executes at once, at most; those that wait for approval count. */
  runsOfProcess: number;
  /** Types of the agents that the process brings along, beside the pipeline's; absent: those that the platform's catalog names. */
  agentTypes?: string[];
  /** Seconds after which an agent without heartbeat is lost. */
  leaseSeconds: number;
  /** Runs that may wait (NX-4); absent: as many as the platform's catalog says. */
  queue?: number;
  /** Milliseconds between two looks for admitted runs. */
  pollMs: number;
  /** Seconds that steps under way have to end after SIGTERM. */
  drainSeconds: number;
  /** Milliseconds before a step's second attempt; doubled before each further one. */
  retryMs: number;
  /** Whether scripted workers write down what they do. */
  workLog: boolean;
  /** For how many days rows are kept that no run needs any more. */
  keep: Retention;
  /** Where people and other systems are served; absent: this process only works, and others serve. */
  serving?: ServingSettings;
}

/** What a process that serves is told beside. */
export interface ServingSettings {
  host: string;
  /** 0: any free one. */
  port: number;
  metricsPort: number;
  /** The platform of the catalog that the service stands for, and the project that describes it. */
  platform: string;
  project: string;
  tokens: { issuer: string; audience: string; keysFolder: string };
  logLevel: string;
  /** What tasks leave as evidence; what is old there is compressed. */
  evidenceFolder: string;
  /** Bytes that it may hold; absent: what its file system does. */
  evidenceBytes?: number;
  /** Workspaces of sessions and the records of their processes: this machine's own. */
  sessionsFolder: string;
  /** Whether faults may be ordered through the API. */
  drills: boolean;
  /** Names the models and tools that agents work with; without it, every step is done as its script says. */
  modelsFile?: string;
  /** Where traces go, by OTLP over HTTP. */
  tracesEndpoint?: string;
}

type Variables = Record<string, string | undefined>;

/** Reads the environment, and the file that DATABASE_URL_FILE names; throws one error that names each variable that is wrong. */
export function readSettings(variables: Variables): Settings {
  const result = environment.safeParse(withDatabaseUrl(variables));
  if (!result.success)
    throw new Error(
      result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n"),
    );
  const env = result.data;
  if (env.ORCHESTRATOR_MODELS !== undefined && env.ORCHESTRATOR_PORT === undefined)
    throw new Error(
      "ORCHESTRATOR_MODELS: only a process that serves works with models: set ORCHESTRATOR_PORT, 0 for any",
    );
  return {
    ...(env.DATABASE_URL !== undefined && { databaseUrl: env.DATABASE_URL }),
    ...(env.ORCHESTRATOR_STATE !== undefined && { stateFolder: env.ORCHESTRATOR_STATE }),
    connections: env.ORCHESTRATOR_CONNECTIONS,
    ...(env.ORCHESTRATOR_RUNS !== undefined && { runs: env.ORCHESTRATOR_RUNS }),
    runsOfProcess: env.ORCHESTRATOR_RUNS_OF_PROCESS,
    ...(env.ORCHESTRATOR_AGENTS && { agentTypes: env.ORCHESTRATOR_AGENTS }),
    leaseSeconds: env.ORCHESTRATOR_LEASE_SECONDS,
    ...(env.ORCHESTRATOR_QUEUE !== undefined && { queue: env.ORCHESTRATOR_QUEUE }),
    pollMs: env.ORCHESTRATOR_POLL_MS,
    drainSeconds: env.ORCHESTRATOR_DRAIN_SECONDS,
    retryMs: env.ORCHESTRATOR_RETRY_MS,
    workLog: env.ORCHESTRATOR_WORK_LOG === "on",
    keep: {
      events: env.ORCHESTRATOR_EVENTS_DAYS,
      idempotencyKeys: env.ORCHESTRATOR_IDEMPOTENCY_DAYS,
      executions: env.ORCHESTRATOR_EXECUTIONS_DAYS,
    },
    ...(env.ORCHESTRATOR_PORT !== undefined && { serving: servingSettings(env, env.ORCHESTRATOR_PORT) }),
  };
}

/** A mounted Secret is a file, which unlike a variable no child process inherits. */
function withDatabaseUrl(variables: Variables): Variables {
  const { DATABASE_URL, DATABASE_URL_FILE: path } = variables;
  if (path === undefined) return variables;
  if (DATABASE_URL !== undefined)
    throw new Error("DATABASE_URL_FILE: DATABASE_URL is set too; give one of them");
  try {
    return { ...variables, DATABASE_URL: readFileSync(path, "utf8").trim() };
  } catch (error) {
    throw new Error(`DATABASE_URL_FILE: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function servingSettings(env: z.infer<typeof environment>, port: number): ServingSettings {
  if (env.ORCHESTRATOR_KEYS === undefined) {
    throw new Error(
      "ORCHESTRATOR_KEYS: whoever serves needs the folder of public keys that tokens are checked with",
    );
  }
  return {
    host: env.ORCHESTRATOR_HOST,
    port,
    metricsPort: env.ORCHESTRATOR_METRICS_PORT,
    platform: env.ORCHESTRATOR_PLATFORM,
    project: env.ORCHESTRATOR_PROJECT,
    tokens: {
      issuer: env.ORCHESTRATOR_TOKEN_ISSUER,
      audience: env.ORCHESTRATOR_TOKEN_AUDIENCE,
      keysFolder: env.ORCHESTRATOR_KEYS,
    },
    logLevel: env.ORCHESTRATOR_LOG_LEVEL,
    evidenceFolder: env.ORCHESTRATOR_EVIDENCE ?? ownTemporary("evidence"),
    ...(env.ORCHESTRATOR_EVIDENCE_BYTES !== undefined && { evidenceBytes: env.ORCHESTRATOR_EVIDENCE_BYTES }),
    sessionsFolder: env.ORCHESTRATOR_SESSIONS ?? ownTemporary("sessions"),
    drills: env.ORCHESTRATOR_DRILLS === "on",
    ...(env.ORCHESTRATOR_MODELS !== undefined && { modelsFile: env.ORCHESTRATOR_MODELS }),
    ...(env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT !== undefined && {
      tracesEndpoint: env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT,
    }),
  };
}
