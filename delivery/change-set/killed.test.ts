// WV-17: the command itself, killed, paused and run twice at once, on real repositories.
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, onTestFinished, test, vi } from "vitest";
import { howMany } from "../../tests/how-many.ts";
import { rootFolder } from "../../tests/structure/source-files.ts";
import { chain, Repositories } from "./fixtures/repositories.ts";

const main = join(rootFolder, "dist/cli/main.js");

/** `fairlead change-set ACTION set.yaml`, ended with the test at the latest. */
function fairlead(on: Repositories, action: string, ...more: string[]) {
  const env = { TMPDIR: on.root };
  const running = execa(process.execPath, [main, "change-set", action, "set.yaml", ...more], {
    ...{ cwd: on.root, env, reject: false, timeout: 200_000 },
  });
  onTestFinished(() => {
    running.kill("SIGKILL");
  });
  return running;
}

async function waiting(on: Repositories) {
  await vi.waitFor(() => expect(existsSync(join(on.root, "waiting"))).toBe(true), {
    timeout: 120_000,
    interval: 50,
  });
}

const wake = (on: Repositories) => writeFile(join(on.root, "awake"), "");

// Of twelve: 1 journal, 2-4 stages, 5 journal, 6-8 targets, 9 journal, 10-12 stages away.
test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
  "WV-17: killed before push %i, it is carried on to all or to nothing",
  async (push) => {
    const on = await Repositories.make(chain);
    await on.before(push, on.dies);
    const first = fairlead(on, "commit");
    expect((await first).signal).toBe("SIGKILL");
    expect(on.holding().length).toBe(push <= 6 ? 0 : Math.min(push - 6, 3));
    if (push > 1 && push < 10) {
      const again = await fairlead(on, "commit");
      expect([again.exitCode, again.stderr]).toEqual([5, expect.stringContaining(`process ${first.pid},`)]);
    }
    const { exitCode, stdout, stderr } = await fairlead(on, "resume");
    const forward = push > 5;
    expect([exitCode, stderr]).toEqual([forward ? 0 : 1, stderr]);
    expect(stdout).toContain(forward ? "is done, in every repository" : push === 1 ? "" : "was taken back");
    expect(on.holding()).toEqual(forward ? on.names : []);
    expect(on.leftRefs()).toEqual([]);
    if (forward) return;
    expect((await fairlead(on, "commit")).exitCode).toBe(0);
    expect(on.holding()).toEqual(on.names);
  },
);

// The eighth, the last target, is refused; then 9 journal, 10 a stage away, 11 and 12 targets back, 13 journal.
test.each([9, 10, 11, 12, 13].filter((push) => push % howMany(2, 1) === 0 || push === 11))(
  "WV-17: killed before push %i, while it takes back, it is carried on to nothing",
  async (push) => {
    const on = await Repositories.make(chain);
    await on.before(8, on.hookRefuses("web"));
    await on.before(push, on.dies);
    expect((await fairlead(on, "commit")).signal).toBe("SIGKILL");
    // Before the journal says that one refused, it may still go forward; here it is refused again.
    const { exitCode, stdout } = await fairlead(on, "resume");
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining("was taken back")]);
    expect(on.holding()).toEqual([]);
    expect(on.leftRefs()).toEqual([]);
  },
);

test("WV-17: a rollback that is killed half-way is carried on", async () => {
  const on = await Repositories.make(chain);
  expect((await fairlead(on, "commit")).exitCode).toBe(0);
  await on.before(7, on.dies);
  expect((await fairlead(on, "rollback")).signal).toBe("SIGKILL");
  expect(on.holding()).toEqual(["contracts", "api"]);
  const { exitCode, stdout } = await fairlead(on, "resume");
  expect([exitCode, stdout]).toEqual([
    0,
    expect.stringContaining("The rollback is done, in every repository"),
  ]);
  expect(on.holding()).toEqual([]);
});

test("interrupted while a check runs, it ends with 130, has pushed nothing and leaves no folder", async () => {
  const on = await Repositories.make(chain);
  await on.describe(({ repositories }) => {
    Object.assign(repositories.contracts ?? {}, { check: ["sleep", "600"] });
  });
  const running = fairlead(on, "commit");
  for await (const line of running.iterable({ from: "stderr" }))
    if (String(line).includes("its check runs")) running.kill("SIGINT");
  expect((await running).exitCode).toBe(130);
  expect(on.git("contracts", "for-each-ref", "refs/fairlead")).toBe("");
  expect((await readdir(on.root)).filter((name) => name.startsWith("fairlead-change-set-"))).toEqual([]);
});

test("without Git the command says so and exits with 4", async () => {
  const on = await Repositories.make(chain);
  vi.stubEnv("PATH", join(on.root, "logs"));
  const { exitCode, stderr } = await fairlead(on, "check");
  expect([exitCode, stderr]).toEqual([4, expect.stringContaining("git is missing: it is not on the PATH")]);
});

test("WV-17: of two at once one commits, and the other is told who holds it, also as JSON", async () => {
  const on = await Repositories.make(chain);
  await on.before(6, on.waits);
  const first = fairlead(on, "commit");
  await waiting(on);
  const second = await fairlead(on, "commit", "--format", "json");
  expect(second.exitCode).toBe(5);
  const [problem] = JSON.parse(second.stdout).problems;
  expect(problem).toMatchObject({
    rule: "change-set/held",
    message: expect.stringContaining(`process ${first.pid},`),
  });
  // What was begun is brought to its end, also when somebody presses Ctrl-C.
  first.kill("SIGINT");
  await wake(on);
  expect((await first).exitCode).toBe(0);
  expect(on.holding()).toEqual(on.names);
});

test("WV-17: who sleeps before it has the journal finds it in other hands", async () => {
  const on = await Repositories.make(chain);
  await on.before(1, on.waits);
  const first = fairlead(on, "commit");
  await waiting(on);
  expect((await fairlead(on, "commit")).exitCode).toBe(0);
  await wake(on);
  const { exitCode, stderr } = await first;
  expect([exitCode, stderr]).toEqual([5, expect.stringContaining("change-set/held")]);
  expect(on.phases()).toEqual(["preparing", "committing", "committed"]);
});

test("WV-17: a holder that sleeps, is taken over and taken back, changes nothing when it wakes", async () => {
  const on = await Repositories.make(chain);
  await on.before(6, on.waits);
  const first = fairlead(on, "commit");
  await waiting(on);
  // Another one goes on, is refused by the last repository, and takes all back.
  await writeFile(join(on.root, "before-10"), on.someonePushes("web"));
  const { exitCode, stdout } = await fairlead(on, "resume");
  expect([exitCode, stdout]).toEqual([1, expect.stringContaining("was taken back")]);
  expect(on.holding()).toEqual([]);
  await wake(on);
  const woken = await first;
  expect([woken.exitCode, woken.stderr]).toEqual([5, expect.stringContaining("change-set/held")]);
  expect(on.holding()).toEqual([]);
});

test("WV-17: no secret of a remote reaches output, logs or the journal", async () => {
  const on = await Repositories.make(chain);
  const url = (name: string) =>
    `https://robot:s3cr%40t-password@git.example/${name}.git?private_token=t0ken-value`;
  await on.describe(({ repositories }) => {
    for (const [name, one] of Object.entries(repositories))
      Object.assign(one, { remote: url(name), check: ["echo", url(name)] });
  });
  // Git itself leads the address to a folder.
  vi.stubEnv("GIT_CONFIG_COUNT", `${on.names.length}`);
  for (const [i, name] of on.names.entries()) {
    vi.stubEnv(`GIT_CONFIG_KEY_${i}`, `url.${join(on.root, `${name}.git`)}.insteadOf`);
    vi.stubEnv(`GIT_CONFIG_VALUE_${i}`, url(name));
  }
  const outputs = [await fairlead(on, "check", "--format", "json")];
  await on.before(
    8,
    `${on.hookRefuses("web")}\nsed -i "s|not today|'${url("web")}'|" '${join(on.root, "web.git/hooks/pre-receive")}'`,
  );
  outputs.push(await fairlead(on, "commit"));
  await on.heal();
  outputs.push(
    await fairlead(on, "commit", "--format", "json"),
    await fairlead(on, "status", "--format", "json"),
  );
  vi.stubEnv("GIT_CONFIG_COUNT", "0");
  outputs.push(await fairlead(on, "status"), await fairlead(on, "rollback", "--format", "json"));
  expect(outputs.map(({ exitCode }) => exitCode)).toEqual([0, 1, 0, 0, 1, 1]);
  expect(outputs[1]?.stdout).toContain("https://***@git.example/web.git?***");
  const logs = await readdir(join(on.root, ".fairlead/change-sets"));
  const texts = [
    ...outputs.flatMap(({ stdout, stderr }) => [stdout, stderr]),
    ...(await Promise.all(logs.map((log) => readFile(join(on.root, ".fairlead/change-sets", log), "utf8")))),
    on.git("contracts", "log", "--patch", "refs/fairlead/change-sets/cents/journal"),
  ];
  expect(texts.filter((text) => /s3cr|t0ken|robot/.test(text))).toEqual([]);
});
