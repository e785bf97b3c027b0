import type { Allowance, Platform } from "../../model/model.ts";
import { at, pathLabel } from "../../model/problems.ts";
import { nearMatch } from "../../problems/near-match.ts";
import type { Severity } from "../../problems/problem.ts";
import type { Finding } from "./lint.ts";

/** A finding with the lint that made it. */
export interface Found extends Finding {
  rule: string;
  severity: Severity;
}

/** When findings are judged, and by whom they were made. */
export interface Judging {
  /** The day, as in "2026-11-21". */
  today: string;
  /** Rules of all lints. */
  rules: readonly string[];
  /** Rules whose findings may be missing here, so that an allowance of them may seem to have none. */
  unsure: readonly string[];
}

/** What is left of a platform's findings after what its catalog allows, and what is wrong with that itself. */
export function withoutAllowed(
  { allowances }: Pick<Platform, "allowances">,
  found: readonly Found[],
  judging: Judging,
): Found[] {
  const fits = allowances.map((allowance) => matcherOf(allowance));
  const isValid = ({ until }: Allowance) => until >= judging.today;
  const left = found.filter(
    (finding) => !allowances.some((allowance, i) => isValid(allowance) && fits[i]?.(finding)),
  );
  const wrong = allowances.flatMap((allowance, i): Found[] => {
    const matches = found.some((finding) => fits[i]?.(finding));
    if (!matches) return judging.unsure.includes(allowance.rule) ? [] : [unused(allowance, judging)];
    return isValid(allowance) ? [] : [expired(allowance)];
  });
  return [...left, ...wrong];
}

/** Whether a finding is at the place that an allowance names, or inside it. */
function matcherOf({ rule, at: where }: Allowance): (finding: Found) => boolean {
  return (finding) => finding.rule === rule && isAround(where, pathLabel(finding.place.path));
}

// No regular expression: of many stars one would take for ever.
function isAround(where: string, label: string): boolean {
  const [first = "", ...pieces] = where.split("*");
  const last = pieces.pop();
  if (!label.startsWith(first)) return false;
  if (last === undefined) return isEnd(label, first.length);
  let from = first.length;
  for (const piece of pieces) {
    const found = label.indexOf(piece, from);
    if (found < 0) return false;
    from = found + piece.length;
  }
  for (let found = label.indexOf(last, from); found >= 0; found = label.indexOf(last, found + 1)) {
    if (last === "" || isEnd(label, found + last.length)) return true;
  }
  return false;
}

function isEnd(label: string, offset: number): boolean {
  return offset === label.length || label[offset] === "." || label[offset] === "[";
}

function expired({ rule, reason, until, origin }: Allowance): Found {
  return {
    rule: "lint/allowance-expired",
    severity: "error",
    place: at(origin, "until"),
    message: `${rule} was allowed here until ${until}: "${reason}"`,
    fix: "mend what it found, or give it another day with a reason that still holds",
  };
}

function unused({ rule, at: where, origin }: Allowance, { rules }: Judging): Found {
  const isKnown = rules.includes(rule);
  const near = isKnown ? undefined : nearMatch(rule, rules);
  return {
    rule: "lint/allowance-unused",
    severity: "warning",
    place: at(origin, isKnown ? "at" : "rule"),
    message: isKnown ? `${rule} finds nothing at "${where}"` : `there is no lint "${rule}"`,
    fix: near === undefined ? "take the allowance out" : `did you mean "${near}"?`,
  };
}
