import { entryFacts } from "../delivery/promotion/facts.ts";
import { type AnswerFormat, formatAnswer } from "../delivery/promotion/format-answer.ts";
import { mayEnter } from "../delivery/promotion/may-enter.ts";
import type { EntryAnswer } from "../delivery/promotion/requirement.ts";
import { stateOf } from "../delivery/promotion/state.ts";
import { findRelease } from "../delivery/release/find.ts";
import { atDesk } from "../stacks/deploy/promotion-desk.ts";
import { chosenPlatform } from "./chosen-platform.ts";
import { chosenStop } from "./chosen-stop.ts";
import { exitCodes } from "./exit-codes.ts";
import { loadForLedger } from "./load-for-ledger.ts";
import { printData } from "./terminal.ts";

/** What `fairlead why-not` is told. */
export interface WhyNotOptions {
  env: string;
  platform?: string;
  as?: string;
  format: AnswerFormat;
}

const PENDING: Record<NonNullable<EntryAnswer["pending"]>, number> = {
  release: exitCodes.problems,
  holder: exitCodes.lockHeld,
  requirements: exitCodes.problems,
  evidence: exitCodes.inconclusive,
  approvals: exitCodes.approvalPending,
};

/** `fairlead why-not RELEASE --env E`. Exits by the answer. */
export async function whyNot(begin: string, options: WhyNotOptions): Promise<number> {
  const project = await loadForLedger(process.cwd());
  const platform = chosenPlatform(project, options.platform);
  const environment = chosenStop(platform, options.env);
  return atDesk(
    { root: project.root, platform, env: process.env, looks: true },
    async ({ ledger, given, signer }) => {
      const read = await ledger.read();
      const release = findRelease(stateOf(read.records), begin).digest;
      const facts = await entryFacts(read, await given(read, { release, environment }));
      const request = { release, environment, by: options.as ?? signer?.kid, at: new Date() };
      const answer = mayEnter(request, facts);
      printData(formatAnswer(answer, { request, format: options.format }));
      return answer.may ? exitCodes.done : PENDING[answer.pending ?? "requirements"];
    },
  );
}
