import type { List, PhrasingContent, Root, RootContent } from "mdast";
import { toMarkdown } from "mdast-util-to-markdown";
import { printable, printableJson } from "../../problems/printable.ts";
import type { AttributeChange } from "./attributes.ts";
import { EFFECTS, type PlannedChange } from "./changes.ts";
import { nameOf } from "./kubernetes-object.ts";
import type { SavedPlan } from "./saved-plan.ts";

export type PlanFormat = "text" | "json" | "markdown";

/** A plan as people see it: what it does layer by layer. */
export interface PlanSummary extends Pick<SavedPlan, "platform" | "environment" | "stage" | "context"> {
  digest: string;
  /** From the project's root. */
  folder: string;
  /** What `fairlead apply` is told to apply it. */
  target: string;
  layers: { layer: string; waits?: string; changes: PlannedChange[] }[];
}

/** Whether there is anything to apply. */
export function changesAnything({ layers }: PlanSummary): boolean {
  return layers.some(({ changes, waits }) => changes.length > 0 || waits !== undefined);
}

/** Objects whose data goes with the plan, as KIND/NAME. */
export function dataLostBy({ layers }: Pick<PlanSummary, "layers">): string[] {
  return layers.flatMap(({ changes }) => changes.filter((c) => c.losesData).map((c) => nameOf(c.object)));
}

/** A plan for a terminal, a program, or a comment on a pull request. Nothing in it can break out of its place. */
export function formatPlan(plan: PlanSummary, format: PlanFormat): string {
  if (format === "json")
    return `${printableJson({
      ...plan,
      changes: changesAnything(plan),
      losesData: dataLostBy(plan),
      apply: applyCommand(plan),
    })}\n`;
  return format === "markdown" ? toMarkdown(page(plan), { bullet: "-" }) : text(plan);
}

const SIGNS = {
  destroyed: "-",
  replaced: "±",
  changed: "~",
  moved: ">",
  adopted: "<",
  created: "+",
} as const;

/** "2 to create, 1 to change"; nothing that does not happen. */
function counts(changes: readonly PlannedChange[]): string {
  const verbs = {
    destroyed: "destroy",
    replaced: "replace",
    changed: "change",
    moved: "move",
    adopted: "adopt",
    created: "create",
  };
  const parts = EFFECTS.flatMap((effect) => {
    const number = changes.filter((change) => change.effect === effect).length;
    return number > 0 ? [`${number} to ${verbs[effect]}`] : [];
  });
  return parts.length > 0 ? parts.join(", ") : "nothing to change";
}

function headline(plan: PlanSummary): string {
  const { platform, environment, context, layers } = plan;
  const all = layers.flatMap(({ changes }) => changes);
  const waiting = layers.filter(({ waits }) => waits !== undefined).map(({ layer }) => layer);
  const later = waiting.length > 0 ? `; ${waiting.join(", ")} can only be planned later` : "";
  return `${platform} in ${environment} (context ${context}): ${counts(all)}${later}`;
}

function text(plan: PlanSummary): string {
  const lines = [
    headline(plan),
    ...plan.layers.flatMap(({ layer, waits, changes }) => [
      "",
      `${layer}: ${waits ?? counts(changes)}`,
      ...changes.flatMap(changeLines),
    ]),
    "",
    `Plan ${plan.digest}`,
    ...(changesAnything(plan) ? [`  apply it with: ${applyCommand(plan)}`] : []),
  ];
  return `${lines.map(printable).join("\n")}\n`;
}

function changeLines(change: PlannedChange): string[] {
  return [
    `  ${SIGNS[change.effect]} ${change.object.kind} ${change.object.name} is ${change.effect}`,
    ...[...change.why, ...facts(change)].map((line) => `      ${line}`),
  ];
}

// What is more is in the JSON.
const MOST_ATTRIBUTES = 25;

function facts(change: PlannedChange): string[] {
  const { attributes } = change;
  const left = attributes.length - MOST_ATTRIBUTES;
  return [
    ...movedFrom(change),
    ...(change.adopted && change.effect !== "adopted"
      ? ["it was there already, and is taken over with this"]
      : []),
    ...attributes.slice(0, MOST_ATTRIBUTES).map(attributeText),
    ...(left > 0 ? [`and ${left} more attributes`] : []),
    ...outside(change),
  ];
}

function movedFrom({ previousAddress, address }: PlannedChange): string[] {
  return previousAddress === undefined ? [] : [`${previousAddress} is now ${address}`];
}

function outside({ changedOutside }: PlannedChange): string[] {
  return changedOutside.map((path) => `somebody else changed ${path}`);
}

function attributeText({ path, before, after }: AttributeChange): string {
  return `${path}: ${before ?? "(none)"} → ${after ?? "(none)"}`;
}

/** What has to be typed to apply the plan; what must be confirmed is named in it. */
function applyCommand(plan: PlanSummary): string {
  const confirmed = dataLostBy(plan).map((name) => `--confirm-destroy ${name}`);
  const context = plan.stage === "prod" ? [`--confirm-context ${plan.context}`] : [];
  return ["fairlead apply", plan.target, ...context, ...confirmed].join(" ");
}

// Names and values stand in code: no mention of a person, no markup comes of them.
function page(plan: PlanSummary): Root {
  const layers = plan.layers.flatMap(({ layer, waits, changes }): RootContent[] => [
    heading(3, layer),
    ...(changes.length > 0 ? [list(changes.map(item))] : [paragraph(words(waits ?? "nothing to change"))]),
  ]);
  const how = changesAnything(plan) ? [words(" Apply it with "), code(applyCommand(plan)), words(".")] : [];
  return {
    type: "root",
    children: [
      heading(2, `Plan: ${headline(plan)}`),
      ...layers,
      paragraph(words("Plan "), code(plan.digest), words("."), ...how),
    ],
  };
}

function item(change: PlannedChange) {
  const { object, effect } = change;
  const head = [code(`${object.kind} ${object.name}`), words(` is ${effect}`)];
  const told = [...change.why.map((line) => [words(line)]), ...facts(change).map((line) => [code(line)])];
  return { head, facts: told };
}

function list(items: readonly { head: PhrasingContent[]; facts: PhrasingContent[][] }[]): List {
  const entry = (children: PhrasingContent[], nested: List[] = []) => ({
    type: "listItem" as const,
    spread: false,
    children: [{ type: "paragraph" as const, children }, ...nested],
  });
  const inner = (facts: PhrasingContent[][]): List[] =>
    facts.length === 0 ? [] : [{ type: "list", spread: false, children: facts.map((one) => entry(one)) }];
  return { type: "list", spread: false, children: items.map(({ head, facts }) => entry(head, inner(facts))) };
}

const heading = (depth: 2 | 3, value: string): RootContent => ({
  type: "heading",
  depth,
  children: [words(value)],
});
const paragraph = (...children: PhrasingContent[]): RootContent => ({ type: "paragraph", children });
const words = (value: string): PhrasingContent => ({ type: "text", value: printable(value) });
const code = (value: string): PhrasingContent => ({ type: "inlineCode", value: printable(value) });
