import { alerts } from "../alerts/index.ts";
import { compose } from "../compose/index.ts";
import { dashboards } from "../dashboards/index.ts";
import { flags } from "../flags/index.ts";
import { loadTests } from "../load-tests/index.ts";
import type { Artifact, Environment, Model } from "../model/model.ts";
import { policies } from "../policies/index.ts";
import { requirements } from "../requirements/index.ts";
import { runbooks } from "../runbooks/index.ts";
import { stacks } from "../stacks/index.ts";
import { isDeliveredFromGit } from "./scope.ts";

/** What of everything is generated. */
export interface GenerateScope {
  /** Without it there is no page of requirements, which is about all platforms. */
  withRequirements?: boolean;
  /** Environments whose manifests are rendered; those that are delivered from Git unless told. */
  manifestsOf?: (environment: Environment) => boolean;
}

/** Everything that is generated from a model, sorted by path. */
export async function generateAll(
  model: Model,
  { withRequirements = true, manifestsOf = isDeliveredFromGit }: GenerateScope = {},
): Promise<Artifact[]> {
  const first = [
    alerts(model),
    dashboards(model),
    await runbooks(model),
    flags(model),
    loadTests(model),
    policies(model),
    compose(model),
  ].flat();
  const all = [...first, ...stacks(model, first), ...(await manifestsIn(model, first, manifestsOf))];
  const page = withRequirements ? requirements(model, all) : [];
  return [...all, ...page].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Their code is loaded only where there are any. */
async function manifestsIn(
  model: Model,
  artifacts: readonly Artifact[],
  isChosen: NonNullable<GenerateScope["manifestsOf"]>,
): Promise<Artifact[]> {
  if (!model.platforms.some(({ environments }) => environments.some(isChosen))) return [];
  return (await import("../stacks/manifests/index.ts")).manifests(model, artifacts, isChosen);
}
