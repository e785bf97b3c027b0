import type { Checked, Status } from "../delivery/change-set/index.ts";
import type { Outcome } from "../delivery/change-set/transaction.ts";
import { printable } from "../problems/printable.ts";
import { table } from "./table.ts";

/** A checked set for a person: in which order what becomes of which branch, and how its check ended. */
export function checkedText({ set, repositories, problems }: Checked): string {
  const rows = repositories.map(({ entry, check: { result, reason } }, i) => [
    `${i + 1}`,
    entry.name,
    entry.target,
    entry.how,
    result === "has none"
      ? "no check"
      : `check ${result}${reason === undefined ? "" : `: ${printable(reason)}`}`,
  ]);
  const end = problems.length > 0 ? "It would not be committed." : "All of it applies.";
  return `Change set ${set.name}: ${repositories.length} repositories\n${table(rows)}\n${end}`;
}

/** How an attempt ended, for a person. */
export function outcomeText({ kind, result, repositories }: Outcome): string {
  const done = kind === "commit" ? "committed" : "rolled back";
  const words = (one: Outcome["repositories"][number]) =>
    one.result === "left"
      ? `left with it: ${printable(one.reason)}`
      : one.result === "committed"
        ? done
        : one.result;
  const rows = repositories.map((one) => [one.name, one.target, words(one)]);
  const what = { commit: "The commit", rollback: "The rollback" }[kind];
  const how = {
    committed: "is done, in every repository",
    "taken back": "was taken back, in every repository",
    left: "could not be taken back everywhere",
  }[result];
  return [`${what} ${how}.`, ...(rows.length > 0 ? [table(rows)] : [])].join("\n");
}

/** Where a set is, for a person. */
export function statusText({ set, state, repositories }: Status): string {
  const words = { old: "as before", new: "as pushed", elsewhere: "moved on" };
  const rows = repositories.map(({ name, target, at }) => [name, target, ...(state ? [words[at]] : [])]);
  return [`Change set ${set.name}: ${phaseText(state)}`, table(rows)].join("\n");
}

function phaseText(state: Status["state"]): string {
  if (!state) return "never begun";
  const { kind, phase, holder } = state;
  if (phase === "committed") return kind === "commit" ? "committed" : "rolled back";
  if (phase === "taken-back") return `its ${kind} was taken back`;
  return `its ${kind} is ${phase}, by ${printable(holder.who)}, process ${holder.pid}, since ${holder.since}`;
}
