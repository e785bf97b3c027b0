import { at } from "../../model/problems.ts";
import type { Lint } from "./lint.ts";

/** Panels whose description says no more than their title. */
export const panelWithoutDescription: Lint = {
  rule: "lint/panel-without-description",
  severity: "warning",
  look: ({ platform }) =>
    platform.dashboards.flatMap(({ rows }) =>
      rows
        .flatMap(({ panels }) => panels)
        .filter(({ title, description }) => {
          const known = new Set([...words(title), "the", "a", "an", "of", "in", "by", "shows", "panel"]);
          return words(description).every((word) => known.has(word));
        })
        .map(({ title, origin }) => ({
          place: at(origin, "description"),
          message: `the description of panel "${title}" says no more than its title`,
          fix: "say what a good value is, and what a bad one means",
        })),
    ),
};

function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
