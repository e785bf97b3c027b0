import { readFile, writeFile } from "node:fs/promises";
import { duration, secondsOf } from "../catalog/units.ts";
import { WRITER } from "../delivery/ledger/chain.ts";
import { type Agreement, kindOf, signAgreement } from "../delivery/promotion/approval.ts";
import { approvalSummary } from "../delivery/promotion/approval-summary.ts";
import { type HandedIn, handIn, rolesOf, whyRefused } from "../delivery/promotion/approve.ts";
import { shortDigest } from "../delivery/promotion/asking.ts";
import { entryFacts } from "../delivery/promotion/facts.ts";
import type { EntryFacts } from "../delivery/promotion/requirement.ts";
import { stateOf } from "../delivery/promotion/state.ts";
import { findRelease } from "../delivery/release/find.ts";
import { printable, printableJson } from "../problems/printable.ts";
import { ProblemsError, UsageError } from "../problems/problem.ts";
import { showValue } from "../problems/show-value.ts";
import { atDesk, type Desk } from "../stacks/deploy/promotion-desk.ts";
import { chosenPlatform } from "./chosen-platform.ts";
import { chosenStop } from "./chosen-stop.ts";
import { exitCodes } from "./exit-codes.ts";
import { loadForLedger } from "./load-for-ledger.ts";
import { printData, printNote } from "./terminal.ts";

/** What `fairlead approve` is told. */
export interface ApproveOptions {
  env: string;
  platform?: string;
  role?: string;
  for: string;
  override?: string;
  file?: string;
  out?: string;
  yes?: true;
  format: "text" | "json";
}

/** `fairlead approve RELEASE --env E`. Exits 0 once it is in the ledger (or in the file), 1 where it is refused. */
export async function approve(begin: string, options: ApproveOptions): Promise<number> {
  const project = await loadForLedger(process.cwd());
  const platform = chosenPlatform(project, options.platform);
  const environment = chosenStop(platform, options.env);
  return atDesk({ root: project.root, platform, env: process.env }, async (desk) => {
    const read = await desk.ledger.read();
    const release = findRelease(stateOf(read.records), begin).digest;
    const facts = await entryFacts(read, await desk.given(read, { release, environment }));
    const at = new Date();
    const command = `fairlead approve ${shortDigest(release)} --env ${environment} --platform ${platform.name}`;
    if (options.out === undefined) expectWriter(desk, { command, options });
    printNote(approvalSummary({ release, environment, at }, facts).join("\n"));
    if (!(await isConfirmed(options, environment))) {
      printNote("nothing was signed");
      return exitCodes.interrupted;
    }
    const asked = options.override === undefined ? "approval" : "override";
    const text = await textOf({ kind: asked, release, environment, at }, { options, desk });
    const handed: HandedIn = { kind: kindOf(text), text, release, environment, at };
    if (options.out !== undefined) return intoFile(options.out, { handed, facts, options, command });
    return told(await handIn(desk.ledger, { given: facts, handed }), { handed, options, command });
  });
}

/** Whoever approves need not write ledgers: they are told how somebody else hands it in. */
function expectWriter(
  { people, signer }: Desk,
  { command, options }: { command: string; options: ApproveOptions },
): void {
  const person = people.find(({ kid }) => kid === signer?.kid);
  if (person === undefined || person.roles.includes(WRITER)) return;
  const { role, override } = options;
  const more = [
    ...(role === undefined ? [] : [` --role ${role}`]),
    ...(override === undefined ? [] : [` --override "…"`]),
  ];
  const fix =
    options.file === undefined
      ? `sign into a file, which somebody with that role hands in: ${command}${more.join("")} --out approval.jws`
      : "have somebody hand it in who has that role";
  const message = `you may approve and not write the ledger: ${person.kid} has not the role ${WRITER}`;
  throw new ProblemsError([{ rule: "approval/not-a-writer", severity: "error", message, fix }]);
}

async function isConfirmed({ yes, file }: ApproveOptions, environment: string): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw new UsageError([NOBODY_ASKED]);
  const { confirm } = await import("@clack/prompts");
  const message = file === undefined ? `Sign for ${environment}?` : `Hand it in for ${environment}?`;
  return (await confirm({ message, initialValue: false, output: process.stderr })) === true;
}

type What = Omit<HandedIn, "text">;

/** What was signed elsewhere, or what is signed here now. */
async function textOf(
  what: What,
  { options, desk }: { options: ApproveOptions; desk: Desk },
): Promise<string> {
  const { file, override: reason } = options;
  if (file !== undefined) {
    const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      throw unusable(
        `"${file}" cannot be read (${error.code})`,
        "name the file that fairlead approve --out wrote",
      );
    });
    return text.trim();
  }
  const { signer, platform } = desk;
  if (signer === undefined)
    throw unusable(
      "there is no key here to sign with",
      "`fairlead key` makes one; FAIRLEAD_KEY or FAIRLEAD_SIGNER name one",
    );
  const until = new Date(what.at.getTime() + secondsFor(options.for) * 1000);
  const { release, environment, at } = what;
  const toSign = {
    ...{ release, environment, role: roleFor(what, { options, desk }), ledger: platform },
    ...{ issued: at.toISOString(), until: until.toISOString() },
    ...(reason !== undefined && { reason }),
  };
  return signAgreement(what.kind, toSign, signer);
}

/** The role that is told, or the only one that the signer has of those that are asked for. */
function roleFor(
  { kind, environment }: What,
  { options, desk }: { options: ApproveOptions; desk: Desk },
): string {
  const stop = desk.promotion.stops.find((one) => one.environment === environment);
  const asked = stop ? rolesOf(kind, stop) : [];
  if (options.role !== undefined) return options.role;
  const own = desk.people.find(({ kid }) => kid === desk.signer?.kid)?.roles ?? [];
  const [only, ...others] = asked.filter((role) => own.includes(role));
  if (only !== undefined && others.length === 0) return only;
  const message = `${environment} asks for ${asked.join(", ") || "nobody"}, and you have ${own.join(", ") || "no role"}`;
  throw new UsageError([
    { rule: "approval/which-role", severity: "error", message, fix: "say in which role: --role ROLE" },
  ]);
}

function secondsFor(text: string): number {
  const parsed = duration.safeParse(text);
  if (parsed.success) return secondsOf(parsed.data);
  const message = `--for is ${showValue(text)}, and no span of time`;
  throw new UsageError([
    { rule: "approval/span", severity: "error", message, fix: "write it like 90s, 30m or 24h" },
  ]);
}

/** Nothing is recorded: whoever hands it in does that. */
async function intoFile(file: string, { facts, ...about }: { facts: EntryFacts } & About): Promise<number> {
  const reasons = await whyRefused(about.handed, facts);
  if (reasons.length === 0)
    await writeFile(file, `${about.handed.text}\n`, { flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
      throw unusable(
        `"${file}" cannot be written (${error.code})`,
        "name a new file in a folder that can be written to",
      );
    });
  return told(reasons, about);
}

/** What was signed, and the command that it was told by, without what differs. */
interface About {
  handed: HandedIn;
  options: ApproveOptions;
  command: string;
}

function told(reasons: readonly string[], { handed, options, command }: About): number {
  const { kind, release, environment } = handed;
  const accepted = reasons.length === 0;
  const recorded = options.out === undefined;
  if (options.format === "json")
    printData(printableJson({ kind, release, environment, accepted, recorded, reasons }));
  else
    printData(
      printable(
        accepted
          ? acceptedText(kind, { ...options, command })
          : `✖ refused${recorded ? " and recorded" : ""}: ${reasons.join("; ")}`,
      ),
    );
  return accepted ? exitCodes.done : exitCodes.problems;
}

function acceptedText(
  kind: Agreement["kind"],
  { env, out, command }: Pick<ApproveOptions, "env" | "out"> & Pick<About, "command">,
): string {
  if (out === undefined) return `✔ the ${kind} for ${env} is recorded`;
  return `✔ the ${kind} for ${env} is in ${out}; somebody with the role ${WRITER} hands it in: ${command} --file ${out}`;
}

const NOBODY_ASKED = {
  rule: "approval/not-confirmed",
  severity: "error" as const,
  message: "there is no terminal on which you could be asked whether you sign",
  fix: "look at what is shown, then add --yes",
};

function unusable(message: string, fix: string): ProblemsError {
  return new ProblemsError([{ rule: "approval/unusable", severity: "error", message, fix }]);
}
