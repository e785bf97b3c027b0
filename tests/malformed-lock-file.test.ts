// A lock file that is none is refused by whoever would deploy it, and in nobody's way who asks the ledger, or goes back.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { somebody } from "../delivery/signing/people-of-test.ts";
import { edit, newProject } from "./project-folder.ts";
import { rootFolder } from "./structure/source-files.ts";

const FILE = "promotion/hello/local.lock.json";
const IMAGE = `api=ghcr.io/example/api@sha256:${"a".repeat(64)}`;
const folder = 'ledger: { kind: "folder", folder: ".fairlead/ledger" }';

/** A project whose first environment runs a release, with the lock file committed. */
async function promoted() {
  const project = await newProject({ promotion: true });
  await edit(project, "catalog/platforms/hello/promotion.ts", 'ledger: { kind: "git" }', folder);
  const robot = somebody("robot");
  const key = { ...robot.person.key, kid: "robot", roles: ["promoter"] };
  await writeFile(join(project, "approvers.json"), JSON.stringify({ keys: [key] }));
  await mkdir(join(project, ".fairlead"), { recursive: true });
  const FAIRLEAD_KEY = join(project, ".fairlead/key.pem");
  await writeFile(FAIRLEAD_KEY, robot.pem, { mode: 0o600 });
  const run = (program: string, args: readonly string[]) =>
    execa(program, args, { cwd: project, env: { FAIRLEAD_KEY }, all: true, reject: false, timeout: 120_000 });
  const fairlead = (...args: string[]) =>
    run(process.execPath, [join(rootFolder, "dist/cli/main.js"), ...args]);
  const git = async (...args: string[]) => {
    const said = await run("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args]);
    expect(said.exitCode, said.all).toBe(0);
  };
  await git("init", "--quiet", "--initial-branch=main");
  const commit = async () => {
    await git("add", "--all");
    await git("commit", "--quiet", "--message=one");
  };
  await commit();
  const made = await fairlead("release", "create", "--commit", "HEAD", "--image", IMAGE, "--format", "json");
  expect(made.exitCode, made.all).toBe(0);
  const { digest } = JSON.parse(made.stdout) as { digest: string };
  const brought = await fairlead("promote", digest, "--env", "local");
  expect(brought.exitCode, brought.all).toBe(0);
  await commit();
  return { project, fairlead, git, commit, digest };
}

/** What somebody may have made of a lock file, and what is said of it. */
const faults: [string, (text: string) => string, { generate: RegExp; whyNot: RegExp }][] = [
  [
    "torn",
    (text) => text.slice(0, 40),
    { generate: /is not as promotion writes it/, whyNot: /not whole, or no JSON/ },
  ],
  ["empty", () => "", { generate: /is not as promotion writes it/, whyNot: /not whole, or no JSON/ }],
  [
    "in conflict",
    (text) => `<<<<<<< HEAD\n${text}=======\n${text}>>>>>>> theirs\n`,
    { generate: /is not as promotion writes it/, whyNot: /marks of a merge's conflict/ },
  ],
  [
    "of another form",
    (text) => text.replace(/"images": {[^}]*}/, '"images": {"api": "ghcr.io/example/api:1.0.0"}'),
    { generate: /must have its digest/, whyNot: /must have its digest/ },
  ],
  [
    "ambiguous",
    (text) => text.replace('"environment"', '"token": 1,\n  "environment"'),
    { generate: /token/, whyNot: /says "token" twice/ },
  ],
];

test("whatever a lock file holds, the ledger is asked, and a way out works as it is printed (WV-19, AH-3)", async () => {
  const { project, fairlead, git, commit, digest } = await promoted();
  const whole = await readFile(join(project, FILE), "utf8");
  const asks = async (exitCode: number, ...args: string[]) => {
    const said = await fairlead(...args);
    expect(said.exitCode, `${args.join(" ")}\n${said.all}`).toBe(exitCode);
    return said.all;
  };
  /** The command that a text tells to run. */
  const told = (text: string, command: RegExp) =>
    (command.exec(text.replace(/\s*\n\s+/g, " "))?.[0] ?? "").split(" ");
  for (const [, alter, said] of faults) {
    await writeFile(join(project, FILE), alter(whole));
    const refused = await asks(1, "generate");
    expect(refused).toMatch(said.generate);
    expect(refused).toContain(`${FILE}:`);
    expect(await asks(1, "why-not", digest, "--env", "local")).toMatch(said.whyNot);
    const [, ...restore] = told(refused, /git restore [^\s;]+/);
    await git(...restore);
    expect(await readFile(join(project, FILE), "utf8")).toBe(whole);
  }

  // One that Git has no better one of either: it was committed so.
  await writeFile(join(project, FILE), whole.slice(0, 40));
  await commit();
  expect(await asks(0, "history", "--env", "local")).toContain("promoted");
  expect(await asks(0, "releases")).toContain("● runs");
  expect(await asks(1, "promote", digest, "--env", "local", "--dry-run")).toContain("not whole, or no JSON");
  expect(await asks(1, "promote", digest, "--env", "local")).toContain("not whole, or no JSON");
  await asks(0, "hold", "--env", "prod", "--because", "looking");
  await asks(0, "release", "create", "--commit", "HEAD", "--image", IMAGE);
  const refused = await asks(1, "generate");
  const [, ...verify] = told(refused, /fairlead verify/);
  expect(verify).toEqual(["verify"]);
  const [, ...back] = told(await asks(1, ...verify), /fairlead rollback .* REASON/);
  expect(back).toContain(digest);
  await asks(0, ...back);
  expect(JSON.parse(await readFile(join(project, FILE), "utf8"))).toMatchObject({ release: digest });
  await asks(0, "generate");
  await asks(0, "verify");
}, 480_000);
