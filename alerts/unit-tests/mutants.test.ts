import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { twoAtATime } from "../../checks/two-at-a-time.ts";
import type { Artifact } from "../../model/model.ts";
import { howMany } from "../../tests/how-many.ts";
import { modelOf } from "../../tests/model-of.ts";
import { type Mutant, mutantsOf, mutated, type RuleFileContent } from "../../tests/mutation/mutants.ts";
import { manySignals } from "../fixtures/many-signals.ts";
import { promtool } from "../fixtures/promtool.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { alerts } from "../index.ts";

/** Mutants tried for each rule file; MUTANTS=50 tries more, MUTANTS=all every one, which takes long; MUTANTS_OF=PATTERN only some files. */
const SAMPLE =
  process.env.MUTANTS === "all" ? Number.POSITIVE_INFINITY : Number(process.env.MUTANTS ?? howMany(3, 20));

const artifacts = alerts(modelOf([manySignals]));
const ruleFiles = artifacts.filter(({ path }) => path.includes("/prod/rules/"));
const testFiles = artifacts.filter(({ path }) => path.includes("/tests/"));
const fileName = (path: string) => path.split("/").at(-1) ?? path;
// The examples of a free-form alert are the catalog's own, and nothing can be wrong with the Watchdog.
const tried = ruleFiles
  .filter(({ path }) => !/score-falls|watchdog/.test(path))
  .filter(({ path }) => new RegExp(process.env.MUTANTS_OF ?? "").test(path));

/**
 * Mutants that mean the same as the original. A label that the rule sets and the expression has already; a guard that another
 * condition implies; `rate` for `increase` in a ratio or against 0; `sum` or `avg` for `max` of what is never negative,
 * against 0; `avg` for `sum` of two histograms, or of all parts of a composite, above and below the line; a longer range where the label of the
 * period chooses; a level trend, which leads nowhere. And, as a limit of what promtool can be fed: "more than" against "at least" where the value is computed by extrapolation.
 */
const SAME = [
  /: label (platform|service|slo) removed$/,
  /(EventRatio|ProviderFails|RetriesRare|ManyLate|ThreeRetries|AnyRetry|Page|Ticket).*: strictness changed/,
  /^(quick|native)\.yaml slo:sli_error:ratio_rate\w+: aggregated by avg/,
  /ratio_rate\w+: increase instead/,
  /(DiskFilling|BacklogGrowing|ScoreSinking|NothingLeft|SpentToday|BudgetForecast): strictness changed, place [12]$/,
  /AnyRetry: (rate instead|aggregated by (max|avg))/,
  /AnyOpen: aggregated by (sum|avg)/,
  /TooManyWaiting: grouping dropped/,
  /^journey\.yaml slo:(sli|period)_error:ratio\w*: aggregated by avg/,
  /^(short|tenants)\.yaml slo:period_error:ratio: window × 2/,
];

/** Tried in any case: what only the shape of a burn-rate test notices. */
const ALWAYS =
  /^no-failure\.yaml (NoFailurePageSlow: threshold × (0\.95|1\.05)|slo:sli_error:ratio_rate(30m|6h): window)/;

const digest = (text: string) => createHash("sha256").update(text).digest("hex");

function sample({ path, content }: Artifact): Mutant[] {
  const named = (mutant: Mutant) => `${fileName(path)} ${mutant.name}`;
  const different = mutantsOf(parse(content) as RuleFileContent).filter(
    (mutant) => !SAME.some((pattern) => pattern.test(named(mutant))),
  );
  const shuffled = different.toSorted((a, b) => (digest(a.name) < digest(b.name) ? -1 : 1));
  return [
    ...new Set([...shuffled.slice(0, SAMPLE), ...different.filter((mutant) => ALWAYS.test(named(mutant)))]),
  ];
}

test("the tests notice what is done to the rules", async () => {
  const folder = await temporaryFolder([]);
  const jobs = tried.flatMap((rules) =>
    sample(rules).map((mutant, i) => ({ rules, mutant, place: `${fileName(rules.path)}-${i}` })),
  );
  const survived = await twoAtATime(jobs, async ({ rules, mutant, place }) => {
    const own = testFiles
      .filter(({ content }) => content.includes(`/rules/${fileName(rules.path)}\n`))
      // The changed alert's own test first: it is the likeliest to notice.
      .sort(
        (a, b) =>
          Number(b.content.includes(` of ${mutant.rule} `)) -
          Number(a.content.includes(` of ${mutant.rule} `)),
      );
    for (const path of [`${place}/prod/rules`, `${place}/tests`])
      await mkdir(join(folder, path), { recursive: true });
    const wrong = mutated(parse(rules.content) as RuleFileContent, mutant);
    await writeFile(join(folder, place, "prod/rules", fileName(rules.path)), JSON.stringify(wrong));
    for (const { path, content } of own) {
      const file = join(place, "tests", fileName(path));
      await writeFile(join(folder, file), content);
      if (!(await promtool(["test", "rules", file], folder)).ok) return [];
    }
    return [`${fileName(rules.path)}: ${mutant.name}`];
  });
  if (!process.env.MUTANTS_OF) expect(jobs.length).toBeGreaterThan(50);
  expect(survived.flat()).toEqual([]);
}, 3_600_000);
