import type { Check } from "./check.ts";

/** What loading and resolving the catalog found: schemas, references, units, queries. */
export const catalog: Check = {
  name: "catalog",
  title: "Catalog: schemas, references, units and queries",
  needs: [],
  catalogOnly: true,
  async run({ problems, model }) {
    return { problems: [...problems], files: model.platforms.length };
  },
};
