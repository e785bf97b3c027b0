// Mistakes in how an environment is delivered from Git.
import type { PlatformInput } from "fairlead";
import { expect, test } from "vitest";
import { problemsOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";

const right = { repository: "https://git.example/shop.git", revision: { branch: "main" }, argocd: {} };

function problemsWith(gitops: object, admission?: unknown): string {
  const parts = shop.parts.map((part) =>
    part.environments?.prod
      ? { ...part, environments: { ...part.environments, prod: { ...part.environments.prod, gitops } } }
      : part,
  );
  return problemsOf([{ ...shop, parts } as PlatformInput], policies, admission);
}

test("a repository, a revision and a controller are enough", () => {
  expect(problemsWith(right)).toBe("");
  expect(
    problemsWith({ ...right, revision: { commit: "a".repeat(40) }, flux: { kubeConfig: "other" } }),
  ).toBe("");
});

test.each([
  [
    "a password in the address",
    { repository: "https://ann:hunter2@git.example/shop.git" },
    "gitops.repository",
  ],
  ["an option in place of an address", { repository: "--upload-pack=x" }, "gitops.repository"],
  ["an option in place of a branch", { revision: { branch: "-x" } }, "gitops.revision"],
  ["a branch and a tag", { revision: { branch: "main", tag: "v1" } }, "gitops.revision"],
  ["a way out of the repository", { folder: "../other" }, "gitops.folder"],
  ["a server with a password", { argocd: { server: "https://a:b@cluster.example" } }, "gitops.argocd.server"],
  ["nobody who deploys", { argocd: undefined }, "gitops"],
])("%s is a Problem where it stands, and is not repeated", (_, wrong, place) => {
  const said = problemsWith({ ...right, ...wrong });
  expect(said).toContain(`at environments.prod.${place}`);
  expect(said).not.toContain("hunter2");
});

test("a cluster that asks for signed releases is told one", () => {
  const admission = {
    description: "What may run.",
    approved: ["ghcr.io/shop/*", "postgres"],
    stages: {
      ...{ local: {}, dev: {}, staging: {} },
      prod: { "approved-images": "deny", "requests-and-limits": "deny", "signed-releases": "deny" },
    },
  };
  expect(problemsWith(right, admission)).toContain("environment/release-missing at environments.prod.gitops");
  const release = `sha256:${"0".repeat(64)}`;
  expect(problemsWith({ ...right, release }, admission)).not.toContain("environment/release-missing");
});
