import type { SloSpec } from "../../catalog/slo.ts";
import type { DescribedEntry } from "../described.ts";
import type { Sli } from "../model.ts";
import { at, type Place } from "../problems.ts";
import { checkQuery } from "../promql/check.ts";
import { scopeToPlatform } from "../promql/scope.ts";
import type { Scope } from "./scope.ts";

type Custom = Extract<Sli, { kind: "custom" }>;
type CustomSpec = Extract<SloSpec["sli"], { kind: "custom" }>;

/** An SLI of the user's own PromQL, checked and kept to its platform; nothing when one of its expressions is wrong. */
export function resolveCustom(
  scope: Scope,
  { origin, spec }: Pick<DescribedEntry<SloSpec>, "origin" | "spec">,
  sli: CustomSpec,
): Custom | undefined {
  const counts = sli.bad === undefined ? "good" : "bad";
  const part = expression(scope, sli[counts] ?? "", at(origin, "sli", counts));
  const total = expression(scope, sli.total, at(origin, "sli", "total"));
  for (const [i, example] of sli.examples.entries()) {
    for (const [j, { of }] of example.expect.entries()) {
      if (spec.by.every((label) => label in of) && Object.keys(of).length === spec.by.length) continue;
      scope.problems.add(
        "slo/custom-group",
        at(origin, "sli", "examples", i, "expect", j),
        `the expectation must say of which group it is: ${spec.by.join(", ") || "there are none"}`,
        { fix: spec.by.length > 0 ? `write of: { ${spec.by.join(': "…", ')}: "…" }` : "leave out of" },
      );
    }
  }
  return part === undefined || total === undefined
    ? undefined
    : { kind: "custom", counts, part, total, examples: sli.examples };
}

/** As long as what it stands for, so that every offset stays true. */
const WINDOW = "$window";
const SAMPLE = "000005m";

function expression(scope: Scope, text: string, place: Place): string | undefined {
  const sample = text.replaceAll(WINDOW, SAMPLE);
  scope.queries.push({ text: sample, place });
  const inspection = checkQuery(sample, place, scope);
  if (!inspection) return undefined;
  const wrong = misuse(text);
  if (!wrong) return scopeToPlatform(text, inspection, scope.described.name);
  scope.problems.add("slo/custom-window", place, wrong, {
    fix: 'count over the window and over nothing else: "sum(increase(my_errors_total[$window]))"',
  });
  return undefined;
}

function misuse(text: string): string | undefined {
  // Strings can hold anything.
  const code = text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, '""');
  if (!code.includes(`[${WINDOW}]`)) return "the expression does not count over [$window]";
  if (/\[(?!\$window\])/.test(code)) return "a range other than [$window] would be the same for every window";
  if (/\boffset\b|@/.test(code)) return "a fixed moment or offset would be the same for every window";
  if (/\bi?rate\s*\(/.test(code)) return "rate() is a pace, and the events of a window are needed";
  return undefined;
}
