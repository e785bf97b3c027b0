import { execFileSync } from "node:child_process";
import { defineConfig } from "vitest/config";
import usual from "./vitest.config.ts";

// Tests that draw samples run here with their full counts (tests/how-many.ts).
const sampled = execFileSync("git", ["grep", "-l", "howMany(", "--", "*.test.ts"], { encoding: "utf8" })
  .trim()
  .split("\n");

/** `npm run test:long`: what takes minutes and need not run at every change. */
export default defineConfig({
  ...usual,
  test: {
    ...usual.test,
    include: ["**/*.long.test.ts", ...sampled],
    exclude: ["node_modules", "dist"],
    env: { ...usual.test?.env, FAIRLEAD_LONG: "1" },
    testTimeout: 3_600_000,
  },
});
