import { alerts } from "../alerts/index.ts";
import { dashboards } from "../dashboards/index.ts";
import { loadTests } from "../load-tests/index.ts";
import type { Artifact, Model } from "../model/model.ts";
import { policies } from "../policies/index.ts";
import { requirements } from "../requirements/index.ts";
import { runbooks } from "../runbooks/index.ts";
import { stacks } from "../stacks/index.ts";

/** Everything that is generated from a model, sorted by path. */
export async function generateAll(model: Model): Promise<Artifact[]> {
  const first = [
    alerts(model),
    dashboards(model),
    await runbooks(model),
    loadTests(model),
    policies(model),
  ].flat();
  const all = [...first, ...stacks(model, first)];
  return [...all, ...requirements(model, all)].sort((a, b) => (a.path < b.path ? -1 : 1));
}
