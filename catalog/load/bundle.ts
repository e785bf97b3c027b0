import { readFile } from "node:fs/promises";
import path from "node:path";
import type { BuildFailure, BuildResult, Loader, OnLoadArgs, Plugin } from "esbuild";
import type { Problem } from "../../problems/problem.ts";
import { messageProblems } from "./bundle-messages.ts";
import { applyEdits, type Edit } from "./edits.ts";
import type { PlatformFile } from "./find-platforms.ts";
import { cycleProblems } from "./import-cycles.ts";
import { instrument } from "./instrument.ts";
import { ENGINE, resolveImports } from "./resolve-imports.ts";
import { withoutByteOrderMark } from "./text-lines.ts";

/** A file that went into a bundle. */
export interface BundleInput {
  text: string;
  /** The files of the bundle that its imports led to, by what the import says. */
  imports: Record<string, string>;
  /** What was changed before esbuild saw it. */
  edits: readonly Edit[];
  /** True for Fairlead's own files. */
  engine: boolean;
}

/** JavaScript made of one or more platforms, ready to be written and run. */
export interface Bundle {
  /** Name and text of each file to write; they refer to each other by name. */
  files: Record<string, string>;
  /** The file that each platform begins with, by the platform's source file. */
  entries: Record<string, string>;
  /** By path relative to the project root. */
  inputs: Map<string, BundleInput>;
}

/** The project's root, and what `fairlead` means in its catalog. */
export interface BundleOptions {
  root: string;
  fairleadEntry: string;
}

/**
 * Bundles all platforms in one build, so that what they share exists once. Platforms that cannot be bundled are left
 * out and each of their problems is reported, some more than once.
 */
export async function bundlePlatforms(platforms: readonly PlatformFile[], options: BundleOptions) {
  const loaded = new Map<string, BundleInput>();
  const problems: Problem[] = [];
  const attempt = async (chosen: readonly PlatformFile[]) => {
    const built = await build(chosen, options, loaded);
    problems.push(
      ...(await messageProblems([...built.errors, ...built.warnings], { ...options, inputs: loaded })),
    );
    return built.bundle;
  };
  let bundle = await attempt(platforms);
  if (!bundle && platforms.length > 1) {
    const whole: PlatformFile[] = [];
    for (const platform of platforms) if (await attempt([platform])) whole.push(platform);
    bundle = whole.length > 0 ? await attempt(whole) : undefined;
  }
  if (bundle) problems.push(...cycleProblems(bundle.inputs));
  return { bundle, problems };
}

async function build(
  platforms: readonly PlatformFile[],
  options: BundleOptions,
  loaded: Map<string, BundleInput>,
) {
  const { root } = options;
  const esbuild = await import("esbuild");
  try {
    const result = await esbuild.build({
      entryPoints: platforms.map(({ file }, i) => ({ in: path.join(root, file), out: `platform-${i}` })),
      absWorkingDir: root,
      outdir: path.join(root, outputFolder),
      outExtension: { ".js": ".mjs" },
      chunkNames: "shared-[hash]",
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      target: "node20",
      conditions: [],
      sourcemap: "external",
      sourcesContent: false,
      metafile: true,
      write: false,
      logLevel: "silent",
      plugins: [resolveImports(options), readInputs(root, loaded)],
    });
    return { bundle: toBundle(result, loaded), errors: [], warnings: result.warnings };
  } catch (error) {
    if (!(error instanceof Error) || !("errors" in error)) throw error;
    const { errors, warnings } = error as BuildFailure;
    return { bundle: undefined, errors, warnings };
  }
}

/** Where the bundle is said to be written: paths in its source maps are relative to this folder of the project. */
export const outputFolder = "_";

function readInputs(root: string, loaded: Map<string, BundleInput>): Plugin {
  return {
    name: "fairlead-positions",
    setup(build) {
      build.onLoad({ filter: /./, namespace: "file" }, async (args) => {
        const input = await readInput(root, args, loaded);
        return {
          contents: applyEdits(input.text, input.edits),
          loader: "default" as Loader,
          pluginData: args.pluginData,
        };
      });
    },
  };
}

async function readInput(
  root: string,
  args: OnLoadArgs,
  loaded: Map<string, BundleInput>,
): Promise<BundleInput> {
  const file = relativeTo(root, args.path);
  const known = loaded.get(file);
  if (known) return known;
  const text = withoutByteOrderMark(await readFile(args.path, "utf8"));
  const engine = args.pluginData === ENGINE;
  const isCode = /\.[cm]?[jt]sx?$/.test(file);
  const edits = isCode && !engine ? editsOf(root, file, text) : [];
  const input = { text, imports: {}, edits, engine };
  loaded.set(file, input);
  return input;
}

// While a catalog is watched, one file changes at a time.
const instrumented = new Map<string, { text: string; edits: readonly Edit[] }>();

function editsOf(root: string, file: string, text: string): readonly Edit[] {
  const key = path.resolve(root, file);
  const known = instrumented.get(key);
  if (known?.text === text) return known.edits;
  const edits = instrument(root, file, text) ?? [];
  instrumented.set(key, { text, edits });
  return edits;
}

function toBundle(
  result: BuildResult<{ metafile: true; write: false }>,
  loaded: Map<string, BundleInput>,
): Bundle {
  const { inputs, outputs } = result.metafile;
  const files = Object.fromEntries(result.outputFiles.map((f) => [path.basename(f.path), f.text]));
  const entries: Record<string, string> = {};
  for (const [output, { entryPoint }] of Object.entries(outputs)) {
    if (entryPoint !== undefined) entries[entryPoint] = path.posix.basename(output);
  }
  const used = new Map<string, BundleInput>();
  for (const [file, { imports }] of Object.entries(inputs)) {
    const input = loaded.get(file);
    if (!input) continue; // a stand-in of the plugin's
    const local = imports.filter((i) => !i.external && i.original !== undefined);
    used.set(file, { ...input, imports: Object.fromEntries(local.map((i) => [i.original, i.path])) });
  }
  return { files, entries, inputs: used };
}

/** A path below (or beside) the project root as problems show it: relative, with forward slashes. */
export function relativeTo(root: string, file: string): string {
  return path.relative(root, file).split(path.sep).join("/");
}
