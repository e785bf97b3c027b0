import type { EvidenceKind } from "../../catalog/evidence.ts";
import type { Objective } from "../../model/model.ts";
import type { Policy, Reading, Source } from "../gate/decision.ts";
import { digestOf } from "../gate/record.ts";
import { type Evidence, understand } from "./evidence.ts";
import { changesIn } from "./formats/changes.ts";
import { formats } from "./formats/index.ts";
import type { Measured, ReadFor } from "./measured.ts";
import { type Asked, readQueries } from "./prometheus.ts";
import { riskOf } from "./regression-risk.ts";
import { readStore } from "./store.ts";

/** Where the values of a gate's objectives come from. */
export interface Sources extends ReadFor {
  platform: string;
  /** Folder of evidence; absent: there is none. */
  folder?: string | undefined;
  /** Absent: nobody is asked. */
  asked?: Asked | undefined;
}

/** What is known of each objective of a policy: a value with its origin and digest, or why there is none. */
export async function collect(policy: Policy, sources: Sources): Promise<Record<string, Reading>> {
  const stored = sources.folder === undefined ? [] : await readStore(sources.folder);
  const evidence = await understand(stored, sources);
  const queries = policy.objectives.flatMap(({ name, indicator }) =>
    "query" in indicator ? [[name, indicator.query] as const] : [],
  );
  const answers = sources.asked
    ? await readQueries(sources.asked, new Map(queries), sources.at)
    : Object.fromEntries(
        queries.map(([name]) => [name, { missing: "it is not said which Prometheus is asked" }]),
      );
  const others = policy.objectives.flatMap(({ name, indicator }) =>
    "query" in indicator ? [] : [[name, fromEvidence(indicator, evidence, sources)] as const],
  );
  return { ...answers, ...Object.fromEntries(others) };
}

type ByEvidence = Exclude<Objective["indicator"], { query: string }>;

function fromEvidence(indicator: ByEvidence, evidence: readonly Evidence[], sources: Sources): Reading {
  if (indicator.kind === "load") {
    const subject = `${sources.platform}/${indicator.profile}`;
    return measureOf(onlyOne(evidence, sources, { kind: "load", subject }), indicator.measure);
  }
  if (indicator.evidence === "regression-risk") return regressionRisk(evidence, sources);
  return measureOf(onlyOne(evidence, sources, { kind: indicator.evidence }), indicator.measure);
}

interface Wanted {
  kind: EvidenceKind | "load";
  subject?: string;
}

type Counting = { measured: Measured; text: string; source: Source };

/** The one piece of evidence of a kind that counts for the release; the reason where there is not exactly one that does. */
function onlyOne(
  evidence: readonly Evidence[],
  { release }: Pick<Sources, "release">,
  { kind, subject }: Wanted,
): Counting | { missing: string; source?: Source } {
  const damaged = evidence.find(({ label }) => !label);
  if (damaged) return { missing: `${damaged.name} ${damaged.problem}: it could be of anything` };
  const ofKind = evidence.filter(
    ({ label, measured }) =>
      label && formats[label.format].kind === kind && (!measured || measured.subject === subject),
  );
  const what = subject === undefined ? kind : `load run ${subject}`;
  if (ofKind.length === 0) return { missing: `there is no evidence of ${what}` };
  // Also where no release is named: a value of some release, of which nobody was asked, is none.
  const own = ofKind.filter(({ label }) => label?.release === release);
  if (own.length === 0) return { missing: `there is evidence of ${what}, but none ${ofWhich(release)}` };
  const [one, ...more] = own;
  if (more.length > 0)
    return {
      missing: `${own.length} files tell of ${what}, and one must: ${own.map(({ name }) => name).join(", ")}`,
    };
  return one ? countingOf(one) : { missing: `there is no evidence of ${what}` };
}

function ofWhich(release: string | undefined): string {
  return release === undefined ? "without a release, and it is not said which is judged" : `of ${release}`;
}

function countingOf({ label, measured, text, problem }: Evidence): ReturnType<typeof onlyOne> {
  const at = label && new Date(measured?.at ?? label.at).toISOString();
  const source = label && at && { digest: label.digest, origin: label.origin, at };
  if (!source || !measured || text === undefined || problem !== undefined)
    return { missing: problem ?? "it cannot be read", ...(source && { source }) };
  return { measured, text, source };
}

function measureOf(found: ReturnType<typeof onlyOne>, measure: string): Reading {
  if ("missing" in found) return found;
  const { measured, source } = found;
  const value = Object.hasOwn(measured.values, measure) ? measured.values[measure] : undefined;
  return value ? { ...value, source } : { missing: `the evidence does not tell of ${measure}`, source };
}

/** From what changed and how much of it tests cover; both must be known. */
function regressionRisk(evidence: readonly Evidence[], sources: Sources): Reading {
  const changes = onlyOne(evidence, sources, { kind: "changes" });
  if ("missing" in changes) return changes;
  const coverage = measureOf(onlyOne(evidence, sources, { kind: "coverage" }), "lines");
  if ("missing" in coverage) return coverage;
  const value = riskOf(changesIn(changes.text), coverage.value);
  const of = [changes.source, coverage.source];
  const source = {
    digest: digestOf(of),
    origin: `model of regression risk, from ${of.map(({ origin }) => origin).join(" and ")}`,
    at: of.map(({ at }) => at).sort()[0] ?? changes.source.at,
  };
  return { value, source };
}
