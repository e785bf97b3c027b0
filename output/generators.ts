import { alerts } from "../alerts/index.ts";
import { compose } from "../compose/index.ts";
import { dashboards } from "../dashboards/index.ts";
import { loadTests } from "../load-tests/index.ts";
import type { Artifact, Model } from "../model/model.ts";
import { policies } from "../policies/index.ts";
import { requirements } from "../requirements/index.ts";
import { runbooks } from "../runbooks/index.ts";
import { stacks } from "../stacks/index.ts";

/** Everything that is generated from a model, sorted by path; on request without the page of requirements, which is about all platforms. */
export async function generateAll(
  model: Model,
  { withRequirements = true }: { withRequirements?: boolean } = {},
): Promise<Artifact[]> {
  const first = [
    alerts(model),
    dashboards(model),
    await runbooks(model),
    loadTests(model),
    policies(model),
    compose(model),
  ].flat();
  const all = [...first, ...stacks(model, first)];
  const page = withRequirements ? requirements(model, all) : [];
  return [...all, ...page].sort((a, b) => (a.path < b.path ? -1 : 1));
}
