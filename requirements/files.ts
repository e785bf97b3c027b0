import { posix } from "node:path";
import type { Link } from "mdast";
import type { Artifact, Platform } from "../model/model.ts";

/**
 * Links from a page to generated files, sorted. Of a file that each environment has, the one of the platform's last environment;
 * of a page's two forms, the one that is read here.
 */
export function fileLinks(page: string, platform: Platform, artifacts: readonly Artifact[]): Link[] {
  const paths = artifacts.map((artifact) => artifact.path).sort();
  const shown = new Map<string, string>();
  for (const path of paths) {
    if (path.endsWith(".html") && paths.includes(path.replace(/\.html$/, ".md"))) continue;
    const [, kind = "", , environment = "", ...rest] = path.split("/");
    const differs = rest.length > 0 && platform.environments.some((e) => e.name === environment);
    shown.set(differs ? [kind, ...rest].join("/") : `${kind}/${posix.basename(path)}`, path);
  }
  return [...shown].map(([name, path]) => ({
    type: "link",
    url: posix.relative(posix.dirname(page), path),
    children: [{ type: "text", value: name }],
  }));
}
