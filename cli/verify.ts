import { openLedger } from "../delivery/ledger/open.ts";
import { type Verified, verifyLedger } from "../delivery/ledger/verify.ts";
import { readPeople } from "../delivery/signing/people.ts";
import type { Platform } from "../model/model.ts";
import { type Problem, ProblemsError, UsageError } from "../problems/problem.ts";
import { unknownChoices } from "../problems/unknown-choices.ts";
import { strangeLockFiles } from "../stacks/deploy/promotion-lock-files.ts";
import { exitCodes } from "./exit-codes.ts";
import { loadForLedger } from "./load-for-ledger.ts";
import { type Found, report } from "./report.ts";
import type { ReportOptions } from "./report-options.ts";

/** What `fairlead verify` is told. */
export interface VerifyOptions extends ReportOptions {
  platform?: string[];
  head?: string;
}

interface Outcome {
  platform: string;
  place: string;
  verified?: Verified;
  problems: readonly Problem[];
}

/** `fairlead verify`. Every ledger is looked at, also where another is not whole. */
export function verify(options: VerifyOptions): Promise<number> {
  return report("verify", options, async () => {
    const { root, model } = await loadForLedger(process.cwd());
    const chosen = chosenOf(model.platforms, options);
    const people = await readPeople(root);
    const outcomes: Outcome[] = [];
    for (const { name: platform, promotion } of chosen) {
      if (!promotion) continue;
      const ledger = openLedger(promotion.ledger, { root, platform, people, env: process.env });
      const head = options.head === undefined ? {} : { head: options.head };
      const outcome = await verifyLedger(ledger, { people, ...head }).then(
        async (verified) => {
          const strange = await strangeLockFiles(verified, { root, platform, promotion });
          return { verified, problems: [...(verified.notes ?? []), ...strange] };
        },
        (error: unknown) => ({ problems: problemsIn(error) }),
      );
      await ledger.close();
      outcomes.push({ platform, place: ledger.place, ...outcome });
    }
    return foundOf(outcomes);
  });
}

function chosenOf(platforms: readonly Platform[], { platform: asked = [], head }: VerifyOptions): Platform[] {
  const withLedger = platforms.filter(({ promotion }) => promotion !== undefined);
  const names = withLedger.map(({ name }) => name);
  const problems = unknownChoices("platform", asked, names);
  if (problems.length > 0) throw new UsageError(problems);
  const chosen = withLedger.filter(({ name }) => asked.length === 0 || asked.includes(name));
  if (head === undefined || chosen.length === 1) return chosen;
  const message = `a head is of one ledger, and there are ${chosen.length}`;
  const fix = "name its platform with --platform";
  throw new UsageError([{ rule: "ledger/which", severity: "error", message, fix }]);
}

function problemsIn(error: unknown): readonly Problem[] {
  if (error instanceof ProblemsError) return error.problems;
  throw error;
}

function foundOf(outcomes: readonly Outcome[]): Found {
  const problems = outcomes.flatMap((one) => one.problems);
  const isWhole = problems.every(({ severity }) => severity !== "error");
  const lines = outcomes.map(({ platform, place, verified, problems: one }) => {
    if (!verified && one.some(({ rule }) => rule === "ledger/unavailable"))
      return `✖ ${platform} (${place}) cannot be read`;
    if (!verified) return `✖ ${platform} (${place}) is not as it was written`;
    const { records, head, agreements, attestations } = verified;
    const count = `${counted(records.length, "record")}, ${counted(agreements, "approval")}, ${counted(attestations, "attestation")}`;
    return `✔ ${platform} (${place}): ${count}, all as they were written and signed\n  head ${head.digest}`;
  });
  const json = outcomes.map(({ platform, place, verified, problems }) => ({
    ...{ platform, place, whole: verified !== undefined },
    ...(verified && {
      ...{ head: verified.head, approvals: verified.agreements, attestations: verified.attestations },
    }),
    problems,
  }));
  const text = lines.length > 0 ? lines.join("\n") : "No platform says where its ledger is.";
  return {
    problems,
    own: {
      json: () => JSON.stringify({ version: 1, ledgers: json }, undefined, 2),
      ...(problems.length === 0 && { text: () => text }),
    },
    ...(problems.length > 0 && { note: text }),
    exitCode: isWhole ? exitCodes.done : exitCodes.problems,
  };
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
