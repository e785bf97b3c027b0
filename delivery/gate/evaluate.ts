import type { Objective } from "../../model/model.ts";
import { comparedWith } from "./compared.ts";
import { applied, rounded, together } from "./criteria.ts";
import type {
  AppliedCriterion,
  Decision,
  GateInputs,
  ObjectiveResult,
  Policy,
  Reading,
  Verdict,
} from "./decision.ts";

/**
 * Judges what is known by a policy (after Keptn's lighthouse, with four verdicts). Pure: the same policy and inputs give the same decision,
 * today and when it is replayed. What has no value that counts is inconclusive and never passes; a gate fails where a key objective
 * fails, or where even the best that the missing values could be would not reach the score.
 */
export function evaluate(policy: Policy, inputs: GateInputs): Decision {
  const objectives = policy.objectives.map((objective) => judge(objective, policy, inputs));
  const reached = objectives.reduce((sum, { score }) => sum + score, 0);
  const scored = objectives.filter(({ verdict }) => verdict !== "informs");
  const of = scored.reduce((sum, { weight }) => sum + weight, 0);
  const score = { reached, of, pass: policy.total.pass, warn: policy.total.warn };
  const { verdict, because } = verdictOf(scored, score);
  const override = inputs.override && { ...inputs.override, ...counts(policy, { verdict, ...inputs }) };
  const stops = verdict === "fail" || verdict === "inconclusive";
  return {
    verdict,
    because,
    level: policy.level,
    blocks: stops && policy.level !== "advisory" && override?.counts !== true,
    score,
    objectives,
    ...(override && { override }),
    ...(hasLeftOut(objectives) && policy.bootstrap && { bootstrap: policy.bootstrap }),
  };
}

function verdictOf(
  scored: readonly ObjectiveResult[],
  { reached, of, pass, warn }: Decision["score"],
): { verdict: Verdict; because: string } {
  const names = (wanted: (result: ObjectiveResult) => boolean) =>
    scored
      .filter(wanted)
      .map(({ name }) => name)
      .join(", ");
  const failedKeys = names(({ key, verdict }) => key && verdict === "fail");
  if (failedKeys !== "") return { verdict: "fail", because: `key objectives failed: ${failedKeys}` };
  const unknown = names(({ verdict }) => verdict === "inconclusive");
  const best = scored.reduce(
    (sum, { score, verdict, weight }) => sum + (verdict === "inconclusive" ? weight : score),
    0,
  );
  const points = `${reached} of ${of} points`;
  if (of > 0 && best < rounded(warn * of))
    return {
      verdict: "fail",
      because: best > reached ? `${points}, and at most ${best}: too few` : `${points}: too few`,
    };
  if (unknown !== "") return { verdict: "inconclusive", because: `not known: ${unknown}` };
  if (of === 0) return { verdict: "inconclusive", because: "no objective was judged" };
  if (reached >= rounded(pass * of)) return { verdict: "pass", because: points };
  return { verdict: "warn", because: `${points}: enough for a warning` };
}

function judge(objective: Objective, policy: Policy, inputs: GateInputs): ObjectiveResult {
  const { name, weight, key, indicator } = objective;
  const reading: Reading = own(inputs.readings, name) ?? { missing: "there is no evidence" };
  // Put together by assignment: spreading parts that may be absent took most of a replay's time.
  const result: ObjectiveResult = {
    name,
    verdict: "informs",
    key,
    weight,
    score: 0,
    unit: indicator.unit,
    pass: [],
    warn: [],
  };
  if (reading.source) result.source = reading.source;
  const because = whyNot(reading, objective);
  if (because !== undefined || "missing" in reading) {
    if (objective.pass) result.verdict = "inconclusive";
    if (because !== undefined) result.because = because;
    return result;
  }
  const { value, samples } = reading;
  const compared = isRelative(objective) ? comparedWith(name, policy, inputs) : undefined;
  const judged = { value, compared: compared?.value, leavesOut: isBootstrapping(policy, inputs) };
  const entries = (all: Objective["pass"] = []) =>
    all.map((entry) => entry.map((one) => applied(one, judged)));
  const [pass, warn] = [entries(objective.pass), entries(objective.warn)];
  result.value = value;
  if (samples !== undefined) result.samples = samples;
  if (compared) result.compared = compared;
  return Object.assign(
    result,
    { pass, warn },
    scored({ pass, warn, weight, isScored: objective.pass !== undefined }),
  );
}

/** Whether an objective has criteria that compare with other runs. */
export function isRelative({ pass, warn }: Objective): boolean {
  const asks = (entries: Objective["pass"]) => entries?.some((entry) => entry.some((one) => one.relative));
  return asks(pass) === true || asks(warn) === true;
}

/** What the applied criteria of an objective say of it, and what that adds to the score. */
export function scored({
  pass,
  warn,
  weight,
  isScored,
}: {
  pass: AppliedCriterion[][];
  warn: AppliedCriterion[][];
  weight: number;
  isScored: boolean;
}): Pick<ObjectiveResult, "verdict" | "score" | "because"> {
  if (!isScored) return { verdict: "informs", score: 0 };
  const passes = together(pass);
  if (passes === undefined)
    return { verdict: "informs", score: 0, because: "there is nothing to compare with yet" };
  if (passes === true) return { verdict: "pass", score: weight };
  const warns = together(warn);
  if (passes === "unknown" || warns === "unknown")
    return { verdict: "inconclusive", score: 0, because: "there is no accepted run to compare with" };
  return warns === true ? { verdict: "warn", score: weight / 2 } : { verdict: "fail", score: 0 };
}

/** Why a reading does not count; undefined: it does. */
function whyNot(reading: Reading, { minimumSamples }: Objective): string | undefined {
  if ("missing" in reading) return reading.missing;
  if (!Number.isFinite(reading.value)) return `${reading.value} is no measurement`;
  if (minimumSamples === undefined || (reading.samples ?? 0) >= minimumSamples) return undefined;
  return reading.samples === undefined
    ? `it is not known of how many samples, and ${minimumSamples} are needed`
    : `${reading.samples} samples, and ${minimumSamples} are needed`;
}

/** Until the end of the day that the policy names, in UTC. */
function isBootstrapping({ bootstrap }: Policy, { at }: GateInputs): boolean {
  return bootstrap !== undefined && at.slice(0, 10) <= bootstrap.until;
}

function hasLeftOut(objectives: readonly ObjectiveResult[]): boolean {
  const isIn = (entries: ObjectiveResult["pass"]) =>
    entries.some((entry) => entry.some(({ outcome }) => outcome === "left out"));
  return objectives.some(({ pass, warn }) => isIn(pass) || isIn(warn));
}

/** Whether an override lets the release pass. */
function counts(
  { level, overriddenBy }: Policy,
  { at, verdict, override }: GateInputs & { verdict: Verdict },
): { counts: boolean; because: string } {
  const no = (because: string) => ({ counts: false, because });
  if (!override || verdict === "pass" || verdict === "warn") return no("the gate did not say no");
  if (level !== "overridable") return no(`the gate is ${level}`);
  if (override.role !== overriddenBy) return no(`only ${overriddenBy} may override it, not ${override.role}`);
  if (override.reason.trim() === "") return no("it gives no reason");
  if (!(Date.parse(at) < Date.parse(override.until))) return no(`it ended at ${override.until}`);
  return { counts: true, because: override.reason };
}

// A name such as "constructor" must not find what every object has.
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
