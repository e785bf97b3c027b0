import type { JWK } from "jose";
import { z } from "zod";
import { problemsIn, readYaml } from "../catalog/load/yaml-file.ts";
import { addressOf } from "../delivery/evidence/prometheus.ts";
import { type Decided, decide, waitsForApproval } from "../delivery/gate/decide.ts";
import type { Decision, Override } from "../delivery/gate/decision.ts";
import { formatDecision } from "../delivery/gate/format.ts";
import { problemsOf } from "../delivery/gate/problems.ts";
import { WRITER } from "../delivery/ledger/chain.ts";
import { recordGateDecision } from "../delivery/promotion/gate-decision.ts";
import { readPeople, whyNotEntitled } from "../delivery/signing/people.ts";
import { connect } from "../live/prometheus.ts";
import type { Gate, Platform } from "../model/model.ts";
import { loadProject, type Project } from "../model/project.ts";
import { ProblemsError, UsageError } from "../problems/problem.ts";
import { unknownChoices } from "../problems/unknown-choices.ts";
import { explainIssues } from "../problems/zod-issues.ts";
import { atDesk } from "../stacks/deploy/promotion-desk.ts";
import { exitCodes } from "./exit-codes.ts";
import { type Found as Report, report } from "./report.ts";
import type { ReportOptions } from "./report-options.ts";

/** What `fairlead gate` is told. */
export interface GateOptions extends ReportOptions {
  env: string;
  release?: string;
  evidence: string;
  prometheus?: string;
  at?: Date;
  override?: string;
  records: string;
}

/** `fairlead gate GATE --env E`. Exits by what the release may do: an advisory gate stops nobody. */
export function gate(name: string, options: GateOptions): Promise<number> {
  return report("gate", options, async () => {
    const project = await loadProject(process.cwd());
    const found = findGate(project, name, options.env);
    const made = await decided(project, found, options);
    const ledger = await toldLedger(made, { project, ...found, options });
    return reportOf(made, { project, ...found, options, ledger });
  });
}

async function decided(
  project: Project,
  { platform, gate: asked }: Found,
  options: GateOptions,
): Promise<Decided> {
  const environment = platform.environments.find((one) => one.name === options.env);
  // Without credentials: they are not sent, and must not be shown where a call fails.
  const url = options.prometheus ?? environment?.links.prometheus;
  return decide(platform, asked, {
    environment: options.env,
    release: options.release,
    at: options.at ?? new Date(),
    folder: options.evidence,
    records: options.records,
    asked:
      url === undefined
        ? undefined
        : { prometheus: connect(addressOf(url), { seconds: 30 }), address: addressOf(url) },
    approvers: await approversAt(project.root, options.at ?? new Date()),
    override: options.override === undefined ? undefined : await readOverride(project.root, options.override),
  });
}

/** Where a promotion asks for this gate, its ledger is told. Says what became of that; nothing where no promotion asks for it. */
async function toldLedger(
  made: Decided,
  { project, platform, gate, options }: Found & { project: Project; options: GateOptions },
): Promise<string | undefined> {
  const { env, release, at } = options;
  const stop = platform.promotion?.stops.find(({ environment }) => environment === env);
  if (release === undefined || !stop?.gates.includes(gate.name)) return undefined;
  if (at !== undefined) return "Not in the ledger: it was judged as of --at, and not as of now.";
  return atDesk({ root: project.root, platform, env: process.env }, async ({ ledger, people, signer }) => {
    const writer = people.find(({ kid }) => kid === signer?.kid);
    if (!writer) return "Not in the ledger: there is no key here to sign with; fairlead key makes one.";
    const barred = whyNotEntitled(writer, { role: WRITER, at: new Date().toISOString() });
    if (barred !== undefined) return `Not in the ledger: ${barred}.`;
    const isTold = await recordGateDecision(ledger, { gate: gate.name, decided: made });
    if (isTold) return `The ledger has it (${ledger.place}).`;
    return "Not in the ledger, which has no such release: name one by its whole digest, as fairlead release list shows it.";
  });
}

function exitCodeOf(decision: Decision, policy: Gate["policy"]): number {
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

function reportOf(
  { decision, subject, record }: Decided,
  about: Found & { project: Project; options: GateOptions; ledger: string | undefined },
): Report {
  const { project, platform, gate, options, ledger } = about;
  const { policy } = gate;
  const [, id = ""] = /([0-9a-f]{12})[0-9a-f]*\.json$/.exec(record) ?? [];
  const kept = [`Recorded in ${options.records} (${id}).`, ...(ledger ? [ledger] : [])].join("\n");
  const shown = (format: "text" | "json" | "markdown") => formatDecision(decision, { subject, format });
  const problems = problemsOf(decision, subject, (objective) => {
    const index = policy.objectives.findIndex(({ name }) => name === objective);
    const path = ["policies", policy.file, ...(index < 0 ? [] : ["objectives", index])];
    return project.locate({ platform: platform.name, path });
  });
  return {
    problems,
    own: {
      text: () => `${shown("text")}${kept}`,
      json: () => shown("json"),
      markdown: () => shown("markdown"),
    },
    ...(options.format !== "text" && { note: kept }),
    exitCode: exitCodeOf(decision, policy),
  };
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

/** The keys that count at a time: what is signed by one that was given up is not told apart by when it was signed. */
async function approversAt(root: string, at: Date): Promise<JWK[]> {
  const people = await readPeople(root);
  const current = people.filter(({ until }) => until === undefined || Date.parse(until) > at.getTime());
  return current.map(({ kid, key }) => ({ ...key, kid }) as JWK);
}
