import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { JWK } from "jose";
import { z } from "zod";
import { problemsIn, readYaml } from "../catalog/load/yaml-file.ts";
import { addressOf } from "../delivery/evidence/prometheus.ts";
import { decide, waitsForApproval } from "../delivery/gate/decide.ts";
import type { Decision, Override } from "../delivery/gate/decision.ts";
import { type DecisionFormat, formatDecision } from "../delivery/gate/format.ts";
import { problemsOf } from "../delivery/gate/problems.ts";
import { connect } from "../live/prometheus.ts";
import type { Gate, Platform } from "../model/model.ts";
import { loadProject, type Project } from "../model/project.ts";
import { githubAnnotations } from "../problems/github.ts";
import { junitReport } from "../problems/junit.ts";
import { ProblemsError, UsageError } from "../problems/problem.ts";
import { unknownChoices } from "../problems/unknown-choices.ts";
import { explainIssues } from "../problems/zod-issues.ts";
import { exitCodes } from "./exit-codes.ts";
import { printData, printNote } from "./terminal.ts";

/** What `fairlead gate` is told. */
export interface GateOptions {
  env: string;
  release?: string;
  evidence: string;
  prometheus?: string;
  at?: Date;
  override?: string;
  records: string;
  format: DecisionFormat | "junit" | "github";
}

/** `fairlead gate GATE --env E`. Exits by what the release may do: an advisory gate stops nobody. */
export async function gate(name: string, options: GateOptions): Promise<number> {
  const project = await loadProject(process.cwd());
  const found = findGate(project, name, options.env);
  const environment = found.platform.environments.find((one) => one.name === options.env);
  // Without credentials: they are not sent, and must not be shown where a call fails.
  const url = options.prometheus ?? environment?.links.prometheus;
  const decided = await decide(found.platform, found.gate, {
    environment: options.env,
    release: options.release,
    at: options.at ?? new Date(),
    folder: options.evidence,
    records: options.records,
    asked:
      url === undefined
        ? undefined
        : { prometheus: connect(addressOf(url), { seconds: 30 }), address: addressOf(url) },
    approvers: await approversOf(project.root),
    override: options.override === undefined ? undefined : await readOverride(project.root, options.override),
  });
  const [, id = ""] = /([0-9a-f]{12})[0-9a-f]*\.json$/.exec(decided.record) ?? [];
  const kept = `Recorded in ${options.records} (${id}).`;
  const text = report(decided, { project, ...found, format: options.format });
  printData(options.format === "text" ? `${text}${kept}` : text);
  if (options.format !== "text") printNote(kept);
  return exitCodeOf(decided.decision, found.gate);
}

function exitCodeOf(decision: Decision, { policy }: Gate): number {
  if (!decision.blocks) return exitCodes.done;
  if (waitsForApproval({ decision, policy })) return exitCodes.approvalPending;
  return decision.verdict === "fail" ? exitCodes.problems : exitCodes.inconclusive;
}

interface Found {
  platform: Platform;
  gate: Gate;
}

/** The gate of a name at the door of an environment. Throws a UsageError. */
function findGate({ model }: Project, name: string, environment: string): Found {
  const all = model.platforms.flatMap((platform) => platform.gates.map((gate) => ({ platform, gate })));
  const idOf = ({ platform, gate }: Found) => `${platform.name}/${gate.name}`;
  const named = all.filter((one) => idOf(one) === name || one.gate.name === name);
  const [only] = named;
  if (!only)
    throw new UsageError(
      unknownChoices("gate", [name], [...all.map(idOf), ...all.map(({ gate }) => gate.name)]),
    );
  if (named.length > 1) {
    const message = `"${name}" is a gate of several platforms`;
    const fix = `write ${named.map(idOf).join(" or ")}`;
    throw new UsageError([{ rule: "reference/ambiguous-id", severity: "error", message, fix }]);
  }
  const problems = unknownChoices("environment", [environment], only.gate.environments);
  if (problems.length > 0) throw new UsageError(problems);
  return only;
}

function report(
  { decision, subject }: Awaited<ReturnType<typeof decide>>,
  { project, platform, gate, format }: Found & { project: Project; format: GateOptions["format"] },
): string {
  if (format !== "junit" && format !== "github") return formatDecision(decision, { subject, format });
  const { file, objectives } = gate.policy;
  const problems = problemsOf(decision, subject, (objective) => {
    const index = objectives.findIndex(({ name }) => name === objective);
    const path = ["policies", file, ...(index < 0 ? [] : ["objectives", index])];
    return project.locate({ platform: platform.name, path });
  });
  return format === "junit" ? junitReport(problems) : githubAnnotations(problems);
}

const override = z.strictObject({
  by: z.string().min(1),
  role: z.string().min(1),
  reason: z.string().min(1),
  until: z.iso.datetime(),
});

async function readOverride(root: string, file: string): Promise<Override> {
  const document = await readYaml(root, file);
  const parsed = override.safeParse(document.value);
  if (parsed.success && document.problems.length === 0) return parsed.data;
  const wrong =
    document.value === undefined || parsed.success
      ? []
      : problemsIn(document, explainIssues(parsed.error.issues, document.value, override));
  throw new ProblemsError([...document.problems, ...wrong]);
}

const keys = z.object({ keys: z.array(z.looseObject({ kid: z.string().min(1), kty: z.string() })) });

/** The public keys of `approvers.json` in the project's root, a JWK Set; none where there is no such file. */
async function approversOf(root: string): Promise<JWK[]> {
  const text = await readFile(join(root, "approvers.json"), "utf8").catch(() => undefined);
  if (text === undefined) return [];
  try {
    return keys.parse(JSON.parse(text)).keys as JWK[];
  } catch {
    const message = "approvers.json is no JWK Set whose keys are named by kid";
    const fix = "see docs/commands/gate.md";
    throw new ProblemsError([{ rule: "gate/unusable-file", severity: "error", message, fix }]);
  }
}
