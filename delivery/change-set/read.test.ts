import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { ProblemsError } from "../../problems/problem.ts";
import { scrubberOf, withoutSecrets } from "../../programs/git-credentials.ts";
import { howMany } from "../../tests/how-many.ts";
import { readChangeSet } from "./change-set.ts";
import { descriptionOf } from "./descriptions.ts";
import { cycleIn, inOrder } from "./order.ts";

const repository = (more: object = {}) => ({ remote: "a.git", target: "main", change: "cents", ...more });
const set = (repositories: Record<string, object>, more: object = {}) => ({
  name: "cents",
  why: "Cents.",
  repositories,
  ...more,
});

async function read(text: unknown) {
  const root = await mkdtemp(join(tmpdir(), "fairlead-change-set-file-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await writeFile(join(root, "set.yaml"), typeof text === "string" ? text : stringify(text));
  return readChangeSet(root, "set.yaml");
}

async function wrong(text: unknown): Promise<string[]> {
  const error = await read(text).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProblemsError)) throw error ?? new Error("it was taken");
  return error.problems.map(({ rule, message, location }) => `${location?.line} ${rule}: ${message}`);
}

test("WV-17: repositories are in the order of needs, and a circle is refused with its names", async () => {
  const { repositories, keeper } = await read(
    set({
      web: repository({ needs: ["api"] }),
      contracts: repository({ remote: "c.git" }),
      api: repository({ remote: "b.git", needs: ["contracts"] }),
    }),
  );
  expect(repositories.map(({ name }) => name)).toEqual(["contracts", "api", "web"]);
  expect(keeper.name).toBe("web");
  const circle = {
    a: repository({ needs: ["b"] }),
    b: repository({ remote: "b.git", needs: ["c"] }),
    c: repository({ remote: "c.git", needs: ["a"] }),
  };
  expect(await wrong(set(circle))).toEqual([
    "8 change-set/cycle: repositories need each other in a circle: a → b → c → a",
  ]);
});

test("what is wrong with a file is told at its line, all at once", async () => {
  expect(
    await wrong(set({ api: repository({ needs: ["contacts"] }), contracts: repository() })),
  ).toMatchInlineSnapshot(`
    [
      "9 change-set/unknown-need: no repository "contacts" in the set; it has "api", "contracts"",
      "12 change-set/same-target: "contracts" and "api" are the same branch of the same repository",
    ]
  `);
  expect(await wrong(set({ api: repository() }, { nmae: "x" }))).toMatchInlineSnapshot(`
    [
      "3 schema/wrong-value: repositories is an object; it must have at least 2 repositories: one alone needs no set",
      "8 schema/unknown-key: unknown key "nmae"",
    ]
  `);
});

test.each([
  [{ remote: "ext::sh -c touch% pwned" }, "remote helper"],
  [{ remote: "--upload-pack=touch pwned" }, "dash"],
  [{ remote: "ssh://-oProxyCommand=touch/x" }, "dash"],
  [{ remote: "a\nb" }, "one line"],
  [{ remote: "ftp://host/a.git" }, "protocol ftp"],
  [{ target: "--force" }, "a branch's name"],
  [{ target: "a..b" }, "a branch's name"],
  [{ target: "main:refs/heads/other" }, "a branch's name"],
  [{ change: "a b" }, "a branch's name"],
  [{ change: "x.lock" }, "a branch's name"],
  [{ pullRequest: "javascript:alert(1)" }, "http or https"],
  [{ check: "npm test" }, "a list"],
])("%j is refused: nothing of a file may be an option, a program or a command", async (more, told) => {
  const [first] = await wrong(set({ api: repository({ remote: "b.git", ...more }), web: repository() }));
  expect(first).toContain(told);
});

test("a message shows no secret of the remote that it is about", async () => {
  const remote = "https://robot:s3cret-word@git.example/a.git";
  const told = await wrong(
    set({
      api: repository({ remote, target: remote }),
      web: repository({ remote: `ftp://robot:s3cret-word@x/` }),
    }),
  );
  expect(told.join("\n")).not.toContain("s3cret");
});

test.each([
  ["https://token@git.example/a.git", "https://***@git.example/a.git"],
  ["https://user:pass@git.example/a.git?token=x", "https://***@git.example/a.git?***"],
  ["ssh://git@git.example/a.git", "ssh://git@git.example/a.git"],
  ["ssh://git:pass@git.example/a.git", "ssh://git:***@git.example/a.git"],
  ["git@git.example:a.git", "git@git.example:a.git"],
  ["../a.git", "../a.git"],
])("%s is shown as %s", (remote, shown) => {
  expect(withoutSecrets(remote)).toBe(shown);
  expect(scrubberOf([remote])(`fatal: '${remote}/info' and pass@word`)).not.toMatch(
    /token|user:pass|git:pass|=x/,
  );
});

test("any graph is ordered, or has a circle of which each needs the next", () => {
  const names = ["a", "b", "c", "d", "e", "f"];
  const graph = fc.array(fc.subarray(names), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(graph, (needs) => {
      const all = names.map((name, i) => ({ name, needs: needs[i] ?? [] }));
      const ordered = inOrder(all);
      const cycle = cycleIn(all);
      if (!cycle)
        return ordered.every((one, i) =>
          one.needs.every((need) => ordered.slice(0, i).some(({ name }) => name === need)),
        );
      const next = (i: number) =>
        all.find(({ name }) => name === cycle[i])?.needs.includes(cycle[i + 1] ?? "");
      return (
        ordered.length < all.length && cycle[0] === cycle.at(-1) && cycle.slice(1).every((_, i) => next(i))
      );
    }),
    { seed: 17, numRuns: howMany(200, 5000) },
  );
});

test("WV-17: each pull request's description links all others in order, and nothing breaks out of it", async () => {
  const found = await read(
    set(
      {
        contracts: repository({ pullRequest: "https://git.example/contracts/pull/12" }),
        web: repository({ remote: "w.git", needs: ["contracts"] }),
      },
      { why: "Amounts | in <b>cents</b>\n# [not](a link)" },
    ),
  );
  const [, web] = found.repositories;
  expect(web && descriptionOf(found, web)).toMatchInlineSnapshot(`
    "Amounts | in \\<b>cents\\</b>
    \\# \\[not]\\(a link)

    Part 2 of 2 of the change set \`cents\`: all of them are committed, in this order, or none. Do not merge this pull request alone.

    |   | Repository  | Pull request                                                                     | Change              | Needs       |
    | - | ----------- | -------------------------------------------------------------------------------- | ------------------- | ----------- |
    | 1 | \`contracts\` | [\`https://git.example/contracts/pull/12\`](https://git.example/contracts/pull/12) | \`cents\` into \`main\` |             |
    | 2 | **\`web\`**   | this one                                                                         | \`cents\` into \`main\` | \`contracts\` |
    "
  `);
});
