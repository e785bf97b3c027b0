import type { AddressInfo } from "node:net";
import type { FastifyBaseLogger } from "fastify";
import type { Clock } from "../clock.ts";
import type { RecordEvent } from "../domain/event.ts";
import { keysInFolder } from "../security/keys.ts";
import { openLimits } from "../security/limits.ts";
import { type PaceLimits, pacing, usualLimits } from "../security/pacing.ts";
import type { Scrub } from "../security/redaction.ts";
import { tokenVerifier } from "../security/tokens.ts";
import type { Store } from "../store/database.ts";
import type { LiveReaders } from "../telemetry/live-readers.ts";
import type { Api } from "./api.ts";
import { type EngineFace, type EnginePortsOptions, enginePorts } from "./engine-ports.ts";
import { eventWakeUps } from "./event-wakeups.ts";
import type { Ports } from "./ports.ts";
import { createApi, type Patience } from "./server.ts";

export interface StartOptions {
  store: Store;
  engine: EngineFace & { record: RecordEvent };
  /** Whose face is shown beside the common one. */
  platform: string;
  version: string;
  modes: Ports["modes"];
  signals: Ports["signals"];
  breakers: () => Record<string, "closed" | "open" | "half-open">;
  metrics: Ports["metrics"];
  hive?: NonNullable<EnginePortsOptions["hive"]>;
  log: FastifyBaseLogger;
  /** Masks secrets in what clients send. */
  scrub: Scrub;
  clock: Clock;
  /** Whether only those who may change the mode are let in now (AH-6). */
  locked?: () => boolean;
  /** Who issues the tokens, for whom, and the folder of public keys. */
  tokens: { issuer: string; audience: string; keysFolder: string };
  limits?: PaceLimits;
  /** Milliseconds after which limits are counted without the database. */
  limitTimeoutMs?: number;
  patience?: Partial<Patience>;
  /** Counts live readers. */
  readers?: LiveReaders;
  /** Adds what counts requests. */
  observe?: (api: Api) => void;
  /** Replaces ports; tests make some fail. */
  adapt?: (ports: Ports) => Ports;
  host: string;
  /** 0: any free one. */
  port: number;
}

export interface RunningApi {
  url: string;
  /** Ends live streams, lets requests finish, takes no new ones. */
  close(): Promise<void>;
}

/** Serves the API on a port. Throws before it listens if the public keys cannot be read: nobody could get in. */
export async function startApi(options: StartOptions): Promise<RunningApi> {
  const { store, engine, clock, tokens, limits = usualLimits, limitTimeoutMs } = options;
  const { adapt, host, port, log } = options;
  const keys = keysInFolder(tokens.keysFolder);
  const first = await keys();
  const limitStore = await openLimits(store.url, { clock, storeTimeoutMs: limitTimeoutMs });
  const wakeUps = eventWakeUps(store.url);
  const ports = enginePorts({ ...options, wakeUps });
  const api = await createApi({
    ...options,
    ports: adapt?.(ports) ?? ports,
    verify: tokenVerifier({
      ...{ ...tokens, keys, first, clock },
      onUnreadable: (err, times) =>
        log.error({ err, times }, "the public keys cannot be read: those that were read last hold"),
    }),
    count: pacing(limitStore, limits),
    record: engine.record,
  });
  await api.listen({ host, port });
  return {
    url: `http://${host}:${(api.server.address() as AddressInfo).port}`,
    close: async () => {
      await api.close();
      await Promise.all([wakeUps.close(), limitStore.close()]);
    },
  };
}
