import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { canonicalJson } from "../../model/canonical-json.ts";
import { digest } from "../release/release.ts";
import { ledgerError } from "./fault.ts";
import type { Head } from "./ledger.ts";

const seenHeads = z.record(z.string(), z.strictObject({ number: z.int().min(1), digest }));
const FILE = ".fairlead/heads.json";

/** The last head of each ledger that was seen from a project: a ledger whose tail is cut off together with its head is shorter than that. */
export class SeenHeads {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** The last head that was seen of a ledger; undefined where none was. */
  async of(ledger: string): Promise<Head | undefined> {
    return (await this.#read())[ledger];
  }

  /**
   * Remembers a head that is further than the one before. Where nothing can be written nothing is remembered: a ledger can be read from a folder
   * that cannot be written to.
   */
  async remember(ledger: string, head: Head): Promise<void> {
    const seen = await this.#read();
    if ((seen[ledger]?.number ?? 0) >= head.number) return;
    const path = join(this.#root, FILE);
    const made = `${path}.${randomUUID()}`;
    try {
      await mkdir(join(this.#root, ".fairlead"), { recursive: true });
      await writeFile(made, `${canonicalJson({ ...seen, [ledger]: head }, 2)}\n`, { flag: "wx" });
      await rename(made, path);
    } catch {
      await rm(made, { force: true }).catch(() => undefined);
    }
  }

  async #read(): Promise<Record<string, Head>> {
    const text = await readFile(join(this.#root, FILE), "utf8").catch(() => undefined);
    if (text === undefined) return {};
    try {
      return seenHeads.parse(JSON.parse(text));
    } catch {
      throw ledgerError({
        why: "head",
        message: `${FILE}, which remembers how long each ledger was, is not as it was written`,
        fix: "compare the ledger with a copy from elsewhere (fairlead verify --head DIGEST); then remove the file",
      });
    }
  }
}
