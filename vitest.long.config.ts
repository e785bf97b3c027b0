import { defineConfig } from "vitest/config";
import usual from "./vitest.config.ts";

/** `npm run test:long`: what takes minutes and need not run at every change. */
export default defineConfig({
  ...usual,
  test: {
    ...usual.test,
    include: ["**/*.long.test.ts"],
    exclude: ["node_modules", "dist"],
    testTimeout: 600_000,
  },
});
