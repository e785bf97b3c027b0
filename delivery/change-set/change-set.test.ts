// WV-17: a change of several repositories is committed in the order of needs, all or nothing, and rolled back together; with real repositories.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ProblemsError } from "../../problems/problem.ts";
import { howMany } from "../../tests/how-many.ts";
import { chain, diamond, Repositories } from "./fixtures/repositories.ts";
import {
  checkChangeSet,
  commitChangeSet,
  resumeChangeSet,
  rollBackChangeSet,
  statusOfChangeSet,
} from "./index.ts";

async function commit(on: Repositories) {
  const { outcome, checked } = await commitChangeSet(on.place);
  expect(checked.problems).toEqual([]);
  return outcome;
}

const results = (outcome: Awaited<ReturnType<typeof commit>>) =>
  outcome?.repositories.map(({ result }) => result);

async function problemsOf(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProblemsError)) throw error ?? new Error("nothing was wrong");
  return error.problems;
}

test.each([
  ["chain", chain],
  ["diamond", diamond],
])(
  "WV-17: a %s is committed in every repository, in the order of needs, and rolled back in the other order",
  async (_, shape) => {
    const on = await Repositories.make(shape);
    const outcome = await commit(on);
    expect(outcome?.result).toBe("committed");
    expect(on.holding()).toEqual(on.names);
    expect(on.said.map((line) => line.split(":")[0])).toEqual(on.names);
    expect(on.phases()).toEqual(["preparing", "committing", "committed"]);
    expect(on.leftRefs()).toEqual([]);
    for (const name of on.names) await on.addFile(name, { branch: "main", file: "later.txt" });
    on.said.length = 0;
    expect((await rollBackChangeSet(on.place)).result).toBe("committed");
    expect(on.said.map((line) => line.split(":")[0])).toEqual(on.names.toReversed());
    expect(on.holding()).toEqual([]);
    for (const name of on.names) expect(on.files(name)).toContain("later.txt");
  },
);

test("WV-17: a target that moved on gets a merge that holds both, and a conflict commits nothing", async () => {
  const on = await Repositories.make(chain);
  await on.addFile("api", { branch: "main", file: "moved.txt" });
  const { repositories } = await checkChangeSet(on.place);
  expect(repositories.map(({ entry }) => entry.how)).toEqual(["fast-forward", "merge", "fast-forward"]);
  await commit(on);
  expect(on.files("api")).toEqual(["README", "api.txt", "moved.txt"]);

  const other = await Repositories.make(chain);
  await other.addFile("web", { branch: "main", file: "web.txt", text: "otherwise" });
  const [problem] = await problemsOf(commitChangeSet(other.place));
  expect(problem).toMatchObject({ rule: "change-set/conflict", location: { file: "set.yaml" } });
  expect(problem?.message).toBe("web: change cannot be merged into main: both changed web.txt");
  expect(other.files("contracts")).toEqual(["README"]);
});

test("WV-17: checks run in a clean checkout, after those of what is needed, and find it by a variable", async () => {
  const on = await Repositories.make(diamond);
  const sees = (script: string) => ["sh", "-c", script];
  await on.describe(({ repositories }) => {
    Object.assign(repositories.contracts ?? {}, {
      check: sees("echo first; sleep 1; touch made-by-check; test -f contracts.txt"),
    });
    Object.assign(repositories.api ?? {}, {
      check: sees("test -f api.txt && ls $FAIRLEAD_CHANGE_SET_CONTRACTS/made-by-check"),
    });
    Object.assign(repositories.jobs ?? {}, { check: ["false"] });
    Object.assign(repositories.web ?? {}, { check: sees("touch web-ran") });
  });
  const { repositories, problems } = await checkChangeSet(on.place);
  expect(repositories.map(({ entry, check }) => [entry.name, check.result, check.reason])).toEqual([
    ["contracts", "passed", undefined],
    ["api", "passed", undefined],
    ["jobs", "failed", "exit code 1"],
    ["web", "not run", "jobs did not pass"],
  ]);
  expect(await readFile(join(on.root, "logs/contracts.log"), "utf8")).toBe("first\n");
  expect(problems).toMatchObject([{ rule: "change-set/check-failed", location: { file: "set.yaml" } }]);
  const { outcome } = await commitChangeSet(on.place);
  expect(outcome).toBeUndefined();
  expect(on.holding()).toEqual([]);
  expect(on.git("contracts", "for-each-ref", "refs/fairlead")).toBe("");
});

test("a check that takes too long is ended with all that it started", async () => {
  const on = await Repositories.make(chain);
  await on.describe(({ repositories }) => {
    Object.assign(repositories.contracts ?? {}, {
      check: ["sh", "-c", "sleep 600 & sleep 600"],
      limit: "1s",
    });
  });
  const { repositories } = await checkChangeSet(on.place);
  expect(repositories[0]?.check).toMatchObject({ result: "failed", reason: "did not end within 1 s" });
});

// Pushes of a chain of three: 1 journal, 2-4 stages, 5 journal, 6-8 targets, 9 journal, 10-12 stages away.
const failures = ["hook", "concurrent", "gone"] as const;
const all = [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((step) =>
  failures.map((failure) => [failure, step] as const),
);
// Each step fails in one way, in the long run in every way.
const injected = all.filter(
  ([failure, step]) => failures.indexOf(failure) % howMany(3, 1) === step % howMany(3, 1),
);

test.each(injected)(
  "WV-17: %s before push %i of the last repository: all or nothing",
  async (failure, step) => {
    const on = await Repositories.make(chain);
    const scripts = {
      hook: on.hookRefuses("web"),
      concurrent: on.someonePushes("web"),
      gone: on.goes("web"),
    };
    await on.before(step, scripts[failure]);
    const { outcome } = await commitChangeSet(on.place);
    const isBefore = step <= 8;
    // What is gone cannot be asked whether it has the change, and only later be closed.
    const expected = !isBefore ? "committed" : failure === "gone" ? "left" : "taken back";
    expect(outcome?.result).toBe(expected);
    await on.heal();
    expect(on.holding()).toEqual(isBefore ? [] : on.names);
    if (failure === "concurrent") expect(on.files("web")).toContain("later.txt");
    if (expected === "left") expect((await resumeChangeSet(on.place)).result).toBe("taken back");
    expect(on.phases().at(-1)).toBe(isBefore ? "taken-back" : "committed");
    if (failure !== "gone" || isBefore) expect(on.leftRefs()).toEqual([]);
    if (failure === "concurrent" || !isBefore) return;
    await commit(on);
    expect(on.holding()).toEqual(on.names);
  },
);

test("WV-17: a target on which others built is taken back by a commit, and so is one that may not be rewound", async () => {
  const on = await Repositories.make(chain);
  on.git("api", "config", "receive.denyNonFastForwards", "true");
  await on.before(8, [on.someonePushes("contracts"), on.hookRefuses("web")].join("\n"));
  const outcome = await commit(on);
  expect(outcome).toMatchObject({ result: "taken back", because: { name: "web" } });
  expect(outcome?.because?.reason).toContain("not today");
  expect(results(outcome)).toEqual(["reverted", "reverted", "untouched"]);
  expect(on.holding()).toEqual([]);
  expect(on.files("contracts")).toEqual(["README", "later.txt"]);
  expect(on.git("api", "log", "-1", "--format=%s", "main")).toBe("Revert change set cents");
  const [problem] = await problemsOf(commitChangeSet(on.place));
  expect(problem?.rule).toBe("change-set/nothing-to-commit");
});

test("WV-17: what others changed cannot be taken back: it is told, kept open, and closed once somebody has mended it", async () => {
  const on = await Repositories.make(chain);
  const clash = join(on.root, "clash");
  await on.before(8, `. '${clash}'\n${on.hookRefuses("web")}`);
  await writeFile(
    clash,
    on.addingScript("contracts", { branch: "main", file: "contracts.txt", text: "mine" }),
  );
  const outcome = await commit(on);
  expect(outcome?.result).toBe("left");
  expect(outcome?.repositories[0]).toMatchObject({ result: "left", reason: "both changed contracts.txt" });
  expect(on.holding()).toEqual(["contracts"]);
  expect((await problemsOf(commitChangeSet(on.place)))[0]?.rule).toBe("change-set/held");
  const { state } = await statusOfChangeSet(on.place);
  expect(state).toMatchObject({ phase: "taking-back", because: { name: "web" } });
  on.git("contracts", "update-ref", "refs/heads/main", "main~2");
  expect((await resumeChangeSet(on.place)).result).toBe("taken back");
});

test("WV-17: a rollback that is refused leaves the set committed, and works when nothing refuses", async () => {
  const on = await Repositories.make(chain);
  await commit(on);
  // 7 is the second target.
  await on.before(7, on.hookRefuses("api"));
  expect((await rollBackChangeSet(on.place)).result).toBe("taken back");
  expect(on.holding()).toEqual(on.names);
  await on.heal();
  expect((await rollBackChangeSet(on.place)).result).toBe("committed");
  expect(on.holding()).toEqual([]);
  expect((await problemsOf(rollBackChangeSet(on.place)))[0]?.rule).toBe("change-set/not-committed");
});

test("a set is committed once, by the file that its journal belongs to", async () => {
  const on = await Repositories.make(chain);
  expect((await problemsOf(resumeChangeSet(on.place)))[0]?.rule).toBe("change-set/not-committed");
  await commit(on);
  expect((await problemsOf(commitChangeSet(on.place)))[0]?.rule).toBe("change-set/committed");
  await on.describe((set) => {
    set.repositories = Object.fromEntries(Object.entries(set.repositories).toReversed());
  });
  expect((await problemsOf(rollBackChangeSet(on.place)))[0]?.rule).toBe("change-set/other-file");
  await on.describe(({ repositories }) => {
    delete repositories.web;
  });
  expect((await problemsOf(rollBackChangeSet(on.place)))[0]?.message).toContain(
    "names web (main), which the file does not",
  );
});

test("a remote without the branch, and one that is not there, are told at their lines, all at once", async () => {
  const on = await Repositories.make(chain);
  await on.describe(({ repositories }) => {
    Object.assign(repositories.contracts ?? {}, { change: "chnage" });
    Object.assign(repositories.api ?? {}, { remote: "nowhere.git" });
  });
  const problems = await problemsOf(checkChangeSet(on.place));
  expect(problems.map(({ message, location }) => `${location?.line}: ${message.split(":")[0]}`)).toEqual([
    '7: contracts has no branch "chnage"',
    "10: api cannot be read from nowhere.git",
  ]);
});
