import type { BlockContent, List } from "mdast";
import type { StepSpec } from "../catalog/runbook.ts";
import { queryUrl } from "../model/links.ts";
import type { Platform } from "../model/model.ts";
import { openIn } from "./environments.ts";
import { classed, code, list, paragraph, prose, strong, words } from "./tree.ts";

/** Things to do, in order: what, the query or the command to copy, and how to judge the answer. */
export function stepList(platform: Platform, steps: readonly StepSpec[]): List {
  return list(
    steps.map((step) => stepBlocks(platform, step)),
    { ordered: true },
  );
}

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
