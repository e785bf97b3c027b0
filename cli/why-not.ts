import { entryFacts } from "../delivery/promotion/facts.ts";
import { type AnswerFormat, formatAnswer } from "../delivery/promotion/format-answer.ts";
import { mayEnter } from "../delivery/promotion/may-enter.ts";
import { stateOf } from "../delivery/promotion/state.ts";
import { findRelease } from "../delivery/release/find.ts";
import { atChosenDesk } from "./at-chosen-desk.ts";
import { exitCodeOfAnswer } from "./exit-code-of-answer.ts";
import { printData } from "./terminal.ts";

/** What `fairlead why-not` is told. */
export interface WhyNotOptions {
  env: string;
  platform?: string;
  as?: string;
  format: AnswerFormat;
}

/** `fairlead why-not RELEASE --env E`. Exits by the answer. */
export function whyNot(begin: string, options: WhyNotOptions): Promise<number> {
  return atChosenDesk({ ...options, looks: "as oneself" }, async ({ ledger, given, signer }, environment) => {
    const read = await ledger.read();
    const release = findRelease(stateOf(read.records), begin).digest;
    const facts = await entryFacts(read, await given(read, { release, environment }));
    const request = { release, environment, by: options.as ?? signer?.kid, at: new Date() };
    const answer = mayEnter(request, facts);
    printData(formatAnswer(answer, { request, format: options.format }));
    return exitCodeOfAnswer(answer);
  });
}
