import type { Artifact, Flag, Model } from "../model/model.ts";
import { flagFile } from "../model/names.ts";

/** The schema that flagd publishes; editors read it, flagd and this project's checks have it with them. */
const SCHEMA = "https://flagd.dev/schema/v0/flags.json";

/** What keys are told apart by: the flag's name goes in, so that it is not the same keys that go first with every flag. */
const keys = { run: "targetingKey", project: "project" } as const;

/**
 * flagd definitions of each flag, a file for each step and `stable.json`, which is the way back. Who is on the canary at one step is so at
 * the next: the canary has the low end of flagd's buckets, whatever its share.
 */
export function flags(model: Model): Artifact[] {
  return model.platforms.flatMap(({ name: platform, flags }) =>
    flags.flatMap((flag) => filesOf(platform, flag)),
  );
}

function filesOf(platform: string, flag: Flag): Artifact[] {
  return [undefined, ...flag.steps].map((step) => {
    const document = { $schema: SCHEMA, flags: { [flag.name]: definitionOf(flag, step) } };
    return {
      path: flagFile(platform, flag.name, step),
      content: `${JSON.stringify(document, null, 2)}\n`,
      origin: flag.origin,
    };
  });
}

function definitionOf({ variants: { stable, canary }, by }: Flag, step?: Flag["steps"][number]) {
  return {
    state: "ENABLED",
    variants: { canary, stable },
    defaultVariant: "stable",
    ...(step && {
      targeting: {
        fractional: [
          { cat: [{ var: "$flagd.flagKey" }, { var: keys[by] }] },
          ["canary", step.canary],
          ["stable", step.of - step.canary],
        ],
      },
    }),
  };
}
