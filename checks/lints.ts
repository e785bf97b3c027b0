import type { Platform } from "../model/model.ts";
import { pathLabel } from "../model/problems.ts";
import type { Problem } from "../problems/problem.ts";
import type { Check, CheckContext } from "./check.ts";
import { type Found, withoutAllowed } from "./lints/allowances.ts";
import { everyLint } from "./lints/index.ts";
import { subjectOf } from "./lints/subject.ts";

/** What the schemas accept, the tools load, and experience says will hurt. */
export const lints: Check = {
  name: "lints",
  title: "Lints: what is valid and will hurt",
  needs: [],
  catalogOnly: true,
  async run(context) {
    const { platforms } = context.model;
    return { problems: platforms.flatMap((platform) => lint(platform, context)), files: platforms.length };
  },
};

function lint(platform: Platform, { today, isPart, locate }: CheckContext): Problem[] {
  const subject = subjectOf(platform);
  const found = everyLint.flatMap(({ rule, severity, look }) =>
    look(subject).map((finding): Found => ({ rule, severity, ...finding })),
  );
  const unsure = isPart ? everyLint.filter((one) => one.perEnvironment).map((one) => one.rule) : [];
  const rules = everyLint.map((one) => one.rule);
  const allowances = platform.allowances.filter(({ rule }) => rule.startsWith("lint/"));
  const problems = withoutAllowed({ allowances }, found, { today, rules, unsure }).map(
    ({ place, ...told }): Problem => {
      const location = locate(place);
      return { ...told, path: pathLabel(place.path), ...(location && { location }) };
    },
  );
  // A runbook or a panel that several entries share is written once.
  return [...new Map(problems.map((one) => [keyOf(one), one])).values()];
}

function keyOf({ rule, message, path, location }: Problem): string {
  return JSON.stringify([rule, message, location?.exact ? location : path]);
}
