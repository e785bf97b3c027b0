import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { twoAtATime } from "../../checks/two-at-a-time.ts";
import { byKey } from "./by-key.ts";
import { testedRules } from "./rule-files.ts";
import { type Chosen, seededChoice } from "./seeded-choice.ts";
import { baseline, trial, type Verdict } from "./trial.ts";

/**
 * Tries so many mutants, two rule files at a time, and says what became of each. Throws when the tests of a rule file fail
 * before anything is changed: then they prove nothing.
 */
export async function tryMutants(choice: { seed: number; count: number }): Promise<Verdict[]> {
  const chosen = seededChoice(await testedRules(), choice);
  const byFile = [...byKey(chosen, ({ rules }) => rules).values()];
  const folder = await mkdtemp(join(tmpdir(), "fairlead-mutation-"));
  try {
    const verdicts = await twoAtATime(byFile, (own) => tryOne(own, folder));
    return verdicts.flat();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function tryOne(mutants: readonly Chosen[], folder: string): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const one of mutants) {
    const { platform, path } = one.rules;
    const own = await mkdtemp(join(folder, `${platform}-`));
    if (verdicts.length === 0) {
      const wrong = await baseline(one.rules, own);
      if (wrong !== "") throw new Error(`${platform}/${path} fails its tests unchanged: ${wrong}`);
    }
    verdicts.push(await trial(one, own));
    await rm(own, { recursive: true, force: true });
  }
  return verdicts;
}
