// In a build of the image: leaves only those dependencies in package.json that the bundles do not hold, so that `npm prune` removes the rest.
import { readFileSync, writeFileSync } from "node:fs";

const externalPackages = JSON.parse(readFileSync("external-packages.json", "utf8"));
const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const kept = Object.entries(manifest.dependencies).filter(([name]) => externalPackages.includes(name));
manifest.dependencies = Object.fromEntries(kept);
writeFileSync("package.json", `${JSON.stringify(manifest, null, 2)}\n`);
