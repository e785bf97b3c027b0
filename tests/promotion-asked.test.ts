// What may enter, who agreed and what is held, asked through the command line of a project under Git, by people with keys of their own.
import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import stringWidth from "string-width";
import { expect, test } from "vitest";
import { openLedger } from "../delivery/ledger/open.ts";
import { idOf, promoted } from "../delivery/promotion/story-of-test.ts";
import { lockFileText } from "../delivery/release/lock-file.ts";
import { somebody } from "../delivery/signing/people-of-test.ts";
import { edit, newProject } from "./project-folder.ts";
import { rootFolder } from "./structure/source-files.ts";

const INDEX = "catalog/platforms/hello/index.ts";
const IMAGE = `ghcr.io/example/api@sha256:${"a".repeat(64)}`;
const PROMOTION = `const promotion = definePromotion(
  { services, environments, gates, alerts },
  {
    ledger: { kind: "folder", folder: ".fairlead/ledger" },
    environments: { local: {}, prod: { after: "local", approvals: { security: 1 }, override: { role: "captain", longest: "2h" } } },
  },
);

export default definePlatform({`;

const crew = {
  robot: somebody("robot"),
  // A name that would end a table and mention somebody.
  eve: somebody("eve |` @all", ["promoter", "security"]),
  ann: somebody("ann", ["promoter", "security"]),
  bob: somebody("bob", ["security"]),
  cap: somebody("cap", ["captain"]),
  // Who asks may be the one who overrides.
  dora: somebody("dora", ["promoter", "captain"]),
  // Has a key, of another project.
  visitor: somebody("visitor"),
};
type Who = keyof typeof crew;

async function trial() {
  const project = await newProject();
  await edit(project, INDEX, "export default definePlatform({", PROMOTION);
  await edit(project, INDEX, "  definePlatform,", "  definePlatform,\n  definePromotion,");
  await edit(project, INDEX, "environments, gates }", "environments, gates, promotion }");
  const keys = Object.entries(crew)
    .flatMap(([name, one]) => (name === "visitor" ? [] : [one]))
    .map(({ person: { key, kid, roles } }) => ({ ...key, kid, roles }));
  await writeFile(join(project, "approvers.json"), JSON.stringify({ keys }));
  const secret = join(project, ".fairlead");
  await mkdir(secret, { recursive: true });
  for (const [name, { pem }] of Object.entries(crew))
    await writeFile(join(secret, `${name}.pem`), pem, { mode: 0o600 });
  const git = (...args: string[]) =>
    execa("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd: project });
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", "--all");
  await git("commit", "--quiet", "--message=one");
  const as = async (who: Who, ...args: string[]) => {
    const env = { FAIRLEAD_KEY: join(secret, `${who}.pem`) };
    const program = [join(rootFolder, "dist/cli/main.js"), ...args];
    return execa(process.execPath, program, {
      cwd: project,
      env,
      all: true,
      reject: false,
      timeout: 120_000,
    });
  };
  const ledger = openLedger(
    { kind: "folder", folder: ".fairlead/ledger" },
    {
      root: project,
      platform: "hello",
      signer: crew.robot.signer,
      people: Object.values(crew).map(({ person }) => person),
      env: {},
    },
  );
  return { project, as, ledger };
}

/** The release has come into an environment: what a promotion would record and write. */
async function arrives(
  { project, ledger }: Awaited<ReturnType<typeof trial>>,
  { release, environment }: { release: string; environment: string },
) {
  const number = (await ledger.read()).head.number + 1;
  for (const { entry } of promoted({ release, environment }, { begun: "", ended: "", number }))
    await ledger.add(() => entry);
  const { records } = await ledger.read();
  const text = lockFileText({
    ...{ version: 1, platform: "hello", environment, release, images: { api: IMAGE } },
    ...{
      promotion: idOf(`${release} ${environment}`),
      token: number,
      record: records[number]?.previous ?? "",
    },
  });
  await mkdir(join(project, "promotion/hello"), { recursive: true });
  await writeFile(join(project, `promotion/hello/${environment}.lock.json`), text);
}

test("why not, approvals, holds, releases and history are what the ledger says (WV-19, AH-3, PM-6)", async () => {
  const site = await trial();
  const { as, project } = site;
  const made = await as(
    "robot",
    "release",
    "create",
    "--commit",
    "HEAD",
    "--format",
    "json",
    "--image",
    `api=${IMAGE}`,
  );
  expect(made.exitCode, made.all).toBe(0);
  const { digest: release } = JSON.parse(made.stdout) as { digest: string };
  const short = release.slice(7, 19);
  const whyNot = (...more: string[]) => as("robot", "why-not", short, "--env", "prod", ...more);

  const skipped = await whyNot();
  expect([skipped.exitCode, skipped.stdout]).toEqual([
    1,
    expect.stringContaining("✖ it was verified in local: it never was; nothing runs in local"),
  ]);
  expect((await as("robot", "why-not", short, "--env", "local")).exitCode).toBe(0);
  expect((await as("robot", "why-not", short, "--env", "prid")).all).toContain('did you mean "prod"');

  await arrives(site, { release, environment: "local" });
  const waits = await whyNot("--format", "json");
  expect([waits.exitCode, JSON.parse(waits.stdout)]).toMatchObject([
    6,
    { may: false, pending: "approvals", way: "usual" },
  ]);

  const approve = (who: Who, ...more: string[]) => as(who, "approve", short, "--env", "prod", ...more);
  const unasked = await approve("ann");
  expect([unasked.exitCode, unasked.all]).toEqual([2, expect.stringContaining("--yes")]);
  const own = await approve("robot", "--role", "security", "--yes");
  expect([own.exitCode, own.stdout]).toEqual([1, "✖ refused and recorded: robot has not the role security"]);
  const given = await approve("ann", "--yes");
  expect([given.exitCode, given.stdout]).toEqual([0, "✔ the approval for prod is recorded"]);
  expect(given.stderr).toContain(`api: ${IMAGE} (new)`);
  expect((await whyNot()).exitCode).toBe(0);
  expect((await whyNot("--as", "ann")).exitCode).toBe(6);

  // Who may not write the ledger signs into a file, which somebody else hands in, once.
  const alone = await approve("bob", "--yes");
  expect([alone.exitCode, alone.all]).toEqual([
    1,
    expect.stringContaining(`fairlead approve ${short} --env prod --platform hello --out approval.jws`),
  ]);
  const signed = await approve("bob", "--out", "approval.jws", "--yes");
  expect(signed.exitCode, signed.all).toBe(0);
  expect((await approve("robot", "--file", "approval.jws", "--yes")).exitCode).toBe(0);
  const again = await approve("robot", "--file", "approval.jws", "--yes", "--format", "json");
  expect([again.exitCode, JSON.parse(again.stdout)]).toMatchObject([1, { accepted: false, recorded: true }]);
  await appendFile(join(project, "approval.jws"), "x");
  expect((await approve("robot", "--file", "approval.jws", "--yes")).exitCode).toBe(1);

  const wordless = await as("robot", "hold", "--env", "prod", "--because", " ");
  expect([wordless.exitCode, wordless.all]).toEqual([2, expect.stringContaining("It must say why")]);
  const endless = await as("robot", "hold", "--env", "prod", "--because", "x".repeat(1_001));
  expect([endless.exitCode, endless.all]).toEqual([2, expect.stringContaining("1000 characters at most")]);

  // Whoever only looks needs no key of the project.
  for (const look of [["releases"], ["release", "list"]])
    expect((await as("visitor", ...look)).exitCode).toBe(0);
  expect((await as("visitor", "hold", "--env", "prod", "--because", "x")).all).toContain(
    "none of approvers.json",
  );

  // What others wrote breaks out of nothing.
  const nasty = "it \u001b[31mburns\u202e | `@all`\n::error::x";
  expect((await as("eve", "hold", "--env", "prod", "--because", nasty)).exitCode).toBe(0);
  const held = await whyNot("--format", "markdown");
  expect(held.exitCode).toBe(1);
  for (const { stdout } of [
    held,
    await whyNot(),
    await as("eve", "releases"),
    await whyNot("--format", "json"),
  ])
    expect([...stdout].filter((one) => one === "\u001b" || one === "\u202e")).toEqual([]);
  expect(held.stdout.split("\n").filter((line) => line.startsWith("::"))).toEqual([]);

  const screen = await as("robot", "releases");
  expect(screen.exitCode, screen.all).toBe(0);
  expect(Math.max(...screen.stdout.split("\n").map((line) => stringWidth(line)))).toBeLessThanOrEqual(80);
  expect(screen.stdout.split("\n").length).toBeLessThanOrEqual(24);
  expect(screen.stdout).toMatch(new RegExp(`${short} \\d{4}-\\d\\d-\\d\\d +● runs +·`));
  expect(screen.stdout).toContain("■ held: it \\u{1b}[31mburns");
  expect(screen.stdout).toContain(`? ${short} waits: hold`);

  const glass = ["--override", "customers cannot pay", "--for", "1h", "--out", "override.jws", "--yes"];
  const broken = await approve("cap", ...glass);
  expect(broken.exitCode, broken.all).toBe(0);
  const [, handsIn = ""] = /hands it in: fairlead (approve .*)$/.exec(broken.stdout) ?? [];
  expect((await as("robot", ...handsIn.split(" "), "--yes")).exitCode).toBe(0);
  expect((await whyNot()).stdout).toContain("override by cap (captain)");
  expect((await as("robot", "let-go", "--env", "prod", "--because", "out")).exitCode).toBe(0);

  await arrives(site, { release, environment: "prod" });
  expect((await whyNot()).exitCode).toBe(6);

  // In an emergency one signature does, also that of who asks; of whoever is no promoter it takes somebody else to ask.
  const byHerself = await approve("dora", "--override", "nobody else is awake", "--for", "1h", "--yes");
  expect([byHerself.exitCode, byHerself.stdout]).toEqual([0, "✔ the override for prod is recorded"]);
  const asksHerself = await as("dora", "why-not", short, "--env", "prod");
  expect([asksHerself.exitCode, asksHerself.stdout]).toEqual([
    0,
    expect.stringContaining("override by dora (captain)"),
  ]);
  const noPromoter = await as("cap", "why-not", short, "--env", "prod");
  expect([noPromoter.exitCode, noPromoter.stdout]).toEqual([
    1,
    expect.stringContaining("✖ somebody with the role promoter asks for it: cap has captain"),
  ]);
  const lock = join(project, "promotion/hello/prod.lock.json");
  await writeFile(lock, (await readFile(lock, "utf8")).replaceAll(release, `sha256:${"b".repeat(64)}`));
  const edited = await whyNot();
  expect([edited.exitCode, edited.stdout]).toEqual([
    1,
    expect.stringContaining("it names bbbbbbbbbbbb, and by the ledger"),
  ]);
  const verified = await as("robot", "verify");
  expect([verified.exitCode, verified.all]).toEqual([
    1,
    expect.stringContaining("prod.lock.json: no promotion of this ledger has written it"),
  ]);

  // Not known who asks: nothing is against it, and not all is known. Under way: its holder is named.
  const unknown = await as("visitor", "why-not", short, "--env", "local");
  expect([unknown.exitCode, unknown.stdout]).toEqual([
    3,
    expect.stringContaining("it is not known who asks"),
  ]);

  const history = JSON.parse((await as("robot", "history", "--format", "json")).stdout) as {
    promotions: object[];
  };
  expect(history.promotions).toMatchObject([
    { environment: "prod", outcome: "promoted", by: "robot", release },
    { environment: "local", outcome: "promoted" },
  ]);
  expect(
    (await as("robot", "history", "--env", "local", "--format", "markdown")).stdout.split("\n"),
  ).toHaveLength(3);

  const number = (await site.ledger.read()).head.number + 1;
  const [{ entry } = { entry: undefined }] = promoted(
    { release, environment: "local", mark: "again" },
    { begun: "", number },
  );
  await site.ledger.add(() => entry);
  const busy = await as("robot", "why-not", short, "--env", "local");
  expect([busy.exitCode, busy.stdout]).toEqual([5, expect.stringContaining("robot (process 7 on ci-1)")]);
}, 480_000);
