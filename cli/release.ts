import { type DeliveryState, stateOf } from "../delivery/promotion/state.ts";
import { releasableCommit } from "../delivery/release/commit.ts";
import { createRelease } from "../delivery/release/create.ts";
import { findRelease, releasesOf } from "../delivery/release/find.ts";
import { formatCreated, formatRelease, formatReleases, releaseJson } from "../delivery/release/format.ts";
import { checkOut } from "../diff/revision.ts";
import type { Platform } from "../model/model.ts";
import type { Project } from "../model/project.ts";
import { atDesk } from "../stacks/deploy/promotion-desk.ts";
import { atChosenDesk } from "./at-chosen-desk.ts";
import { chosenPlatform } from "./chosen-platform.ts";
import { exitCodes } from "./exit-codes.ts";
import { loadForLedger } from "./load-for-ledger.ts";
import { report } from "./report.ts";

/** What every `fairlead release …` is told. */
export interface ReleaseOptions {
  platform?: string;
  format: "text" | "json";
}

/** What `fairlead release create` is told. */
export interface CreateOptions extends ReleaseOptions {
  image: Record<string, string>;
  commit: string;
  hotfix?: string;
}

/** `fairlead release create --image SERVICE=NAME@sha256:DIGEST --commit SHA`. */
export function create({ image, commit: revision, hotfix, ...options }: CreateOptions): Promise<number> {
  return report("release", options, async () => {
    const project = await loadForLedger(process.cwd());
    const now = chosenPlatform(project, options.platform);
    const commit = await releasableCommit(project.root, { revision, except: writtenByPromotion(now) });
    const platform = await platformAt(commit, { project, name: now.name });
    const created = await atDesk({ root: project.root, platform: now, env: process.env }, ({ ledger }) =>
      createRelease(ledger, { platform, commit, images: image, hotfix }),
    );
    return {
      problems: [],
      own: { text: () => formatCreated(created), json: () => releaseJson({ version: 1, ...created }) },
      exitCode: exitCodes.done,
    };
  });
}

/** `fairlead release show DIGEST`. */
export function show(begin: string, options: ReleaseOptions): Promise<number> {
  return report("release", options, async () => {
    const found = findRelease(await stateIn(options), begin);
    return {
      problems: [],
      own: { text: () => formatRelease(found), json: () => releaseJson({ version: 1, ...found }) },
      exitCode: exitCodes.done,
    };
  });
}

/** `fairlead release list`. */
export function list(options: ReleaseOptions): Promise<number> {
  return report("release", options, async () => {
    const releases = releasesOf(await stateIn(options));
    return {
      problems: [],
      own: { text: () => formatReleases(releases), json: () => releaseJson({ version: 1, releases }) },
      exitCode: exitCodes.done,
    };
  });
}

function stateIn({ platform }: ReleaseOptions): Promise<DeliveryState> {
  return atChosenDesk({ platform, env: undefined, looks: "as anybody" }, async ({ ledger }) =>
    stateOf((await ledger.read()).records),
  );
}

/** The platform as a commit describes it, whatever lies in the working tree. */
async function platformAt(
  commit: string,
  { project, name }: { project: Project; name: string },
): Promise<Platform> {
  const { folder, remove } = await checkOut(commit, project.root);
  try {
    return chosenPlatform(await loadForLedger(folder), name);
  } finally {
    await remove();
  }
}

/** Promotion writes lock files, and a ledger in a folder: neither is what a release is made of. */
function writtenByPromotion({ promotion }: Platform): string[] {
  const folder = promotion?.ledger.kind === "folder" ? [promotion.ledger.folder] : [];
  return ["promotion", ".fairlead", ...folder];
}
