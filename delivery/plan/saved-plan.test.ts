import { cp, mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ProblemsError } from "../../problems/problem.ts";
import { readSavedPlan, savePlan } from "./saved-plan.ts";

let folder: string;
let made: string;
let digest: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-saved-plan-test-"));
  made = join(folder, "made");
  await mkdir(join(made, "stacks"), { recursive: true });
  await writeFile(join(made, "stacks", "plan.tfplan"), "planned");
  const about = { platform: "shop", environment: "dev", stage: "dev" as const, context: "local" };
  ({ digest } = await savePlan(made, { ...about, server: "https://127.0.0.1:6443", layers: [] }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const refusalOf = async (copy: string) => {
  const error: unknown = await readSavedPlan(copy).catch((thrown: unknown) => thrown);
  if (!(error instanceof ProblemsError)) throw new Error(`no Problem, but ${String(error)}`);
  return error.problems.map(({ rule, message }) => `${rule}: ${message.split(": ").at(-1)}`);
};

test("a plan is read as it was saved, by all of its digest or the begin of it", async () => {
  for (const asked of [digest, digest.slice(0, 12), `sha256:${digest}`, undefined])
    expect((await readSavedPlan(made, { digest: asked })).digest).toBe(digest);
});

const ALTERED: [string, (copy: string) => Promise<unknown>, string][] = [
  [
    "a file that is a link to the same words",
    async (copy) => {
      await rename(join(copy, "stacks/plan.tfplan"), join(folder, "elsewhere"));
      await symlink(join(folder, "elsewhere"), join(copy, "stacks/plan.tfplan"));
    },
    "stacks/plan.tfplan was changed",
  ],
  ["a link to a folder", (copy) => symlink(folder, join(copy, "more")), "more was added"],
  ["a link to nowhere", (copy) => symlink("nowhere", join(copy, "more")), "more was added"],
];

test.each(ALTERED)("%s is no part of a plan (issue 8, part 2)", async (_, alter, told) => {
  const copy = await mkdtemp(join(folder, "copy-"));
  await cp(made, copy, { recursive: true });
  await alter(copy);
  expect(await refusalOf(copy)).toEqual([`plan/altered: ${told}`]);
});
