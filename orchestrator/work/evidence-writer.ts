import { createHash } from "node:crypto";
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Assignment } from "../domain/agent.ts";
import type { Scrub } from "../security/redaction.ts";

/** A run has written as much evidence as it may (WV-14): it must be stopped. */
export class EvidenceSpent extends Error {
  override readonly name = "EvidenceSpent";
  readonly permanent = true;
  constructor(runId: string, { bytes, limit }: { bytes: number; limit: number }) {
    super(`run ${runId} would have ${bytes} bytes of evidence, and may have ${limit}`);
  }
}

interface EvidenceOptions {
  folder: string;
  /** Bytes of a run, all its files together. */
  perRun: number;
  /** Whether files may be written now: not while the disk is nearly full. */
  mayWrite: () => boolean;
  scrub: Scrub;
}

/** Writes down what an agent found for those who judge it; gives the bytes that it takes. */
export type WriteEvidence = (assignment: Assignment, evidence: unknown) => Promise<number>;

/**
 * Writes evidence to `FOLDER/RUN/STEP-ATTEMPT.json`, with no secret in it; the same attempt done again writes the same file. Throws an
 * EvidenceSpent before the run passes its limit. While nothing may be written it keeps nothing, and gives 0.
 */
export function evidenceWriter({ folder, perRun, mayWrite, scrub }: EvidenceOptions): WriteEvidence {
  return async ({ runId, stepId, attempt }, evidence) => {
    if (!mayWrite()) return 0;
    const text = `${scrub(JSON.stringify(evidence))}\n`;
    const own = join(folder, fileName(runId));
    const name = `${fileName(stepId)}-${attempt}.json`;
    await mkdir(own, { recursive: true, mode: 0o700 });
    const bytes = Buffer.byteLength(text);
    const all = (await sizeOf(own, name)) + bytes;
    if (all > perRun) throw new EvidenceSpent(runId, { bytes: all, limit: perRun });
    await writeFile(join(own, name), text, { mode: 0o600 });
    return bytes;
  };
}

/** An id as a file name: what is more than letters, digits and hyphens becomes a digest, so that no name leads elsewhere. */
function fileName(id: string): string {
  return /^[a-z0-9-]{1,100}$/.test(id) ? id : createHash("sha256").update(id).digest("hex").slice(0, 32);
}

/** Bytes of the files in a folder, but for the one of that name; files that are compressed meanwhile do not count. */
async function sizeOf(folder: string, but: string): Promise<number> {
  const names = (await readdir(folder)).filter((name) => name !== but);
  const sizes = names.map((name) =>
    stat(join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((total, size) => total + size, 0);
}
