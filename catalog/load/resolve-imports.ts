import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import type { BundleOptions } from "./bundle.ts";

/** Marks the files of Fairlead itself, which are bundled from a checkout but are no part of the catalog. */
export const ENGINE = { engine: true } as const;

// Marks a question to esbuild itself, so that this plugin does not answer it again.
const ASKING = { asking: true } as const;

/**
 * An esbuild plugin that finds what a catalog imports: `fairlead` and `fairlead/packs/NAME` are the package that runs, packages
 * stay outside the bundle and must exist, everything else belongs to the catalog.
 */
export function resolveImports({ root, fairleadEntry }: BundleOptions): Plugin {
  return {
    name: "fairlead-imports",
    setup(build) {
      build.onResolve({ filter: /^file:/ }, ({ path: url }) => ({ path: url, external: true }));
      build.onResolve({ filter: /^fairlead$/ }, () => fairlead(fairleadEntry));
      build.onResolve({ filter: /^fairlead\/packs\/[a-z0-9-]+$/ }, (args) =>
        pack(path.basename(args.path), { root, fairleadEntry }),
      );
      build.onResolve({ filter: /./ }, (args) => {
        if (args.kind === "entry-point" || args.pluginData === ASKING || args.namespace === "fairlead")
          return undefined;
        if (args.pluginData === ENGINE) return engineImport(build, args);
        return isRelative(args.path) ? undefined : packageImport(build, args);
      });
      build.onLoad({ filter: /./, namespace: "fairlead" }, async ({ path: entry }) => {
        const url = pathToFileURL(entry).href;
        const names = Object.keys((await import(url)) as object).filter((name) => name !== "default");
        return { contents: `export { ${names.join(", ")} } from ${JSON.stringify(url)};`, loader: "js" };
      });
    },
  };
}

/** True for what a file imports by its place, not by a package's name or an alias. */
export function isRelative(specifier: string): boolean {
  return specifier.startsWith(".") || path.isAbsolute(specifier);
}

// A built Fairlead is the very module that runs; only its names are listed, so that esbuild can report a wrong one.
// A checkout is TypeScript, which Node 20 cannot run.
function fairlead(entry: string): OnResolveResult {
  if (/\.[cm]?ts$/.test(entry)) return { path: entry, pluginData: ENGINE };
  return { path: entry, namespace: "fairlead", sideEffects: false };
}

// A pack whose source belongs to the project is a part of its catalog: problems in it are shown there. Anybody else's problems
// are shown where the project includes it, since a built pack notes nothing of where its objects are written.
function pack(name: string, { root, fairleadEntry }: BundleOptions): OnResolveResult | undefined {
  const below = path.relative(root, fairleadEntry);
  const isOwn = !below.startsWith("..") && !path.isAbsolute(below) && !isInPackage(below);
  const source = path.join(root, "catalog", "packs", name, "index.ts");
  if (isOwn && existsSync(source)) return { path: source };
  const entry = path.join(path.dirname(fairleadEntry), "packs", name, `index${path.extname(fairleadEntry)}`);
  return existsSync(entry) ? fairlead(entry) : undefined;
}

async function engineImport(build: PluginBuild, args: OnResolveArgs): Promise<OnResolveResult> {
  const found = await ask(build, args);
  if (found.external || found.errors.length > 0) return { path: args.path, external: true };
  // The bundle stands in the user's project, where Fairlead's own packages may not be found by name.
  if (isInPackage(found.path)) return { path: pathToFileURL(found.path).href, external: true };
  return { path: found.path, pluginData: ENGINE };
}

async function packageImport(build: PluginBuild, args: OnResolveArgs): Promise<OnResolveResult | undefined> {
  const found = await ask(build, args);
  if (found.errors.length > 0) return undefined; // esbuild reports it at its place
  if (found.external || isInPackage(found.path)) return { path: args.path, external: true };
  return { path: found.path };
}

function ask(build: PluginBuild, { path: specifier, importer, resolveDir, kind }: OnResolveArgs) {
  return build.resolve(specifier, { importer, resolveDir, kind, pluginData: ASKING });
}

function isInPackage(file: string): boolean {
  return file.split(path.sep).includes("node_modules");
}
