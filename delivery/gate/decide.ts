import type { Gate, Platform } from "../../model/model.ts";
import { collect, type Sources } from "../evidence/collect.ts";
import type { Decision, DecisionSubject, GateInputs, Override } from "./decision.ts";
import { evaluate } from "./evaluate.ts";
import { acceptedRuns, fileRecord } from "./ledger.ts";
import { recordOf } from "./record.ts";

/** What a gate is asked, and where the answer is kept. */
export interface Question extends Omit<Sources, "platform"> {
  /** Folder of records: those of before are what is compared with, and the new one goes there. */
  records: string;
  override?: Override | undefined;
}

/** A decision that was made, and where its record is. */
export interface Decided {
  decision: Decision;
  subject: DecisionSubject;
  /** Path of the record. */
  record: string;
}

/** Collects what is known, judges it, and records the decision with all that it depends on. */
export async function decide(platform: Platform, gate: Gate, question: Question): Promise<Decided> {
  const { environment, release, at, records, override } = question;
  const subject = {
    gate: `${platform.name}/${gate.name}`,
    environment,
    ...(release !== undefined && { release }),
  };
  const inputs: GateInputs = {
    at: at.toISOString(),
    readings: await collect(gate.policy, { ...question, platform: platform.name }),
    accepted: acceptedRuns(records, {
      ...subject,
      at: at.toISOString(),
      reference: gate.policy.compare.reference,
    }),
    ...(override && { override }),
  };
  const decision = evaluate(gate.policy, inputs);
  const described = withoutPlaces(platform);
  const record = recordOf(decision, { ...subject, policy: gate.policy, inputs, platform: described });
  return { decision, subject, record: await fileRecord(records, record) };
}

/** Whether nothing but approvals stands between the release and a pass. */
export function waitsForApproval({
  decision,
  policy,
}: {
  decision: Decision;
  policy: Gate["policy"];
}): boolean {
  const missed = decision.objectives.filter(
    ({ verdict }) => verdict === "fail" || verdict === "inconclusive",
  );
  const kindOf = (name: string) => policy.objectives.find((objective) => objective.name === name)?.indicator;
  return (
    missed.length > 0 &&
    missed.every(({ name }) => {
      const indicator = kindOf(name);
      return indicator?.kind === "evidence" && indicator.evidence === "approvals";
    })
  );
}

// Where something is written is no part of what it means: moving a line changes no catalog.
function withoutPlaces(platform: Platform): object {
  const text = JSON.stringify(platform, (key, value: unknown) => (key === "origin" ? undefined : value));
  return JSON.parse(text) as object;
}
