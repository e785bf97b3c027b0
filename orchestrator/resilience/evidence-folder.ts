import { mkdir } from "node:fs/promises";
import type { Platform } from "../../model/model.ts";
import type { Clock } from "../clock.ts";
import type { RecordEvent } from "../domain/event.ts";
import type { Store } from "../store/database.ts";
import { compressArtifacts, oldestUncompressed } from "./compress-artifacts.ts";
import { limitOf } from "./platform-limits.ts";
import { recordRemedy, recoveryLimitsOf, remedyFor } from "./recovery.ts";
import type { Resilience } from "./resilience.ts";
import { type DiskSpace, folderBytes, spaceOf } from "./resource-usage.ts";

export interface EvidenceContext {
  platform: Pick<Platform, "limits">;
  resilience: Pick<Resilience, "breakers">;
  store: Pick<Store, "pool">;
  folder: string;
  /** Bytes that the folder may hold; without it, what its file system does. */
  capacityBytes?: number | undefined;
  clock: Clock;
  record: RecordEvent;
  onError: (error: Error) => void;
}

/** Looks after the folder of evidence. */
export interface EvidenceFolder {
  /** Age of the oldest file that is not compressed, in seconds; 0 where there is none. */
  oldestUncompressedSeconds(): Promise<number>;
  /** The space that evidence has: what the breaker is measured by, and monitoring told. */
  space(): Promise<DiskSpace>;
  /** Measures the disk and compresses, until the signal comes. */
  watch(signal: AbortSignal): Promise<void>;
}

const LOOK_MS = 1_000;
/** Looks between two runs of the compression while there is space. */
const RUN_LOOKS = 60;
/** While the disk is nearly full, whatever has not changed for a minute is compressed: our reading (WV-15). */
const PRESSED_SECONDS = 60;
/** Key of the advisory lock under which one process compresses: the folder is one volume for all (WV-0). */
const compressionLock = 7_401_340;

/** Measures how full the evidence disk is for the breaker `file-io`, and compresses what is old (WV-11, WV-14, WV-15). */
export async function openEvidenceFolder(context: EvidenceContext): Promise<EvidenceFolder> {
  const { folder, clock, resilience, onError } = context;
  await mkdir(folder, { recursive: true, mode: 0o750 });
  const breaker = resilience.breakers.get("file-io");
  return {
    oldestUncompressedSeconds: () => oldestUncompressed(folder, clock.now()),
    space: () => spaceOfEvidence(context),
    async watch(signal) {
      for (let look = 0; !signal.aborted; look++) {
        const level = breaker && (await usedRatio(context).catch(tell(onError)));
        if (level !== undefined) await breaker?.measure(level).catch(onError);
        const isPressed = breaker?.actions.some((action) => action.do === "compress-artifacts") ?? false;
        if (isPressed || look % RUN_LOOKS === 0)
          await compress(context, { isPressed, signal }).catch(onError);
        await clock.sleep(LOOK_MS, signal).catch(() => undefined);
      }
    },
  };
}

/** What is done about a full disk is told once, by the process that opened the breaker. */
export function tellOfFullDisk(
  event: { type: string; breaker?: string; state?: string },
  { platform, record }: Pick<EvidenceContext, "platform" | "record">,
): void {
  if (event.type !== "breaker.changed" || event.breaker !== "file-io" || event.state !== "open") return;
  recordRemedy(record, remedyFor({ kind: "disk" }, recoveryLimitsOf(platform)));
}

async function spaceOfEvidence({ folder, capacityBytes }: EvidenceContext): Promise<DiskSpace> {
  if (capacityBytes === undefined) return spaceOf(folder);
  const used = await folderBytes(folder);
  const size = Math.max(used, capacityBytes);
  return { size, used, free: size - used, reserved: 0 };
}

/** Share of it that is used, 0 to 1, as those see it who are not root. */
async function usedRatio(context: EvidenceContext): Promise<number> {
  const { size, free } = await spaceOfEvidence(context);
  return size > 0 ? 1 - free / size : 0;
}

async function compress(
  { platform, store, folder, clock, record }: EvidenceContext,
  { isPressed, signal }: { isPressed: boolean; signal: AbortSignal },
): Promise<void> {
  const limit = limitOf(platform, "uncompressed-artifacts");
  if (!limit) return;
  const olderThanSeconds = isPressed ? Math.min(PRESSED_SECONDS, limit.atMost) : limit.atMost;
  await withLock(store.pool, () =>
    compressArtifacts({ folder, olderThanSeconds, now: clock.now(), record, signal }),
  );
}

/** Does it unless another process does. The lock is the session's: inside of a transaction nobody may be silent for as long as this takes. */
async function withLock(pool: Store["pool"], work: () => Promise<unknown>): Promise<void> {
  const session = await pool.connect();
  try {
    const { rows } = await session.query<{ mine: boolean }>("SELECT pg_try_advisory_lock($1) AS mine", [
      compressionLock,
    ]);
    if (rows[0]?.mine) {
      await work();
      await session.query("SELECT pg_advisory_unlock($1)", [compressionLock]);
    }
    session.release();
  } catch (error) {
    // Ends the session, and with it the lock.
    session.release(true);
    throw error;
  }
}

const tell = (onError: (error: Error) => void) => (error: Error) => {
  onError(error);
  return undefined;
};
