import type { Model } from "../model/model.ts";

/** What is to be synthesised, by name. */
export interface Selection {
  /** All unless told. */
  platforms?: readonly string[];
  /** Every environment of stage "local" unless told, so that production is only touched by name. */
  environments?: readonly string[];
}

/** The part of a model that is selected; platforms of which nothing is selected are left out. */
export function selectedPart(model: Model, { platforms, environments }: Selection): Model {
  return {
    ...model,
    fleet: model.fleet ?? model.platforms,
    platforms: model.platforms
      .filter(({ name }) => platforms?.includes(name) ?? true)
      .map((platform) => ({
        ...platform,
        environments: platform.environments.filter(
          ({ name, stage }) => environments?.includes(name) ?? stage === "local",
        ),
      }))
      .filter((platform) => platform.environments.length > 0),
  };
}
