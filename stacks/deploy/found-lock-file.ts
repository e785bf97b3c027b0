import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { repeatedKey } from "../../delivery/evidence/repeated-key.ts";
import { type Branch, tipOf } from "../../delivery/promotion/deployers/deploy-branch.ts";
import type { LockFileFound } from "../../delivery/promotion/requirement.ts";
import { lockFile, lockFilePath } from "../../model/lock-file.ts";
import type { Promotion } from "../../model/promotion.ts";
import { ProblemsError } from "../../problems/problem.ts";
import { explainIssues } from "../../problems/zod-issues.ts";

interface LockedPlace {
  root: string;
  platform: string;
  promotion: Promotion;
  environment: string;
}

/** The lock file where promotion writes it: in the project, or on the branch that is deployed from. */
export async function foundLockFile(place: LockedPlace): Promise<LockFileFound> {
  const { root, platform, promotion, environment } = place;
  const path = lockFilePath(platform, environment);
  const deploy = promotion.stops.find((stop) => stop.environment === environment)?.deploy;
  if (deploy?.kind === "git") return onBranch({ ...deploy, root, platform, environment });
  const text = await readFile(join(root, path), "utf8").catch((error: NodeJS.ErrnoException) => error);
  if (typeof text === "string") return read(text);
  return text.code === "ENOENT" ? { kind: "none" } : unreadable(`it cannot be read (${text.code})`);
}

async function onBranch(branch: Branch): Promise<LockFileFound> {
  try {
    const { text } = await tipOf(branch);
    return text === undefined ? { kind: "none" } : read(text);
  } catch (error) {
    const [problem] = error instanceof ProblemsError ? error.problems : [];
    if (!problem) throw error;
    return { kind: "unseen", because: problem.message, wayOut: problem.fix ?? "" };
  }
}

function read(text: string): LockFileFound {
  const value = json(text);
  if (value === undefined)
    return unreadable(
      /^(<{7}|>{7}) /m.test(text)
        ? "it holds the marks of a merge's conflict"
        : "it is not whole, or no JSON",
    );
  const parsed = lockFile.safeParse(value, { jitless: true });
  if (!parsed.success) {
    const [first] = explainIssues(parsed.error.issues, value, lockFile);
    return unreadable(`it is not of the form that promotion writes: ${first?.message}`);
  }
  const twice = repeatedKey(text);
  if (twice !== undefined) return unreadable(`it says "${twice}" twice`);
  const { release, images, promotion, record, token } = parsed.data;
  return { kind: "read", release, images, promotion, record, token };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(because: string): LockFileFound {
  return { kind: "unreadable", because };
}
