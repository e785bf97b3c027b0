import { canonicalJson } from "../../model/canonical-json.ts";
import type { LockFile } from "../../model/lock-file.ts";

export type { LockFile } from "../../model/lock-file.ts";

/** The text of an environment's lock file: equal content, equal bytes. */
export function lockFileText(file: LockFile): string {
  return `${canonicalJson(file, 2)}\n`;
}
