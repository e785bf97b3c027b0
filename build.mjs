// Bundles the package into dist/, shared code in chunks. Packages go into the bundle too: finding and reading their hundreds of
// files took longer than everything else at the start of a command. With --types it also writes the declarations that
// catalogs are checked against. FAIRLEAD_CDK=cdktn builds the stacks on cdktf's continuation.
import { execFileSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { build } from "esbuild";
import { bundling } from "./bundling.mjs";

const packs = readdirSync("catalog/packs").map((name) => `catalog/packs/${name}/index.ts`);
const programs = readdirSync("lab/programs").map((name) => `lab/programs/${name}`);

const options = bundling(process.env.FAIRLEAD_CDK);
rmSync("dist", { recursive: true, force: true });
await build({
  ...options,
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
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
});
if (process.argv.includes("--types")) {
  execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"], {
    stdio: "inherit",
  });
}
