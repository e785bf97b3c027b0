import type { Entry, Model, Platform } from "../model/model.ts";
import { compareAdmission } from "./admission.ts";
import { compareAlerts } from "./alerts.ts";
import {
  type Change,
  changesOf,
  type Finding,
  type Group,
  gravestFirst,
  type Sentence,
  say,
} from "./change.ts";
import { compareDashboards } from "./dashboards.ts";
import { compareEnvironments, compareServices, compareVolumes } from "./environments.ts";
import { compareGates } from "./gates.ts";
import { leftovers } from "./leftovers.ts";
import { compareLoadProfiles } from "./load-profiles.ts";
import { compareMetrics } from "./metrics.ts";
import { type Pairs, pairs } from "./pairs.ts";
import { comparePromotion, promotionFindings } from "./promotion.ts";
import { compareBreakers, compareLimits, compareModes } from "./resilience.ts";
import { compareSlos } from "./slos.ts";
import { compareTold, toldSentence } from "./told.ts";

/** What each comparison takes care of; the platform's remaining members are compared one by one. */
const comparisons = [
  compareSlos,
  compareAlerts,
  compareTold,
  compareMetrics,
  compareDashboards,
  compareServices,
  compareVolumes,
  compareEnvironments,
  compareLoadProfiles,
  compareGates,
  comparePromotion,
  compareAdmission,
  compareBreakers,
  compareModes,
  compareLimits,
  compareEvents,
  compareOperations,
  compareFlags,
  compareAllowances,
  compareHead,
];
const COLLECTIONS = [
  "slos",
  "alerts",
  "metrics",
  "dashboards",
  "services",
  "volumes",
  "environments",
  "loadProfiles",
  "gates",
  "promotion",
  "events",
  "operations",
  "breakers",
  "modes",
  "limits",
  "flags",
  "routing",
  // Each is said of the entry that asks it.
  "queries",
  "allowances",
];

/** What a change of the catalog means, the gravest first: group by group, in each by platform, kind and name. */
export function compareModels(before: Model, after: Model): Change[] {
  const { gone, added, kept } = pairs(before.platforms, after.platforms);
  const changes = [
    ...gone.flatMap((platform) => wholePlatform(platform, "pages-less", "is gone")),
    ...added.flatMap((platform) => wholePlatform(platform, "pages-more", "is new")),
    ...kept.flatMap(([was, is]) => comparisons.flatMap((compare) => compare(was, is))),
  ];
  return gravestFirst(changes);
}

function wholePlatform(platform: Platform, group: Group, what: string): Change[] {
  const { services, slos, alerts, dashboards } = platform;
  const about = { platform: platform.name, kind: "platform", name: platform.name } as const;
  return changesOf(about, [
    {
      group,
      says: say`${what}: ${services.length} services, ${slos.length} SLOs, ${alerts.length} alerts, ${dashboards.length} dashboards; critical ones tell, ${toldSentence(platform, "critical")}`,
    },
  ]);
}

function compareEvents(before: Platform, after: Platform): Change[] {
  const words = { kind: "event", gone: say`is no longer logged`, added: say`is logged now` } as const;
  return compareByMember(after.name, pairs(before.events, after.events), words);
}

function compareOperations(before: Platform, after: Platform): Change[] {
  const words = {
    kind: "procedure",
    gone: say`is no longer described`,
    added: say`is described now`,
  } as const;
  return compareByMember(after.name, pairs(before.operations, after.operations), words);
}

function compareFlags(before: Platform, after: Platform): Change[] {
  const words = { kind: "flag", gone: say`is no longer described`, added: say`is described now` } as const;
  return compareByMember(after.name, pairs(before.flags, after.flags), words);
}

function compareByMember<E extends Entry>(
  platform: string,
  { gone, added, kept }: Pairs<E>,
  words: { kind: Change["kind"]; gone: Sentence; added: Sentence },
): Change[] {
  const change = (name: string, findings: Finding[]) =>
    changesOf({ platform, kind: words.kind, name }, findings);
  return [
    ...gone.flatMap(({ name }) => change(name, [{ group: "gone", says: words.gone }])),
    ...added.flatMap(({ name }) => change(name, [{ group: "new", says: words.added }])),
    ...kept.flatMap(([was, is]) =>
      change(
        is.name,
        leftovers(was, is).map(({ says }) => ({ group: "changed", says })),
      ),
    ),
  ];
}

/** What lints may find from now on, and no longer. */
function compareAllowances(before: Platform, after: Platform): Change[] {
  const about = { platform: after.name, kind: "platform", name: after.name } as const;
  const told = ({ allowances }: Platform) =>
    new Map(
      allowances.map(({ rule, at, until, reason }) => [
        JSON.stringify([rule, at, until, reason]),
        { rule, at, until, reason },
      ]),
    );
  const [was, is] = [told(before), told(after)];
  const gone = [...was].filter(([key]) => !is.has(key)).map(([, one]) => one);
  const added = [...is].filter(([key]) => !was.has(key)).map(([, one]) => one);
  return changesOf(about, [
    ...gone.map(({ rule, at }): Finding => ({ group: "gone", says: say`no longer allows ${rule} at ${at}` })),
    ...added.map(
      ({ rule, at, until, reason }): Finding => ({
        group: "new",
        says: say`allows ${rule} at ${at} until ${until}: ${reason}`,
      }),
    ),
  ]);
}

function compareHead(before: Platform, after: Platform): Change[] {
  const about = { platform: after.name, kind: "platform", name: after.name } as const;
  const routing = leftovers(before.routing, after.routing, ["routes", "heartbeat", "escalation"]);
  return changesOf(about, [
    ...promotionFindings(before, after),
    ...[...leftovers(before, after, COLLECTIONS), ...routing].map(
      ({ says }): Finding => ({ group: "changed", says }),
    ),
  ]);
}
