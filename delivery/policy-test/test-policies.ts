import type { Model } from "../../model/model.ts";
import { type Locate, pathLabel } from "../../model/problems.ts";
import type { Problem } from "../../problems/problem.ts";
import { unknownChoices } from "../../problems/unknown-choices.ts";
import type { Decision, Policy } from "../gate/decision.ts";
import { evaluate } from "../gate/evaluate.ts";
import { type CaseFile, readCaseFiles } from "./case-files.ts";
import { type CaseFault, caseInputs } from "./case-inputs.ts";
import { Coverage, everyCriterion } from "./coverage.ts";

/** What the cases of all policies have shown. */
export interface PolicyTest {
  problems: Problem[];
  policies: number;
  cases: number;
  /** Criteria that can decide, and those that did both ways. */
  criteria: number;
  tried: number;
}

type Cases = Required<Pick<CaseFile, "cases">> & CaseFile;

/**
 * Judges every case beside the policies of the model's gates and compares what comes out with what is expected. A policy without
 * cases, and a criterion that no case lets decide, are problems too: nobody knows that they mean what they should.
 */
export async function testPolicies(
  model: Model,
  { root, locate }: { root: string; locate: Locate },
): Promise<PolicyTest> {
  const files = await readCaseFiles(
    root,
    model.platforms.map(({ name }) => name),
  );
  const asked = model.platforms.flatMap(({ name, gates }) =>
    [...new Map(gates.map(({ policy }) => [policy.file, policy])).values()].map((policy) => ({
      platform: name,
      policy,
    })),
  );
  const tests = asked.map(({ platform, policy }) => {
    const place = (path: Place) => locate({ platform, path: ["policies", policy.file, ...path] });
    return testPolicy(policy, { file: files.find((one) => one.policy === policy.file), place });
  });
  const orphans = files.filter((file) => !asked.some(({ policy }) => policy.file === file.policy));
  const sum = (of: (test: PolicyTest) => number) => tests.reduce((all, test) => all + of(test), 0);
  return {
    problems: [
      ...files.flatMap(({ problems }) => problems),
      ...orphans.map(withoutGate),
      ...tests.flatMap(({ problems }) => problems),
    ],
    policies: tests.length,
    cases: sum(({ cases }) => cases),
    criteria: sum(({ criteria }) => criteria),
    tried: sum(({ tried }) => tried),
  };
}

type Place = readonly (string | number)[];
interface Beside {
  file: CaseFile | undefined;
  /** Finds a place of the policy. */
  place: (path: Place) => ReturnType<Locate>;
}

function testPolicy(policy: Policy, { file, place }: Beside): PolicyTest {
  const criteria = everyCriterion(policy).length;
  const none = { policies: 1, cases: 0, criteria, tried: 0 };
  if (!file) return { ...none, problems: [untested(policy, place([]))] };
  if (!hasCases(file)) return { ...none, problems: [] };
  const coverage = new Coverage();
  const wrong = file.cases.cases.flatMap((_, i) => {
    const { inputs, faults } = caseInputs(file.cases, i, policy);
    if (faults.length > 0) return faults.map((fault) => faultProblem(fault, { file, policy }));
    const decision = evaluate(policy, inputs);
    coverage.add(decision.objectives);
    return unexpected(decision, { file, i, policy });
  });
  const undecided = coverage.undecided(policy);
  const problems = [
    ...once(wrong),
    ...undecided.map((one) => neverDecides(one, { policy, location: place(one.path) })),
  ];
  const left = new Set(undecided.map(({ path }) => path.join("/"))).size;
  return { problems, policies: 1, cases: file.cases.cases.length, criteria, tried: criteria - left };
}

function hasCases(file: CaseFile): file is Cases {
  return file.cases !== undefined;
}

// What is wrong with the usual readings is wrong in every case.
function once(problems: readonly Problem[]): Problem[] {
  return [
    ...new Map(problems.map((one) => [JSON.stringify([one.rule, one.message, one.location]), one])).values(),
  ];
}

function unexpected(
  decision: Decision,
  { file, i, policy }: { file: Cases; i: number; policy: Policy },
): Problem[] {
  const { name, expect } = file.cases.cases[i] as Cases["cases"]["cases"][number];
  const problem = (rule: string, what: { path: Place; message: string }): Problem => {
    const path = ["cases", i, "expect", ...what.path];
    return {
      ...{ rule, severity: "error", message: `case "${name}": ${what.message}`, path: pathLabel(path) },
      location: file.locate(path),
      fix: `expect what the policy means, or mend ${policy.file}`,
    };
  };
  const gate =
    expect.verdict === decision.verdict
      ? []
      : [`the verdict is ${decision.verdict} (${decision.because}), not ${expect.verdict}`];
  const blocks =
    expect.blocks === undefined || expect.blocks === decision.blocks
      ? []
      : [`the release ${decision.blocks ? "stays" : "may go on"}`];
  const objectives = Object.entries(expect.objectives ?? {}).flatMap(([objective, wanted]) => {
    const path = ["objectives", objective];
    const result = decision.objectives.find((one) => one.name === objective);
    if (!result)
      return [
        faultProblem(
          { kind: "objective", written: objective, path: ["cases", i, "expect", ...path] },
          { file, policy },
        ),
      ];
    const because = result.because === undefined ? "" : ` (${result.because})`;
    const message = `objective "${objective}" is ${result.verdict}${because}, not ${wanted}`;
    return result.verdict === wanted ? [] : [problem("policy/case-objective", { path, message })];
  });
  return [
    ...gate.map((message) => problem("policy/case-verdict", { path: ["verdict"], message })),
    ...blocks.map((message) => problem("policy/case-verdict", { path: ["blocks"], message })),
    ...objectives,
  ];
}

function faultProblem(
  { kind, written, unit, path }: CaseFault,
  { file, policy }: { file: CaseFile; policy: Policy },
): Problem {
  const place = { path: pathLabel(path), location: file.locate(path) };
  if (kind === "value")
    return {
      ...{
        rule: "policy/case-value",
        severity: "error",
        message: `"${written}" is no value in ${unit}`,
        ...place,
      },
      fix: `write the number in ${unit}, or without a unit`,
    };
  const names = policy.objectives.map(({ name }) => name);
  const [unknown] = unknownChoices("objective", [written], names);
  return { ...(unknown as Problem), ...place };
}

function untested({ file }: Policy, location: ReturnType<Locate>): Problem {
  return {
    rule: "policy/untested",
    severity: "error",
    message: `${file} has no cases: nobody has seen it say yes, or no`,
    ...(location && { location }),
    fix: `write some into ${file.replace(/\.ya?ml$/, ".cases.yaml")}`,
  };
}

function neverDecides(
  { objective, text, never, path }: ReturnType<Coverage["undecided"]>[number],
  { policy, location }: { policy: Policy; location: ReturnType<Locate> },
): Problem {
  const how = never === "holds" ? "by holding" : "by not holding";
  return {
    rule: "policy/never-decides",
    severity: "error",
    message: `"${text}" of objective "${objective}" decides in no case ${how}`,
    path: pathLabel(path),
    ...(location && { location }),
    fix: `add a case to ${policy.file.replace(/\.ya?ml$/, ".cases.yaml")} in which it alone ${never}, or take it out`,
  };
}

function withoutGate({ file, policy }: CaseFile): Problem {
  return {
    rule: "policy/cases-without-gate",
    severity: "error",
    message: `no gate asks ${policy}, whose cases these are`,
    location: { file, line: 1, column: 1, exact: true },
    fix: "name the policy in a gate of the catalog, or rename or delete the file",
  };
}
