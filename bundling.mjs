// How everything here is bundled: by `build.mjs`, and by the tests and benchmarks that bundle a part.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

// What packages load and nothing here calls: zip archives (assets are plain files), a test framework's matchers, Terraform's version
// (asked for by blocks that no stack of ours has), translations, builders of Grafana's second form of dashboards. They were 130 ms of
// each command that generates.
const uncalled = new RegExp(
  [
    "node_modules/archiver/index",
    "cdkt[fn]/lib/testing/index",
    "cdkt[fn]/node_modules/semver/index",
    "zod/v4/locales/index",
    "grafana-foundation-sdk/dist/dashboardv2(?:beta1)?/index",
    "grafana-foundation-sdk/dist/[a-z]+/(?:visualization(?:V2)?|queryV2)Builder[.]gen",
  ]
    .map((file) => `/${file}[.]js$`)
    .join("|"),
);
// Where each token was made: a fifth of the time that stacks take, and no place in the catalog.
const traced = /\/cdkt[fn]\/lib\/tokens\/private\/stack-trace\.js$/;
const withoutUncalled = {
  name: "without-uncalled",
  setup({ onLoad }) {
    onLoad({ filter: uncalled }, ({ path }) => ({
      contents: path.includes("/zod/")
        ? "export {};"
        : 'module.exports = () => { throw new Error("left out of the bundle: see bundling.mjs"); };',
    }));
    onLoad({ filter: traced }, () => ({
      contents: "exports.captureStackTrace = exports.captureCreationStack = () => [];",
    }));
  },
};

// Which packages stand for those that the stacks import. cdktn is the continuation of cdktf, which is archived; it takes the bindings of
// cdktf's providers as they are (docs/decisions/0169-cdktn-is-one-switch.md).
const CDKS = { cdktf: {}, cdktn: { cdktf: "cdktn" } };

/** Options of esbuild, on `cdktf` or `cdktn`. Throws for any other name. */
export function bundling(cdk = "cdktf") {
  if (!Object.hasOwn(CDKS, cdk))
    throw new Error(`FAIRLEAD_CDK is "${cdk}": it is one of ${Object.keys(CDKS).join(", ")}`);
  return {
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    // Reading 8 MB of source is a tenth of a run. Names stay: a bug report shows them.
    minifySyntax: true,
    minifyWhitespace: true,
    // Native programs and WebAssembly; DBOS and pg look for parts of theirs that may be missing.
    external: JSON.parse(readFileSync(new URL("external-packages.json", import.meta.url), "utf8")),
    plugins: [withoutUncalled],
    // Node would take its CommonJS build, whose names cannot be imported from a bundle.
    alias: {
      yaml: fileURLToPath(new URL("node_modules/yaml/browser/index.js", import.meta.url)),
      ...CDKS[cdk],
    },
    banner: {
      js: 'import { createRequire as createRequireOf } from "node:module"; const require = createRequireOf(import.meta.url);',
    },
    logLevel: "warning",
  };
}
