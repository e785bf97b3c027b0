// A decision with all that it depends on: what is kept, replayed and compared.
import { createHash } from "node:crypto";
import { canonicalJson } from "../../model/canonical-json.ts";
import type { Decision, DecisionSubject, GateInputs, Policy, Verdict } from "./decision.ts";

/** A recorded decision. Plain JSON; its name is the SHA-256 of its canonical JSON. */
export interface DecisionRecord {
  policyDigest: string;
  inputDigest: string;
  /** Of the platform as the model has it. */
  catalogDigest: string;
  /** Every criterion that was applied, as `OBJECTIVE/pass|warn/ENTRY/CRITERION`, entries and criteria from 0. */
  ruleIds: string[];
  verdict: Verdict;
  /** PLATFORM/GATE. */
  gate: string;
  environment: string;
  release?: string;
  policy: Policy;
  inputs: GateInputs;
}

/** What a record is made of, beside the decision. */
export interface Recorded extends DecisionSubject {
  policy: Policy;
  inputs: GateInputs;
  /** The platform of the gate, as the model has it. */
  platform: object;
}

/** The record of a decision that was made by a policy from inputs. */
export function recordOf(decision: Decision, recorded: Recorded): DecisionRecord {
  const { policy, inputs, platform, gate, environment, release } = recorded;
  return {
    policyDigest: digestOf(policy),
    inputDigest: digestOf(inputs),
    catalogDigest: digestOf(platform),
    ruleIds: ruleIdsOf(decision),
    verdict: decision.verdict,
    gate,
    environment,
    ...(release !== undefined && { release }),
    policy,
    inputs,
  };
}

function ruleIdsOf({ objectives }: Decision): string[] {
  return objectives.flatMap((objective) =>
    (["pass", "warn"] as const).flatMap((kind) =>
      objective[kind].flatMap((entry, i) => entry.map((_, j) => `${objective.name}/${kind}/${i}/${j}`)),
    ),
  );
}

/** SHA-256 of a value's canonical JSON, or of the bytes of a text, as `sha256:…`. */
export function digestOf(content: object | string | Uint8Array): string {
  const isPlain = typeof content === "string" || content instanceof Uint8Array;
  return `sha256:${createHash("sha256")
    .update(isPlain ? content : canonicalJson(content))
    .digest("hex")}`;
}
