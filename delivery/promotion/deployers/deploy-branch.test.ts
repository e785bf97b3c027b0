// Why a branch that is deployed from cannot be used, by a real Git: each cause with its own way out.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ProblemsError } from "../../../problems/problem.ts";
import { type Branch, commitOn, pushOnto, tipOf } from "./deploy-branch.ts";

let folder = "";
let server: Server;
let address = "";
const git = async (cwd: string, ...args: string[]) =>
  (await execa("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd })).stdout;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-branch-test-"));
  await git(folder, "init", "--quiet", "--bare", "remote.git");
  await git(folder, "clone", "--quiet", "remote.git", "project");
  const project = join(folder, "project");
  await git(project, "commit", "--quiet", "--allow-empty", "--message=begin");
  await git(project, "push", "--quiet", "origin", "HEAD:refs/heads/deploy");
  server = createServer((_, answer) => answer.writeHead(403).end()).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const branchOf = (more: Partial<Branch>): Branch => ({
  ...{ root: join(folder, "project"), platform: "shop", environment: "prod" },
  ...{ remote: "origin", branch: "deploy", ...more },
});

async function toldOf(work: Promise<unknown>) {
  const error = await work.catch((thrown: unknown) => thrown);
  if (!(error instanceof ProblemsError)) throw error;
  expect(error.problems).toHaveLength(1);
  expect(error.problems[0]).toMatchObject({
    rule: "promotion/git",
    path: "promotion.environments.prod.deploy",
  });
  return `${error.problems[0]?.message} → ${error.problems[0]?.fix}`;
}

test("a branch that is not there is told so, with the command that makes it", async () => {
  expect(await toldOf(tipOf(branchOf({ branch: "depoly" })))).toMatch(
    /^branch depoly of origin is not there: fatal: couldn't find remote ref refs\/heads\/depoly → make it once \(git push origin HEAD:refs\/heads\/depoly\), or name another branch/,
  );
});

test("a remote that nobody configured is told apart from one that is gone", async () => {
  expect(await toldOf(tipOf(branchOf({ remote: "upstream" })))).toMatch(
    /^branch deploy of upstream is of no remote of this repository: .*→ git remote add upstream ADDRESS/,
  );
  await git(join(folder, "project"), "remote", "add", "moved", join(folder, "away.git"));
  expect(await toldOf(tipOf(branchOf({ remote: "moved" })))).toMatch(
    /^branch deploy of moved cannot be reached: .*→ see whether its server answers .*git remote set-url moved ADDRESS/,
  );
});

test("a server that lets nobody in is told so, without the password of its address", async () => {
  const told = await toldOf(tipOf(branchOf({ remote: `http://robot:s3cret-w%40rd@${address}/shop.git` })));
  expect(told).toMatch(/may not be read: .*403.* → give Git credentials that may read it/);
  expect(told).not.toMatch(/s3cret|rd@/);
  const nobody = await toldOf(tipOf(branchOf({ remote: "http://127.0.0.1:1/shop.git" })));
  expect(nobody).toMatch(/^branch deploy of http:\/\/127\.0\.0\.1:1\/shop\.git cannot be reached: /);
});

test("a branch that may be read and not pushed is told with what its server says", async () => {
  const branch = branchOf({});
  const tip = await tipOf(branch);
  const commit = await commitOn(branch, tip, { text: "{}\n", message: "one\n" });
  const hook = join(folder, "remote.git/hooks/pre-receive");
  await writeFile(hook, "#!/bin/sh\necho deploy is protected: ask ann >&2\nexit 1\n", { mode: 0o755 });
  expect(await toldOf(pushOnto(branch, commit))).toMatch(
    /^branch deploy of origin may not be pushed: \[remote rejected\] \(pre-receive hook declined\); remote: deploy is protected: ask ann.* → let whoever promotes push deploy/,
  );
  await rm(hook);
  expect(await pushOnto(branch, commit)).toBe(true);
});

test("a push on top of an older commit is no fault, and is made anew", async () => {
  const branch = branchOf({});
  const tip = await tipOf(branch);
  const [first, second] = [
    await commitOn(branch, tip, { text: "1\n", message: "one\n" }),
    await commitOn(branch, tip, { text: "2\n", message: "two\n" }),
  ];
  expect(await pushOnto(branch, first)).toBe(true);
  expect(await pushOnto(branch, second)).toBe(false);
});
