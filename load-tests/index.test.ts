import { readFileSync } from "node:fs";
import { execa } from "execa";
import fc from "fast-check";
import { expect, test } from "vitest";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { loadTests } from "./index.ts";
import type { Profile } from "./profile.ts";

const model = modelOf([shop], policies);
const script = readFileSync(new URL("./scripts/http.js", import.meta.url), "utf8");

test("each profile gets the hand-written script and its own data", () => {
  const artifacts = loadTests(model);
  expect(artifacts.map((a) => a.path)).toEqual([
    "generated/load-tests/shop/load/profile.json",
    "generated/load-tests/shop/load/script.js",
    "generated/load-tests/shop/smoke/profile.json",
    "generated/load-tests/shop/smoke/script.js",
  ]);
  for (const { path, content } of artifacts) if (path.endsWith(".js")) expect(content).toBe(script);
  expect(artifacts.map((a) => a.origin.label)).toEqual([
    "loadProfiles.load",
    "loadProfiles.load",
    "loadProfiles.smoke",
    "loadProfiles.smoke",
  ]);
});

test("the data of a profile is what k6 and the script need", () => {
  const smoke = loadTests(model).find((a) => a.path.endsWith("smoke/profile.json"));
  expect(JSON.parse(smoke?.content ?? "")).toMatchObject({
    platform: "shop",
    profile: "smoke",
    baseUrl: "http://127.0.0.1:8080",
    options: {
      scenarios: { load: { executor: "constant-arrival-rate", rate: 5, timeUnit: "1s", duration: "30s" } },
      summaryTrendStats: expect.arrayContaining(["p(50)", "p(95)", "p(99)"]),
      tags: { platform: "shop", profile: "smoke" },
    },
    requests: [
      { name: "list", method: "GET", path: "/orders?limit=10", expect: [200], weight: 3 },
      { name: "place", method: "POST", path: "/orders", body: { item: "book" }, expect: [201], weight: 1 },
    ],
  });
});

test("whatever the catalog says stays data: the script does not change and the JSON gives it back", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(`\${x}`, "%{x}", "{{x}}", "`", "\"'\\", "*/", "\n"),
  );
  fc.assert(
    fc.property(hostile, fc.jsonValue(), (title, body) => {
      const changed = structuredClone(model);
      for (const profile of changed.platforms[0]?.loadProfiles ?? []) {
        profile.title = title;
        for (const request of profile.requests) request.body = body;
      }
      for (const { path, content } of loadTests(changed)) {
        if (path.endsWith(".js")) expect(content).toBe(script);
        else {
          const document = JSON.parse(content) as Profile;
          expect(document.title).toBe(title);
          for (const request of document.requests)
            expect(request.body).toEqual(JSON.parse(JSON.stringify(body)));
        }
      }
    }),
  );
});

test("the script is correct against k6's own types", { timeout: 60_000 }, async () => {
  const { all, exitCode } = await execa("npx", ["tsc", "-p", "load-tests/scripts"], {
    all: true,
    reject: false,
  });
  expect(all.replace(/^npm warn.*$/gm, "").trim()).toBe("");
  expect(exitCode).toBe(0);
});
