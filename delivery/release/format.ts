import { canonicalJson } from "../../model/canonical-json.ts";
import { printable } from "../../problems/printable.ts";
import type { CreatedRelease } from "./create.ts";
import type { KnownRelease } from "./find.ts";
import type { Release } from "./release.ts";

/** What was made, for a person. */
export function formatCreated({ digest, release, kept, isNew }: CreatedRelease): string {
  const head = isNew ? `Release ${digest}` : `Release ${digest} was there already: nothing is written.`;
  const stayed = kept.length > 0 ? [`As in the release before: ${kept.join(", ")}.`] : [];
  return [head, ...linesOf(release), ...stayed, ""].join("\n");
}

/** A release, for a person. */
export function formatRelease({ digest, at, by, release }: KnownRelease): string {
  return [`Release ${digest}`, `  made      ${at} by ${printable(by)}`, ...linesOf(release), ""].join("\n");
}

/** Releases one a line, newest first, for a person. */
export function formatReleases(releases: readonly KnownRelease[]): string {
  if (releases.length === 0) return "There is no release yet: fairlead release create makes one.\n";
  return [...releases]
    .reverse()
    .map(({ digest, at, by, release }) => {
      const hotfix = release.hotfix === undefined ? "" : `  hotfix: ${printable(release.hotfix)}`;
      const id = digest.slice("sha256:".length, "sha256:".length + 12);
      return `${id}  ${at}  commit ${release.commit.slice(0, 12)}  ${printable(by)}${hotfix}\n`;
    })
    .join("");
}

/** The same for a program. */
export function releaseJson(value: object): string {
  return `${canonicalJson(value, 2)}\n`;
}

function linesOf({ platform, commit, catalog, policies, images, hotfix }: Release): string[] {
  const lines = [
    `  platform  ${platform}`,
    `  commit    ${commit}`,
    `  catalog   ${catalog}`,
    `  policies  ${policies}`,
    ...(hotfix === undefined ? [] : [`  hotfix    ${printable(hotfix)}`]),
  ];
  const services = Object.entries(images).map(([service, image]) => `  image     ${service} ${image}`);
  return [...lines, ...services];
}
