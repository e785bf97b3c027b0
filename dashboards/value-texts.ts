import { MappingType, type ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Panel } from "../model/model.ts";

/** What is shown in place of the numbers of a unit that are really words. */
export const valueTexts: Partial<Record<Panel["unit"], ValueMapping[]>> = {
  "on-off": mapping([["off"], ["on"]]),
  "slo-state": mapping([
    ["ok", "green"],
    ["ticket", "yellow"],
    ["paged", "red"],
    ["budget spent", "dark-red"],
  ]),
};

function mapping(texts: readonly (readonly [text: string, color?: string])[]): ValueMapping[] {
  const options = texts.map(([text, color], index) => [
    String(index),
    { text, index, ...(color !== undefined && { color }) },
  ]);
  return [{ type: MappingType.ValueToText, options: Object.fromEntries(options) }];
}
