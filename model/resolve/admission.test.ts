import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ProblemsError } from "../../problems/problem.ts";
import { formatPlainly } from "../../tests/format-plainly.ts";
import { modelOf, problemsOf } from "../../tests/model-of.ts";
import { newProject } from "../../tests/project-folder.ts";
import { policies, shop } from "../../tests/shop.ts";
import { hasDigest, isApprovedImage } from "../admission.ts";
import { loadProject } from "../project.ts";

const closed = { "approved-images": "deny", "requests-and-limits": "deny", "signed-releases": "deny" };
const asked = (change: object = {}) => ({
  description: "What may run.",
  approved: ["ghcr.io/shop/*"],
  stages: { local: { "approved-images": "warn" }, prod: closed },
  ...change,
});

test("each environment asks what its stage does, and without a policy nothing", () => {
  const rulesOf = (admission?: unknown) =>
    modelOf([shop], policies, admission).platforms[0]?.environments.map((e) => e.admission?.rules);
  expect(rulesOf(asked())).toEqual([{ "approved-images": "warn" }, closed]);
  expect(rulesOf()).toEqual([undefined, undefined]);
});

test("an image that the cluster would refuse is found before, and where it would only warn it is a warning", () => {
  expect(problemsOf([shop], policies, asked({ approved: ["ghcr.io/shop/api"] }))).toMatchInlineSnapshot(`
    "admission/image-not-approved at services.store.image: "ghcr.io/shop/store:2.0.0" of store is not approved in local → add its name to approved in policies/shop/admission.yaml, or run an image that is there
    admission/image-not-approved at services.store.image: "ghcr.io/shop/store:2.0.0" of store is not approved in prod → add its name to approved in policies/shop/admission.yaml, or run an image that is there"
  `);
});

test("an image without a digest is found where one is asked for", () => {
  const stages = { prod: { ...closed, "image-digests": "deny" } };
  expect(problemsOf([shop], policies, asked({ stages }))).toMatchInlineSnapshot(`
    "admission/image-without-digest at services.api.image: "ghcr.io/shop/api:1.2.3" of api has no digest, which prod asks for → add @sha256: and the digest that its registry shows
    admission/image-without-digest at services.store.image: "ghcr.io/shop/store:2.0.0" of store has no digest, which prod asks for → add @sha256: and the digest that its registry shows"
  `);
});

test("production that does not refuse is a warning for each rule", () => {
  const stages = { prod: { ...closed, "signed-releases": "warn", "requests-and-limits": undefined } };
  expect(problemsOf([shop], policies, asked({ stages }))).toMatchInlineSnapshot(`
    "admission/open-production at policies.admission.stages.prod.requests-and-limits: prod is a production environment, and workloads that break requests-and-limits are not refused there → set requests-and-limits: deny
    admission/open-production at policies.admission.stages.prod.signed-releases: prod is a production environment, and workloads that break signed-releases are not refused there → set signed-releases: deny"
  `);
});

test("what is wrong with the file is told at its place, all at once", async () => {
  const root = await newProject();
  const [name = ""] = (await loadProject(root)).platformNames;
  await mkdir(join(root, "policies", name), { recursive: true });
  await writeFile(
    join(root, "policies", name, "admission.yaml"),
    [
      "description: What may run.",
      "approved:",
      "  - ghcr.io/acme/api:1.4.0",
      '  - "*"',
      "  - 'x\"] || true || [\"'",
      "stages:",
      "  prod: { approved-image: deny, signed-releases: refuse }",
      "",
    ].join("\n"),
  );
  const error = await loadProject(root).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ProblemsError);
  const told = (error as ProblemsError).problems.map(
    ({ location, rule }) => `${location?.line}:${location?.column} ${rule}`,
  );
  expect(told).toMatchInlineSnapshot(`
    [
      "3:5 schema/wrong-value",
      "4:5 schema/wrong-value",
      "5:5 schema/wrong-value",
      "7:50 schema/wrong-value",
      "7:11 schema/unknown-key",
    ]
  `);
  expect(formatPlainly((error as ProblemsError).problems)).toContain('did you mean "approved-images"');
});

test.each([
  ["ghcr.io/shop/api:1.2.3", true],
  ["ghcr.io/shop/api", true],
  [`ghcr.io/shop/api@sha256:${"a".repeat(64)}`, true],
  ["ghcr.io/shop/api/other:1", false],
  ["ghcr.io/shop/api.evil:1", false],
  ["cache:7", true],
  ["cache:5000/evil:1", false],
  ["registry.example/base/a/b:1", true],
  ["registry.example.evil/base/a:1", false],
  ["registry.example/base/../evil:1", false],
])("%s is approved: %s", (image, isApproved) => {
  expect(isApprovedImage(image, ["ghcr.io/shop/api", "cache", "registry.example/base/*"])).toBe(isApproved);
});

test("a digest is sha256 and 64 digits, at the end", () => {
  expect(hasDigest(`cache:1@sha256:${"0".repeat(64)}`)).toBe(true);
  expect(hasDigest(`cache@sha256:${"0".repeat(63)}`)).toBe(false);
  expect(hasDigest("cache:sha256")).toBe(false);
});
