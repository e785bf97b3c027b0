import type { Environment, Platform } from "../model/model.ts";
import { type Change, changesOf, type Finding, type Group, type Kind, type Sentence, say } from "./change.ts";
import { type Leftover, leftovers } from "./leftovers.ts";
import { pairs } from "./pairs.ts";

// Other entries' names, which say so themselves, and what is worked out.
const DERIVED_OF_SERVICES = ["job", "callers"];
const NAMED_ELSEWHERE = ["services", "volumes", "receivers"];

/** Environments, new, gone or changed, with what their namespace may ask for. */
export function compareEnvironments(before: Platform, after: Platform): Change[] {
  const { gone, added, kept } = pairs(before.environments, after.environments);
  const change = (environment: Environment, findings: Finding[]) =>
    changesOf({ platform: after.name, kind: "environment", name: environment.name }, findings);
  return [
    ...gone.flatMap((e) =>
      change(e, [{ group: "gone", says: say`is gone: nothing deploys to ${e.namespace} any more` }]),
    ),
    ...added.flatMap((e) =>
      change(e, [
        { group: "new", says: say`is new: ${e.stage}, ${e.size}, namespace ${e.namespace} in ${e.context}` },
      ]),
    ),
    ...kept.flatMap(([old, e]) =>
      change(e, [
        ...capacityFindings(old, e),
        ...leftovers(old, e, [...NAMED_ELSEWHERE, "capacity", "admission"]).map(
          ({ says }): Finding => ({ group: "changed", says }),
        ),
      ]),
    ),
  ];
}

const CAPACITY = [
  { of: "cores", what: "cores", unit: 1 },
  { of: "memoryBytes", what: "GB of memory", unit: 1e9 },
  { of: "storageBytes", what: "GB of volumes", unit: 1e9 },
] as const;

function capacityFindings(old: Environment, environment: Environment): Finding[] {
  return CAPACITY.filter(({ of }) => old.capacity[of] !== environment.capacity[of]).map(
    ({ of, what, unit }) => ({
      group: "resources",
      says: say`may ask for ${environment.capacity[of] / unit} ${[what]}, before for ${old.capacity[of] / unit}`,
    }),
  );
}

/** Services: new, gone, or with other images, sizes, settings, in which environments. */
export function compareServices(before: Platform, after: Platform): Change[] {
  return compareDeployed(before, after, {
    kind: "service",
    of: "services",
    derived: DERIVED_OF_SERVICES,
    groupOf: ({ path }) => (/^(image|scaling|resources)\b/.test(path) ? "resources" : "changed"),
  });
}

/** Volumes: new, gone, or of another size, in which environments. */
export function compareVolumes(before: Platform, after: Platform): Change[] {
  return compareDeployed(before, after, {
    kind: "volume",
    of: "volumes",
    derived: ["sizeBytes"],
    groupOf: ({ path }) => (path === "size" ? "resources" : "changed"),
  });
}

interface Deployed {
  kind: Kind;
  of: "services" | "volumes";
  derived: string[];
  groupOf(leftover: Leftover): Group;
}

function compareDeployed(before: Platform, after: Platform, how: Deployed): Change[] {
  const { gone, added, kept } = pairs<{ name: string; title: string }>(before[how.of], after[how.of]);
  const change = (name: string, findings: Finding[]) =>
    changesOf({ platform: after.name, kind: how.kind, name }, findings);
  return [
    ...gone.flatMap(({ name, title }) => change(name, [{ group: "gone", says: say`is gone: ${title}` }])),
    ...added.flatMap(({ name, title }) => change(name, [{ group: "new", says: say`is new: ${title}` }])),
    ...kept.flatMap(([{ name }]) => change(name, deployedFindings(name, { before, after, how }))),
  ];
}

/** What differs in one service or volume; what differs alike in several environments is said once. */
function deployedFindings(
  name: string,
  { before, after, how }: { before: Platform; after: Platform; how: Deployed },
): Finding[] {
  const { kept } = pairs(before.environments, after.environments);
  const places = kept.length > 0 ? kept : [[before, after] as const];
  const found = new Map<string, { leftover: Leftover; where: string[] }>();
  for (const [old, now] of places) {
    const [was, is] = [old, now].map((place) => place[how.of].find((entry) => entry.name === name));
    for (const leftover of was && is ? leftovers(was, is, how.derived) : []) {
      const key = JSON.stringify(leftover);
      const same = found.get(key) ?? { leftover, where: [] };
      same.where.push(now.name);
      found.set(key, same);
    }
  }
  return [...found.values()].map(({ leftover, where }) => ({
    group: how.groupOf(leftover),
    says: where.length === places.length ? leftover.says : inSome(where, leftover.says),
  }));
}

function inSome(where: readonly string[], says: Sentence): Sentence {
  return say`in ${where.join(", ")}: ${says}`;
}
