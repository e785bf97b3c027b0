import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: [
      { find: /^fairlead$/, replacement: fileURLToPath(new URL("./catalog/index.ts", import.meta.url)) },
      {
        find: /^fairlead\/packs\/([a-z-]+)$/,
        replacement: `${fileURLToPath(new URL("./catalog/packs/", import.meta.url))}$1/index.ts`,
      },
    ],
  },
  test: {
    globalSetup: ["tests/build-once.ts"],
    setupFiles: ["tests/seeded-samples.ts"],
    include: ["**/*.test.ts"],
    exclude: ["node_modules", "dist", "generated", "cdktf.out", "**/*.long.test.ts"],
    // A machine that does other things beside takes several times as long; a test that hangs is still found.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // What is waited for comes, only later there; vitest's second is for machines that do nothing else.
    expect: { poll: { timeout: 60_000 } },
    // Terraform, API servers and promtool live for seconds: collecting garbage is a fifth of what they do, unless it is allowed to pile up.
    env: { GOGC: "300" },
    // One more than the cores that there usually are: clusters, labs and k6 are waited for much of the time.
    maxWorkers: 3,
  },
});
