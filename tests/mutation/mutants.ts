// Wrong versions of a rule file, each with one mistake: a unit test is worth what it notices of them.
import { type Change, expressionChanges, type Kind } from "./expression-changes.ts";
import { scaled } from "./scaled.ts";

/** A rule as it stands in a rule file. */
export interface Rule {
  alert?: string;
  record?: string;
  expr: string;
  for?: string;
  keep_firing_for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** What a rule file holds. */
export interface RuleFileContent {
  groups: { name: string; interval?: string; rules: Rule[] }[];
}

/** One mistake in one rule. */
export interface Mutant {
  kind: Kind;
  /** What was done to which rule. */
  name: string;
  /** The alert or record that was changed. */
  rule: string;
  /** Of the group and, in it, of the rule, from 0. */
  place: [group: number, rule: number];
  changed: Rule;
}

/** Every mistake that can be made once in a rule file. */
export function mutantsOf({ groups }: RuleFileContent): Mutant[] {
  return groups.flatMap(({ rules }, group) => rules.flatMap((rule, index) => ofRule(rule, [group, index])));
}

/** The rule file with that mistake. */
export function mutated(content: RuleFileContent, { place, changed }: Mutant): RuleFileContent {
  const [group, index] = place;
  const groups = content.groups.map((one, g) =>
    g === group ? { ...one, rules: one.rules.with(index, changed) } : one,
  );
  return { ...content, groups };
}

/** The rule that a mutant changes, as it was. */
export function ruleAt({ groups }: RuleFileContent, { place: [group, index] }: Mutant): Rule {
  const rule = groups[group]?.rules[index];
  if (!rule) throw new Error("The mutant is of another rule file.");
  return rule;
}

function ofRule(rule: Rule, place: Mutant["place"]): Mutant[] {
  const name = rule.alert ?? rule.record ?? "";
  const expressions = expressionChanges(rule.expr).map(({ to, ...rest }) => ({
    ...rest,
    to: { ...rule, expr: to },
  }));
  const alertOnly = rule.alert === undefined ? [] : heldChanges(rule);
  return [...expressions, ...textChanges(rule), ...alertOnly]
    .filter(({ to }) => JSON.stringify(to) !== JSON.stringify(rule))
    .map(({ kind, what, to }) => ({ kind, name: `${name}: ${what}`, rule: name, place, changed: to }));
}

function textChanges(rule: Rule): Change<Rule>[] {
  const { labels = {}, annotations = {} } = rule;
  return [
    ...Object.entries(labels).flatMap(([label, value]): Change<Rule>[] => [
      { kind: "label", what: `label ${label} removed`, to: { ...rule, labels: without(labels, label) } },
      {
        kind: "label",
        what: `label ${label} changed`,
        to: { ...rule, labels: { ...labels, [label]: `${value}-2` } },
      },
    ]),
    ...Object.keys(annotations).map(
      (annotation): Change<Rule> => ({
        kind: "annotation",
        what: `annotation ${annotation} removed`,
        to: { ...rule, annotations: without(annotations, annotation) },
      }),
    ),
  ];
}

function heldChanges(rule: Rule): Change<Rule>[] {
  const { for: held, keep_firing_for: _, ...rest } = rule;
  const change = (what: string, to: Rule): Change<Rule> => ({ kind: "for", what, to });
  const kept = change("keep_firing_for added", { ...rule, keep_firing_for: "2h" });
  if (!held) return [kept, change("for added", { ...rule, for: "5m" })];
  const scaling = [0.5, 2].map((factor) => change(`for × ${factor}`, { ...rule, for: scaled(held, factor) }));
  return [kept, change("for removed", rest), ...scaling];
}

function without(texts: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).filter(([key]) => key !== name));
}
