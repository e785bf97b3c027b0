// Plain manifests, and what Argo CD and Flux are given: the stacks once more, as objects (docs/decisions/0167-manifests-come-from-the-stacks.md).
import { Kept } from "../../model/kept.ts";
import type { Artifact, Environment, Model, Platform } from "../../model/model.ts";
import { type Problem, ProblemsError } from "../../problems/problem.ts";
import { bringsFleet } from "../fleet.ts";
import { layersOf } from "../index.ts";
import { environmentManifests } from "./environment-manifests.ts";
import { Untranslatable } from "./untranslatable.ts";

/**
 * generated/manifests/PLATFORM/ENV/…: what the stacks bring, as manifests, for each environment that is chosen. Throws a ProblemsError that names
 * all resources of stacks that no manifest can say; nothing is left out.
 */
export function manifests(
  model: Model,
  artifacts: readonly Artifact[],
  isChosen: (environment: Environment) => boolean,
): Artifact[] {
  const problems: Problem[] = [];
  const places = model.platforms.flatMap((platform) =>
    platform.environments.filter(isChosen).map((environment) => ({ platform, environment })),
  );
  const files = places.flatMap((place) => {
    try {
      return filesOf(model, artifacts, place);
    } catch (error) {
      if (!(error instanceof Untranslatable)) throw error;
      problems.push(untranslatable(error.message));
      return [];
    }
  });
  if (problems.length > 0) throw new ProblemsError(problems);
  return files;
}

const rendered = new Kept<Artifact[]>();

function filesOf(
  model: Model,
  artifacts: readonly Artifact[],
  { platform, environment }: { platform: Platform; environment: Environment },
): Artifact[] {
  const isBringing = bringsFleet(model, { platform, environment });
  const madeOf = () => [
    ...[platform.title, platform.origin, platform.routing, isBringing],
    ...artifacts
      .filter(
        ({ path }) => isOf(path, platform.name, environment.name) || (isBringing && isOf(path, "fleet")),
      )
      .flatMap(({ path, content }) => [path, content]),
  ];
  return rendered.get({ owner: environment, name: platform.name, madeOf }, () => {
    const folder = `generated/manifests/${platform.name}/${environment.name}`;
    const root = environment.gitops?.folder ?? ".";
    const place = {
      name: `${platform.name}-${environment.name}`,
      title: `${platform.title}, ${environment.name}`,
      folder: root === "." ? folder : `${root}/${folder}`,
      environment,
    };
    return environmentManifests(place, layersOf(model, artifacts, { platform, environment })).map(
      // Not the environment: what that meets is not met by each of these.
      ({ path, content }) => ({ path: `${folder}/${path}`, content, origin: platform.origin }),
    );
  });
}

function isOf(path: string, name: string, place?: string): boolean {
  const [, , of, within] = path.split("/");
  return of === name && (place === undefined || within === place);
}

function untranslatable(message: string): Problem {
  return {
    rule: "stack/no-manifest",
    severity: "error",
    message: `no manifest can stand for ${message}`,
    fix: "write it in a way that needs no Terraform, or deploy this environment by fairlead apply and leave --manifests and gitops out",
  };
}
