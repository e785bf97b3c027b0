import type { Allowance, Platform } from "../../model/model.ts";
import { pathLabel } from "../../model/problems.ts";
import type { Problem } from "../../problems/problem.ts";
import type { Deployed } from "../../stacks/deployed-objects.ts";
import type { CheckContext, Findings } from "../check.ts";
import { type Found, withoutAllowed } from "../lints/allowances.ts";
import { objectsOf, originOf, yamlOf } from "./objects.ts";
import { isAsked } from "./scope.ts";

/** What a tool finds of one object. */
export interface ToolFinding {
  at: Deployed;
  /** The tool's own name of what it looked for: container-image-tag, CKV_K8S_14. */
  id: string;
  kind: string;
  name: string;
  /** The tool's words, one sentence. */
  message: string;
}

/** A tool that judges objects. */
export interface Judge {
  tool: "kube-score" | "checkov";
  /** The rule of what it finds. */
  rule: "check/kube-score" | "check/checkov";
  /** What it finds in some places; or why it came to no result. */
  ask: (context: CheckContext, places: readonly Deployed[]) => Promise<ToolFinding[] | { trouble: string }>;
}

/** All that a tool finds in the objects of every environment, but for what the catalogs allow with a reason and a last day. */
export async function judged(context: CheckContext, { tool, rule, ask }: Judge): Promise<Findings> {
  const all = await objectsOf(context);
  const inputs = (platform: Platform) => {
    const places = all
      .filter((at) => at.platform === platform)
      .map((at) => [at.environment.stage, yamlOf(at)]);
    return [JSON.stringify([places, allowancesOf(tool, platform, context)])];
  };
  const asked = context.model.platforms.filter((platform) => !context.passed.has(inputs(platform)));
  const places = all.filter(({ platform }) => asked.includes(platform));
  const found = places.length > 0 ? await ask(context, places) : [];
  if ("trouble" in found)
    return {
      problems: [{ rule, severity: "error", message: `${tool}: ${found.trouble}` }],
      files: all.length,
    };
  const problems: Problem[] = [];
  for (const platform of asked) {
    const left = problemsOf({ tool, rule }, platform, {
      context,
      found: found.filter(({ at }) => at.platform === platform),
    });
    if (left.length === 0) await context.passed.add(inputs(platform));
    problems.push(...left);
  }
  return { problems, files: all.length };
}

/** What decides what is allowed: a day that has not come changes nothing, one that has passed does. */
function allowancesOf(tool: string, platform: Platform, { today, isPart }: CheckContext) {
  const ours = platform.allowances.filter((one) => isOf(tool, one));
  return [isPart === true, ours.map(({ rule, at, until }) => [rule, at, until >= today])];
}

function isOf(tool: string, { rule }: Allowance): boolean {
  return rule.startsWith(`${tool}/`);
}

function problemsOf(
  { tool, rule: ofTool }: Pick<Judge, "tool" | "rule">,
  platform: Platform,
  { context, found }: { context: CheckContext; found: readonly ToolFinding[] },
): Problem[] {
  const allowances = platform.allowances.filter((one) => isOf(tool, one));
  const findings = oneEach(tool, found.filter(isAsked));
  const rules = allowances.map(({ rule }) => rule);
  const judging = { today: context.today, rules, unsure: context.isPart ? rules : [] };
  return withoutAllowed({ allowances }, findings, judging).map(({ place, rule, ...told }) => {
    const location = context.locate(place);
    return {
      ...told,
      rule: rule.startsWith("lint/") ? rule : ofTool,
      path: pathLabel(place.path),
      ...(location && { location }),
    };
  });
}

/** What is wrong with a service in several environments, or in several ways that the tool has one name for, is told once. */
function oneEach(tool: string, found: readonly ToolFinding[]): Found[] {
  const groups = new Map<string, ToolFinding[]>();
  for (const one of found) {
    const key = JSON.stringify([one.id, originOf(one.name, one.at.environment).path]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { at, id, kind, name } = first;
    const place = originOf(name, at.environment);
    const said = unique(group.map(({ message }) => message)).join("; ");
    const environments = unique(group.map((one) => one.at.environment.name)).join(", ");
    const rule = `${tool}/${id}`;
    return [
      {
        ...{ rule, severity: "error" as const, place },
        message: `${rule}: ${said} (${kind} ${name} in ${environments})`,
        fix: `mend it, or allow it with a reason: allow: [{ rule: "${rule}", at: "${pathLabel(place.path)}", … }]`,
      },
    ];
  });
}

function unique(all: readonly string[]): string[] {
  return [...new Set(all)];
}
