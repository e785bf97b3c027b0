import type { BlockContent, List, ListItem } from "mdast";
import type { StepSpec } from "../catalog/runbook.ts";
import { queryUrl } from "../model/links.ts";
import type { Platform } from "../model/model.ts";
import { once } from "../model/once.ts";
import { openIn } from "./environments.ts";
import { classed, code, item, list, paragraph, prose, strong, words } from "./tree.ts";
import { oncePerPlatform, shared } from "./written-once.ts";

/** Things to do, in order: what, the query or the command to copy, and how to judge the answer. */
export function stepList(platform: Platform, steps: readonly StepSpec[]): List {
  return list(
    steps.map((step) => stepItem(platform, step)),
    { ordered: true },
  );
}

function stepItem(platform: Platform, step: StepSpec): ListItem {
  return repeatedSteps(platform).has(step) ? repeatedItem(platform, step) : item(stepBlocks(platform, step));
}

const repeatedItem = oncePerPlatform((platform, step: StepSpec) => shared(item(stepBlocks(platform, step))));

/** Steps that several alerts have in common, above all those of one SLO. */
const repeatedSteps = once(({ alerts }: Platform): ReadonlySet<StepSpec> => {
  const [seen, again] = [new Set<StepSpec>(), new Set<StepSpec>()];
  for (const { runbook } of alerts)
    for (const step of [...runbook.diagnosis, ...runbook.mitigation, ...runbook.rollback])
      (seen.has(step) ? again : seen).add(step);
  return again;
});

function stepBlocks(platform: Platform, step: StepSpec): BlockContent[] {
  const { query, command, good, bad } = step;
  return [
    ...prose(step.do),
    ...(query === undefined ? [] : queryBlocks(platform, query)),
    ...(command === undefined ? [] : [code("sh", command)]),
    ...(good === undefined ? [] : [classed("good", paragraph(strong("Good:"), " ", ...words(good)))]),
    ...(bad === undefined ? [] : [classed("bad", paragraph(strong("Bad:"), " ", ...words(bad)))]),
  ];
}

/** A query to copy, and where it can be opened with one click. */
function queryBlocks(platform: Platform, query: string): BlockContent[] {
  const links = openIn(platform, (environment) => queryUrl(environment, query));
  return [
    code("promql", query),
    ...(links.length > 0 ? [classed("open", paragraph("Open in: ", ...links))] : []),
  ];
}
