import {
  type Checked,
  checkChangeSet,
  commitChangeSet,
  resumeChangeSet,
  rollBackChangeSet,
  statusOfChangeSet,
  type Workplace,
} from "../delivery/change-set/index.ts";
import { outcomeProblems } from "../delivery/change-set/outcome-problems.ts";
import type { Outcome } from "../delivery/change-set/transaction.ts";
import { formatProblems } from "../problems/format.ts";
import { printable, printableJson } from "../problems/printable.ts";
import type { Problem } from "../problems/problem.ts";
import { requireGit } from "../tools/git.ts";
import type { ChangeSetAction } from "./change-set-commands.ts";
import { checkedText, outcomeText, statusText } from "./change-set-text.ts";
import { exitCodes } from "./exit-codes.ts";
import { type Found, report } from "./report.ts";
import type { ReportOptions } from "./report-options.ts";
import { onInterrupt } from "./run.ts";
import { printNote, wantsColor } from "./terminal.ts";

export interface ChangeSetOptions extends ReportOptions {
  file: string;
  /** From the working folder. */
  logs: string;
}

const actions: Record<ChangeSetAction, (place: Workplace) => Promise<Found>> = {
  check: async (place) => {
    const checked = await checkChangeSet(place);
    const markdown = () => checked.repositories.map(({ description }) => description).join("\n---\n\n");
    return found(checked.problems, { text: checkedText(checked), json: checkedJson(checked), markdown });
  },
  commit: async (place) => {
    const { checked, outcome } = await commitChangeSet(place);
    const { problems } = checked;
    if (!outcome) return found(problems, { text: checkedText(checked), json: checkedJson(checked) });
    return { ...ended(outcome), own: ownOf(outcome, { checks: checkedJson(checked).repositories }) };
  },
  rollback: async (place) => ended(await rollBackChangeSet(place)),
  resume: async (place) => ended(await resumeChangeSet(place)),
  status: async (place) => {
    const { set, state, repositories } = await statusOfChangeSet(place);
    const json = { set: set.name, ...(state && { journal: state }), repositories };
    return found([], { text: statusText({ set, repositories, ...(state && { state }) }), json });
  },
};

/** `fairlead change-set check|commit|rollback|resume|status FILE`. */
export async function changeSet(
  action: ChangeSetAction,
  { file, logs, ...options }: ChangeSetOptions,
): Promise<number> {
  await requireGit();
  const interruption = new AbortController();
  onInterrupt(() => {
    printNote("interrupted: nothing is begun any more; what is pushed already is brought to its end first");
    interruption.abort(new Error("interrupted"));
  });
  const say = (line: string) => printNote(printable(line));
  const place = { root: process.cwd(), file, logs, signal: interruption.signal, say };
  try {
    return await report("change-set", options, () => actions[action](place));
  } catch (error) {
    if (error !== interruption.signal.reason) throw error;
    return exitCodes.interrupted;
  }
}

function ended(outcome: Outcome): Found {
  const problems = outcomeProblems(outcome);
  return {
    problems,
    own: ownOf(outcome, {}),
    exitCode: problems.length > 0 ? exitCodes.problems : exitCodes.done,
  };
}

function ownOf(outcome: Outcome, more: object): NonNullable<Found["own"]> {
  const problems = outcomeProblems(outcome);
  return found(problems, { text: outcomeText(outcome), json: { ...outcome, ...more } }).own ?? {};
}

interface Own {
  text: string;
  json: object;
  markdown?: () => string;
}

function found(problems: readonly Problem[], { text, json, markdown }: Own): Found {
  const told = () =>
    problems.length > 0 ? `\n\n${formatProblems(problems, { color: wantsColor(process.stdout) })}` : "";
  return {
    problems,
    own: {
      text: () => `${text}${told()}`,
      json: () => `${printableJson({ ...json, problems })}\n`,
      ...(markdown && problems.length === 0 && { markdown }),
    },
    exitCode: problems.length > 0 ? exitCodes.problems : exitCodes.done,
  };
}

function checkedJson({ set, repositories }: Checked) {
  return {
    set: set.name,
    repositories: repositories.map(({ entry, check: { name: _, ...check }, description }) => ({
      ...entry,
      check,
      description,
    })),
  };
}
