// `fairlead tour` with the real tools; interrupted in the middle it leaves nothing behind.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, onTestFinished, type TestContext, test } from "vitest";
import { type TemporaryLabs, temporaryLabs } from "../lab/temporary-labs.ts";
import { rootFolder } from "./structure/source-files.ts";

// A tour starts a lab two times and waits for messages up to a minute each: on a machine that does other things beside it takes its time.
const patience = 480_000;

/** A folder of labs of a test's own, which goes with it. */
async function labsOf(onFinished: typeof onTestFinished): Promise<TemporaryLabs> {
  const labs = await temporaryLabs(rootFolder);
  onFinished(() => labs.close(), patience);
  return labs;
}

function start({ folder }: TemporaryLabs, more: readonly string[] = []) {
  return execa(
    process.execPath,
    [join(rootFolder, "dist/cli/main.js"), "tour", "--platform", "weathervane", ...more],
    {
      ...{ cwd: rootFolder, env: { FAIRLEAD_LABS: folder, NO_COLOR: "1" } },
      ...{ reject: false, stdin: "ignore", timeout: patience },
    },
  );
}

async function expectNothingLeft(
  labs: TemporaryLabs,
  { expect }: Pick<TestContext, "expect">,
): Promise<void> {
  await expect.poll(() => labs.running(), { timeout: 120_000 }).toEqual([]);
  expect(readdirSync(labs.folder)).toEqual([]);
}

test("the tour goes from the catalog to an alert that is over, with its runbook, and ends what it started (PM-10)", {
  timeout: patience,
}, async () => {
  const labs = await labsOf(onTestFinished);
  const { exitCode, stdout, stderr } = await start(labs, ["--yes"]);
  expect(exitCode, stderr).toBe(0);
  const steps = [
    "fairlead generate",
    "fairlead check",
    "fairlead lab up",
    "fairlead load smoke",
    "kill -9",
    "was told of",
    "fairlead runbook",
    "Recovery",
    "was told that",
    "Everything that was started is ended",
  ];
  const places = steps.map((step) => stdout.indexOf(step));
  expect(Math.min(...places)).toBeGreaterThan(0);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  await expectNothingLeft(labs, { expect });
});

// Most of each is waiting for a lab to come up.
describe.concurrent("a tour that is broken off", () => {
  test.for([
    ["A load, judged", "SIGINT"],
    ["A fault:", "SIGINT"],
    ["A load, judged", "SIGHUP"],
  ] as const)(
    "interrupted at %j by %s it ends everything",
    { timeout: patience },
    async ([moment, signal], { expect, onTestFinished }) => {
      const labs = await labsOf(onTestFinished);
      const touring = start(labs);
      let said = "";
      touring.stdout.on("data", (chunk: Buffer) => {
        said += String(chunk);
      });
      void touring.then(() => (said += "ended too early"));
      await expect
        .poll(() => said, { timeout: patience, interval: 50 })
        .toMatch(new RegExp(`${moment}|ended`));
      expect(said).not.toContain("ended too early");
      expect(labs.running()).not.toEqual([]);
      touring.kill(signal);
      expect((await touring).exitCode).toBe(130);
      await expectNothingLeft(labs, { expect });
    },
  );

  test("when whoever reads it goes away it ends everything", { timeout: patience }, async ({
    expect,
    onTestFinished,
  }) => {
    const labs = await labsOf(onTestFinished);
    const touring = start(labs);
    let said = "";
    touring.stdout.on("data", (chunk: Buffer) => {
      said += String(chunk);
    });
    void touring.then(() => (said += "ended too early"));
    await expect
      .poll(() => said, { timeout: patience, interval: 50 })
      .toMatch(/A load, judged|ended too early/);
    expect(said).not.toContain("ended too early");
    touring.stdout.destroy();
    await touring;
    await expectNothingLeft(labs, { expect });
  });
});

test("a tour of one among several platforms has to be told which", async () => {
  const labs = await labsOf(onTestFinished);
  const { exitCode, stderr } = await labs.fairlead(["tour"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("lab/which");
});
