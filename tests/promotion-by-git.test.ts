// A promotion that deploys by Git, through the command line: a real project, a bare repository, and what its branch holds afterwards.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { somebody } from "../delivery/signing/people-of-test.ts";
import { createProject } from "../init/index.ts";
import { edit } from "./project-folder.ts";
import { rootFolder } from "./structure/source-files.ts";

const INDEX = "catalog/platforms/hello/index.ts";
const LOCK = "promotion/hello/local.lock.json";
const MANIFESTS = "generated/manifests/hello/local";
const DEPLOYMENT = `${MANIFESTS}/services/deployment-api.yaml`;
const PROMOTION = `const promotion = definePromotion(
  { services, environments, gates, alerts },
  {
    ledger: { kind: "folder", folder: ".fairlead/ledger" },
    environments: { local: { deploy: { kind: "git", branch: "deploy", manifests: true } } },
  },
);

export default definePlatform({`;
const imageOf = (digit: string) => `ghcr.io/example/api@sha256:${digit.repeat(64)}`;

let folder = "";
let project = "";
let other = "";
/** The release that ran second, and its manifests. */
const ran = { b: "", withB: "" };
const env = {
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@b",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@b",
};
const git = async (cwd: string, ...args: string[]) => (await execa("git", args, { cwd, env })).stdout;
const fairlead = (...args: string[]) =>
  execa(process.execPath, [join(rootFolder, "dist/cli/main.js"), ...args], {
    ...{ cwd: project, env: { FAIRLEAD_KEY: join(folder, "robot.pem") } },
    ...{ all: true, reject: false, timeout: 200_000 },
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-by-git-"));
  [project, other] = [join(folder, "project"), join(folder, "other")];
  await createProject(project);
  await edit(project, INDEX, "export default definePlatform({", PROMOTION);
  await edit(project, INDEX, "  definePlatform,", "  definePlatform,\n  definePromotion,");
  await edit(project, INDEX, "environments, gates }", "environments, gates, promotion }");
  const { person, pem } = somebody("robot");
  const { key, kid, roles } = person;
  await writeFile(join(project, "approvers.json"), JSON.stringify({ keys: [{ ...key, kid, roles }] }));
  await writeFile(join(folder, "robot.pem"), pem, { mode: 0o600 });
  const made = await fairlead("generate", "--manifests", "--env", "local");
  expect(made.exitCode, made.all).toBe(0);
  await git(folder, "init", "--quiet", "--bare", "remote.git");
  await git(project, "init", "--quiet", "--initial-branch=main");
  await git(project, "remote", "add", "origin", join(folder, "remote.git"));
  await git(project, "add", "--all");
  await git(project, "commit", "--quiet", "--message=one");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const remote = () => join(folder, "remote.git");
const show = (what: string) => git(remote(), "show", what);
const bytesAt = (commit: string) => git(remote(), "rev-parse", `${commit}:${MANIFESTS}`);

async function released(digit: string): Promise<string> {
  const asked = ["--commit", "HEAD", "--image", `api=${imageOf(digit)}`, "--format", "json"];
  const made = await fairlead("release", "create", ...asked);
  expect(made.exitCode, made.all).toBe(0);
  return (JSON.parse(made.stdout) as { digest: string }).digest;
}

/** Somebody else changes a file on the branch that is deployed from. */
async function pushedByOthers(change: () => Promise<void>): Promise<string> {
  await git(other, "pull", "--quiet", "--ff-only");
  await change();
  await git(other, "add", "--all");
  await git(other, "commit", "--quiet", "--message=by others");
  await git(other, "push", "--quiet");
  return git(other, "rev-parse", "HEAD");
}

test("a branch that is not there lets nothing in, and why-not says how to make it (PM-6)", async () => {
  const release = await released("a");
  const asked = await fairlead("why-not", release.slice(7, 19), "--env", "local");
  expect(asked.all).toContain("branch deploy of origin is not there: fatal: couldn't find remote ref");
  expect(asked.all).toContain("git push origin HEAD:refs/heads/deploy");
  const tried = await fairlead("promote", release.slice(7, 19), "--env", "local");
  expect(tried.exitCode).not.toBe(0);
  expect(tried.all).toContain("branch deploy of origin is not there");
  await git(project, "push", "--quiet", "origin", "HEAD:refs/heads/deploy");
  await git(folder, "clone", "--quiet", "--branch=deploy", remote(), other);
});

test("one commit has the lock file and the manifests of its environment, and nothing else (PM-6, AH-3)", async () => {
  const before = await show(`deploy:${DEPLOYMENT}`);
  expect(before).toContain("image: ghcr.io/example/api:1.0.0");
  const [a, b] = [await released("a"), await released("b")];
  const first = await fairlead("promote", a.slice(7, 19), "--env", "local");
  expect(first.exitCode, first.all).toBe(0);
  const changed = (await git(remote(), "show", "--name-only", "--format=", "deploy")).split("\n");
  expect(changed).toContain(LOCK);
  expect(changed).toContain(DEPLOYMENT);
  expect(changed.filter((path) => path !== LOCK && !path.startsWith(`${MANIFESTS}/`))).toEqual([]);
  expect(JSON.parse(await show(`deploy:${LOCK}`))).toMatchObject({
    release: a,
    images: { api: imageOf("a") },
  });
  expect(await show(`deploy:${DEPLOYMENT}`)).toContain(`image: ${imageOf("a")}`);
  const withA = await bytesAt("deploy");

  // In between somebody changes the catalog of the branch and something that is nobody's.
  const theirs = await pushedByOthers(async () => {
    await edit(other, INDEX, 'memory: "256Mi"', 'memory: "512Mi"');
    await writeFile(join(other, "NOTES"), "theirs\r\n");
  });
  const second = await fairlead("promote", b.slice(7, 19), "--env", "local");
  expect(second.exitCode, second.all).toBe(0);
  expect(await git(remote(), "rev-parse", "deploy^")).toBe(theirs);
  const deployment = await show(`deploy:${DEPLOYMENT}`);
  expect(deployment).toContain(`image: ${imageOf("b")}`);
  expect(deployment).toContain("memory: 512Mi");
  Object.assign(ran, { b, withB: await bytesAt("deploy") });
  expect(
    await git(
      remote(),
      "diff",
      "--name-only",
      `${theirs}`,
      "deploy",
      "--",
      ".",
      `:!${MANIFESTS}`,
      `:!${LOCK}`,
    ),
  ).toBe("");

  // As whoever checks the branch out and generates would have it.
  await git(other, "pull", "--quiet", "--ff-only");
  const check = await execa(
    process.execPath,
    [join(rootFolder, "dist/cli/main.js"), "generate", "--manifests", "--env", "local", "--check"],
    { cwd: other, reject: false, all: true },
  );
  expect(check.all).not.toContain(MANIFESTS);

  await pushedByOthers(() => edit(other, INDEX, 'memory: "512Mi"', 'memory: "256Mi"'));
  const back = await fairlead("rollback", "--env", "local", "--because", "it is slow");
  expect(back.exitCode, back.all).toBe(0);
  expect(JSON.parse(await show(`deploy:${LOCK}`))).toMatchObject({
    release: a,
    images: { api: imageOf("a") },
  });
  expect(await bytesAt("deploy")).toBe(withA);
});

test("a branch whose catalog cannot be rendered is left as it is; the way back still leads to the bytes of before (PM-6)", async () => {
  const withA = await bytesAt("deploy");
  expect((await fairlead("let-go", "--env", "local", "--because", "mended")).exitCode).toBe(0);
  const broken = await pushedByOthers(() => edit(other, INDEX, 'target: "local"', 'target: "lokal"'));
  const c = await released("c");
  const tried = await fairlead("promote", c.slice(7, 19), "--env", "local");
  expect(tried.exitCode).toBe(1);
  expect(tried.all).toContain(`the manifests of local cannot be rendered from ${broken.slice(0, 12)}`);
  expect(tried.all).toContain("lokal");
  expect(await git(remote(), "rev-parse", "deploy")).toBe(broken);
  expect(await bytesAt("deploy")).toBe(withA);

  const back = await fairlead("rollback", "--env", "local", "--because", "now", "--to", ran.b);
  expect(back.exitCode, back.all).toBe(0);
  expect(back.all).toContain("those of before are taken");
  expect(JSON.parse(await show(`deploy:${LOCK}`))).toMatchObject({ release: ran.b });
  expect(await bytesAt("deploy")).toBe(ran.withB);
  expect(await git(remote(), "rev-parse", "deploy^")).toBe(broken);
});
