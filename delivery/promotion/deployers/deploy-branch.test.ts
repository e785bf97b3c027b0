// Why a branch that is deployed from cannot be used, by a real Git: each cause with its own way out.
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ProblemsError } from "../../../problems/problem.ts";
import { trialRelease } from "../fixtures/trial-site.ts";
import type { Held } from "../lease.ts";
import type { Work } from "../step.ts";
import { type Branch, commitOn, pushOnto, tipOf } from "./deploy-branch.ts";
import { gitDeployer } from "./git.ts";

let place = "";
let server: Server;
let address = "";
const git = async (cwd: string, ...args: string[]) =>
  (await execa("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd })).stdout;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "fairlead-branch-test-"));
  await git(place, "init", "--quiet", "--bare", "remote.git");
  await git(place, "clone", "--quiet", "remote.git", "project");
  const project = join(place, "project");
  await git(project, "commit", "--quiet", "--allow-empty", "--message=begin");
  await git(project, "push", "--quiet", "origin", "HEAD:refs/heads/deploy");
  server = createServer((_, answer) => answer.writeHead(403).end()).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(place, { recursive: true, force: true });
});

const branchOf = (more: Partial<Branch>): Branch => ({
  ...{ root: join(place, "project"), platform: "shop", environment: "prod" },
  ...{ remote: "origin", branch: "deploy", ...more },
});

const NOTHING = { text: undefined, message: "none\n" };

async function pushByOthers(): Promise<void> {
  await git(place, "clone", "--quiet", "--branch=deploy", "remote.git", "other");
  await writeFile(join(place, "other/NOTES"), "theirs\n");
  await git(join(place, "other"), "add", "--all");
  await git(join(place, "other"), "commit", "--quiet", "--message=by others");
  await git(join(place, "other"), "push", "--quiet");
}

function workOf({ digest, content }: ReturnType<typeof trialRelease>): Work {
  const held = { id: randomUUID(), token: 7, record: `sha256:${"e".repeat(64)}` } as Held;
  return {
    target: { platform: "shop", environment: "prod", release: { digest, content } },
    ...{ held, facts: new Map(), read: { records: [] } as never, writesAnew: true },
    ...{ signal: new AbortController().signal, say: () => {}, at: async () => {} },
  };
}

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
  await git(join(place, "project"), "remote", "add", "moved", join(place, "away.git"));
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
  const hook = join(place, "remote.git/hooks/pre-receive");
  await writeFile(hook, "#!/bin/sh\necho deploy is protected: ask ann >&2\nexit 1\n", { mode: 0o755 });
  expect(await toldOf(pushOnto(branch, commit))).toMatch(
    /^branch deploy of origin may not be pushed: \[remote rejected\] \(pre-receive hook declined\); remote: deploy is protected: ask ann.* → let whoever promotes push deploy/,
  );
  await rm(hook);
  expect(await pushOnto(branch, commit)).toBe(true);
});

test("manifests are rendered again from what somebody pushed in between, and no file of before stays (PM-6)", async () => {
  // The project is a folder of its repository.
  const root = join(place, "project/platforms");
  await mkdir(root);
  const [branch, folder] = [branchOf({ root }), "generated/manifests/shop/prod"];
  const old = { path: folder, files: [{ path: `${folder}/gone.yaml`, content: "old\n" }] };
  expect(
    await pushOnto(branch, await commitOn(branch, await tipOf(branch), { ...NOTHING, folder: old })),
  ).toBe(true);
  const asked: string[] = [];
  const step = gitDeployer(branch, {
    folder,
    async render(commit, lock) {
      asked.push(commit);
      if (asked.length === 1) await pushByOthers();
      return [{ path: `${folder}/a/b.yaml`, content: `${JSON.parse(lock ?? "{}").release}\r\n` }];
    },
  }).steps[0];
  const done = await step?.run(workOf(trialRelease("a")));
  expect(asked).toHaveLength(2);
  const remote = join(place, "remote.git");
  expect(await git(remote, "rev-parse", "deploy^")).toBe(asked[1]);
  expect(done?.says).toBe(
    `${(await git(remote, "rev-parse", "deploy")).slice(0, 12)} on deploy with 1 manifests`,
  );
  const changed = await git(remote, "show", "--name-status", "--format=", "deploy");
  expect(changed.split("\n")).toEqual([
    `A\tplatforms/${folder}/a/b.yaml`,
    `D\tplatforms/${folder}/gone.yaml`,
    "A\tplatforms/promotion/shop/prod.lock.json",
  ]);
  expect(
    (
      await execa("git", ["show", `deploy:platforms/${folder}/a/b.yaml`], {
        cwd: remote,
        stripFinalNewline: false,
      })
    ).stdout,
  ).toBe(`${trialRelease("a").digest}\r\n`);
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
