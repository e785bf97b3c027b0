import { dirname, resolve } from "node:path";
import { z } from "zod";
import { problemsIn, readYaml, type YamlFile } from "../../catalog/load/yaml-file.ts";
import { duration, secondsOf } from "../../catalog/units.ts";
import { nearMatch } from "../../problems/near-match.ts";
import { type Location, type Problem, ProblemsError } from "../../problems/problem.ts";
import { explainIssues } from "../../problems/zod-issues.ts";
import { scrubberOf, withoutSecrets } from "../../programs/git-credentials.ts";
import { cycleIn, inOrder } from "./order.ts";
import { isPath, remoteFault } from "./remote.ts";

// Both are parts of refs, of file names and, repositories' in capitals, of names of variables.
const name = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, "must be small letters, digits and dashes");
// Narrower than Git, so that no name can be anything else on a command line.
const branch = z
  .string()
  .max(200)
  .regex(
    /^(?!.*(\.\.|\/\/|\/\.|\.lock(\/|$)))[A-Za-z0-9_][A-Za-z0-9_./+#-]*(?<![./])$/,
    "must be a branch's name of ASCII letters, digits and _ . / + # -",
  );
const words = z.string().regex(/^[^\0]+$/, "must be a word");

const repository = z.strictObject({
  remote: z
    .string()
    .min(1)
    .superRefine((remote, context) => {
      const fault = remoteFault(remote);
      if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
    }),
  target: branch,
  change: branch,
  needs: z.array(z.string()).default([]),
  check: z.array(words).min(1).optional(),
  limit: duration.default("10m"),
  pullRequest: z
    .string()
    .refine(
      (url) => URL.canParse(url) && /^https?:\/\/[^@]*$/.test(url),
      "must be an http or https URL without user",
    )
    .optional(),
});

const schema = z.strictObject({
  name,
  why: z.string().trim().min(1).max(2000),
  repositories: z
    .record(name, repository)
    .refine(
      (all) => Object.keys(all).length > 1,
      "must have at least 2 repositories: one alone needs no set",
    ),
});

/** A repository of a change set. */
export interface Repository {
  name: string;
  /** As Git is told: a path is from the root of the machine. It may hold a secret. */
  remote: string;
  /** The remote as it is written, without secrets. */
  shown: string;
  /** The branch that the change is for. */
  target: string;
  /** The branch, or the commit's whole name, that holds the change. */
  change: string;
  needs: readonly string[];
  /** A program and its arguments, run without a shell. */
  check?: readonly string[] | undefined;
  limitSeconds: number;
  pullRequest?: string | undefined;
  /** Where a key of it is written. */
  locate(key: string): Location;
}

/** Changes of several repositories that are one change. */
export interface ChangeSet {
  name: string;
  why: string;
  /** In the order in which they are checked and committed: each after all that it needs. */
  repositories: readonly Repository[];
  /** The first one of the file: it keeps the journal. */
  keeper: Repository;
  /** Takes the remotes' secrets out of a text. */
  scrub(text: string): string;
}

/** Reads a change set, YAML, at a path from `root`. Throws a ProblemsError with each fault at its place. */
export async function readChangeSet(root: string, file: string): Promise<ChangeSet> {
  const document = await readYaml(root, file);
  const parsed = schema.safeParse(document.value);
  if (!parsed.success || document.problems.length > 0) {
    const issues = parsed.success || document.value === undefined ? [] : parsed.error.issues;
    const wrong = problemsIn(document, explainIssues(issues, document.value, schema));
    const scrub = scrubberOf(remotesIn(document.value));
    throw new ProblemsError(
      [...document.problems, ...wrong].map((one) => ({ ...one, message: scrub(one.message) })),
    );
  }
  const folder = dirname(resolve(root, file));
  const written = Object.entries(parsed.data.repositories).map(
    ([name, { limit, ...one }]): Repository => ({
      ...one,
      name,
      remote: isPath(one.remote) ? resolve(folder, one.remote) : one.remote,
      shown: withoutSecrets(one.remote),
      limitSeconds: secondsOf(limit),
      locate: (key) => document.locate(["repositories", name, key]),
    }),
  );
  const problems = [...needProblems(written, document), ...targetProblems(written)];
  const [keeper] = written;
  if (problems.length > 0 || !keeper) throw new ProblemsError(problems);
  const scrub = scrubberOf(written.map(({ remote }) => remote));
  return { name: parsed.data.name, why: parsed.data.why, repositories: inOrder(written), keeper, scrub };
}

// Of what no schema took, too: its messages show values.
function remotesIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(remotesIn) : [];
}

function needProblems(all: readonly Repository[], document: YamlFile): Problem[] {
  const names = all.map(({ name }) => name);
  const unknown = all.flatMap(({ name, needs }) =>
    needs.flatMap((need, i): Problem[] => {
      if (names.includes(need)) return [];
      const near = nearMatch(need, names);
      return [
        {
          ...{ rule: "change-set/unknown-need", severity: "error" },
          message: `no repository "${need}" in the set; it has ${names.map((one) => `"${one}"`).join(", ")}`,
          location: document.locate(["repositories", name, "needs", i]),
          fix: near === undefined ? "add it to the set, or take it out" : `did you mean "${near}"?`,
        },
      ];
    }),
  );
  const cycle = cycleIn(all);
  const first = all.find((one) => one.name === cycle?.[0]);
  if (!cycle || !first) return unknown;
  const message = `repositories need each other in a circle: ${cycle.join(" → ")}`;
  const fix = "take one of these needs out: of two that need each other neither can be first";
  return [
    ...unknown,
    { rule: "change-set/cycle", severity: "error", message, location: first.locate("needs"), fix },
  ];
}

function targetProblems(all: readonly Repository[]): Problem[] {
  return all.flatMap((one, i): Problem[] => {
    const twin = all.slice(0, i).find(({ remote, target }) => remote === one.remote && target === one.target);
    if (!twin) return [];
    const message = `"${one.name}" and "${twin.name}" are the same branch of the same repository`;
    const fix = "name it once, with a branch that holds all of the change";
    return [
      { rule: "change-set/same-target", severity: "error", message, location: one.locate("target"), fix },
    ];
  });
}
