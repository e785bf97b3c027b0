import type { Flag, Metric, Platform } from "../model/model.ts";
import { flagFile } from "../model/names.ts";
import { select } from "../model/selection.ts";
import type { Explained } from "./explanation.ts";
import { linkedQuery } from "./links.ts";
import { readersOf } from "./uses.ts";

/** What stays on one side, and for how long. */
const sides = {
  run: "each run by itself, when it starts; it is on that side to its end",
  project: "each project: all its runs that start at a step are on one side",
} as const;

/** A flag: its variants, the canary's steps, what tells the sides apart, and the way back. */
export function explainFlag(flag: Flag, platform: Platform): Explained {
  const { name } = flag;
  const stable = flagFile(platform.name, name);
  const told = tellingApart(flag, platform);
  return {
    title: flag.title,
    meaning: flag.description,
    facts: {
      service: flag.service,
      decided: sides[flag.by],
      "told apart by": told
        ? `${told.metric.name}, label ${told.variant}, where ${told.flag} is "${name}"`
        : `no metric: none of ${flag.service} has a label with this flag's name and one with stable and canary`,
      "back at once": `give ${stable} to flagd, or its member flags.${name} to the orchestrator: PUT /v1/flags/${name}`,
      "once answered": "nothing starts on the canary any more; what started on it ends there",
    },
    tables: tablesOf(flag, platform),
    queries: told ? [sidesQuery(flag, platform, told)] : [],
    told: [],
    pages: [],
    usedBy: told ? readersOf(platform, told.metric) : [],
  };
}

function tablesOf({ name, variants, steps }: Flag, platform: Platform): Explained["tables"] {
  const definitions = steps.map((step) => [
    step.share,
    `${step.canary} of ${step.of}`,
    flagFile(platform.name, name, step),
  ]);
  return [
    {
      title: "Variants",
      rows: [
        ["VARIANT", "VALUE"],
        ["stable", variants.stable],
        ["canary", variants.canary],
      ],
    },
    {
      title: "Steps of the canary",
      rows: [["SHARE", "WEIGHT", "DEFINITION"], ["none", "0", flagFile(platform.name, name)], ...definitions],
    },
  ];
}

interface TellingApart {
  metric: Metric;
  /** Its label that names the flag, and the one that names the variant. */
  flag: string;
  variant: string;
}

/** The counter of the flag's service that counts by flag and variant, known by the values that its labels may have. */
function tellingApart({ name, service }: Flag, { metrics }: Platform): TellingApart | undefined {
  for (const metric of metrics) {
    if (metric.type !== "counter" || !metric.services.includes(service)) continue;
    const labelWith = (...wanted: string[]) =>
      Object.entries(metric.labels).find(
        ([, values]) => Array.isArray(values) && wanted.every((value) => values.includes(value)),
      )?.[0];
    const [flag, variant] = [labelWith(name), labelWith("stable", "canary")];
    if (flag !== undefined && variant !== undefined) return { metric, flag, variant };
  }
  return undefined;
}

function sidesQuery(
  { name, service }: Flag,
  platform: Platform,
  { metric, flag, variant }: TellingApart,
): Explained["queries"][number] {
  const { promql } = select(metric, { [flag]: name }, { platform: platform.name, service });
  return linkedQuery(platform, {
    title: "started in the last hour, by side",
    promql: `sum by (${variant}) (increase(${promql}[1h]))`,
  });
}
