import type { Check } from "../../model/promotion.ts";
import { runProgram } from "../../programs/run-program.ts";
import { shortened } from "./run-steps.ts";
import { type Step, StepFailedError, type Work } from "./step.ts";

/** How many characters of a check's output the ledger keeps: its last ones. */
const KEPT = 400;

/**
 * Runs the checks of an environment, one after the other, from the project's root: exit code 0 passes. Each is told which release it is about by
 * FAIRLEAD_RELEASE, FAIRLEAD_PLATFORM and FAIRLEAD_ENV, and is ended, with all that it started, at its time limit.
 */
export function checksStep(checks: readonly Check[], root: string): Step {
  return {
    name: "verify",
    changes: false,
    async run(work) {
      const { release, environment } = work.target;
      if (!release) return { says: "nothing to verify" };
      for (const check of checks) {
        const failure = await failureOf(check, { root, work });
        const told = { kind: "check" as const, release: release.digest, environment, check: check.name };
        await work.held.add({ ...told, passed: failure === undefined, ...(failure && { says: failure }) });
        if (failure) throw new StepFailedError(`check ${check.name} failed: ${failure}`);
        work.say(`check ${check.name}: passed`);
      }
      return { says: checks.map(({ name }) => name).join(", ") || "no checks" };
    },
  };
}

/** Why a check fails; absent where it passes. */
async function failureOf(
  { command: [program = "", ...args], timeoutSeconds }: Check,
  { root, work }: { root: string; work: Work },
): Promise<string | undefined> {
  const { release, platform, environment } = work.target;
  let said = "";
  const { failed, isLate } = await runProgram(program, args, {
    cwd: root,
    env: {
      ...process.env,
      FAIRLEAD_RELEASE: release?.digest ?? "",
      FAIRLEAD_PLATFORM: platform,
      FAIRLEAD_ENV: environment,
    },
    ...{ limitSeconds: timeoutSeconds, signal: work.signal, keepsNothing: true },
    onLine: (line) => {
      said = `${said}\n${line}`.slice(-KEPT);
    },
  });
  if (failed === undefined || isLate) return isLate ? `it ${failed}` : undefined;
  return shortened([failed, said.trim()].filter(Boolean).join(": "));
}
