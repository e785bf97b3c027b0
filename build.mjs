// Bundles the package into dist/, shared code in chunks. Packages go into the bundle too: finding and reading their hundreds of
// files took longer than everything else at the start of a command. With --types it also writes the declarations that
// catalogs are checked against.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const packs = readdirSync("catalog/packs").map((name) => `catalog/packs/${name}/index.ts`);
const programs = readdirSync("lab/programs").map((name) => `lab/programs/${name}`);

// What packages load and nothing here calls: zip archives (assets are plain files), a test framework's matchers, Terraform's version
// (asked for by blocks that no stack of ours has), translations, builders of Grafana's second form of dashboards. They were 130 ms of
// each command that generates.
const uncalled = new RegExp(
  [
    "node_modules/archiver/index",
    "cdktf/lib/testing/index",
    "cdktf/node_modules/semver/index",
    "zod/v4/locales/index",
    "grafana-foundation-sdk/dist/dashboardv2(?:beta1)?/index",
    "grafana-foundation-sdk/dist/[a-z]+/(?:visualization(?:V2)?|queryV2)Builder[.]gen",
  ]
    .map((file) => `/${file}[.]js$`)
    .join("|"),
);
// Where each token was made: a fifth of the time that stacks take, and no place in the catalog.
const traced = /\/cdktf\/lib\/tokens\/private\/stack-trace\.js$/;
const withoutUncalled = {
  name: "without-uncalled",
  setup({ onLoad }) {
    onLoad({ filter: uncalled }, ({ path }) => ({
      contents: path.includes("/zod/")
        ? "export {};"
        : 'module.exports = () => { throw new Error("left out of the bundle: see build.mjs"); };',
    }));
    onLoad({ filter: traced }, () => ({ contents: "exports.captureStackTrace = () => [];" }));
  },
};

rmSync("dist", { recursive: true, force: true });
await build({
  entryPoints: [
    "cli/main.ts",
    "catalog/index.ts",
    ...packs,
    "stacks/main.ts",
    "stacks/deploy-local.ts",
    "orchestrator/main.ts",
    "orchestrator/issue-token.ts",
    "orchestrator/local-provider.ts",
    "orchestrator/local-tools.ts",
    "orchestrator/sessions/scripted-agent.ts",
    "orchestrator/image/health-check.ts",
    "orchestrator/image/bundle-catalog.ts",
    ...programs,
  ],
  outdir: "dist",
  outbase: ".",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  // Reading 8 MB of source is a tenth of a run. Names stay: a bug report shows them.
  minifySyntax: true,
  minifyWhitespace: true,
  // Native programs and WebAssembly; DBOS and pg look for parts of theirs that may be missing.
  external: JSON.parse(readFileSync("external-packages.json", "utf8")),
  plugins: [withoutUncalled],
  // Node would take its CommonJS build, whose names cannot be imported from a bundle.
  alias: { yaml: fileURLToPath(new URL("node_modules/yaml/browser/index.js", import.meta.url)) },
  banner: {
    js: 'import { createRequire as createRequireOf } from "node:module"; const require = createRequireOf(import.meta.url);',
  },
  chunkNames: "chunks/[name]-[hash]",
  logLevel: "warning",
});
if (process.argv.includes("--types")) {
  execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"], {
    stdio: "inherit",
  });
}
