import { askedToEnter, type Way, ways } from "../delivery/promotion/asked-to-enter.ts";
import type { Environment, Platform } from "../model/model.ts";
import type { Promotion, Stop } from "../model/promotion.ts";
import { readableSeconds } from "../model/readable.ts";
import type { Explained } from "./explanation.ts";

/** An environment: what it is, and what a release needs to enter it. */
export function explainEnvironment(environment: Environment, platform: Platform): Explained {
  const { name, stage, target, size, namespace, lock } = environment;
  const { promotion } = platform;
  const stop = promotion?.stops.find((one) => one.environment === name);
  const guards = platform.gates.filter((gate) => gate.environments.includes(name));
  const next = promotion?.stops.filter(({ after }) => after === name) ?? [];
  return {
    title: `stage ${stage}, ${target}`,
    meaning: meaningOf(stop, name),
    facts: {
      size,
      namespace,
      runs: lock ? `release ${lock.release}, by ${lock.file}` : "what the catalog names",
      ...(stop && stopFacts(stop)),
    },
    tables: promotion && stop ? [askedTable(platform.name, { promotion, stop }), ...freezeTables(stop)] : [],
    queries: [],
    told: [],
    pages: [],
    usedBy: [
      ...guards.map((gate) => `gate ${gate.name}`),
      ...next.map((one) => `promotion to ${one.environment}`),
    ],
  };
}

function meaningOf(stop: Stop | undefined, name: string): string {
  if (!stop) return `No release is promoted to ${name}: whoever deploys decides what runs there.`;
  if (stop.after === undefined) return `Releases enter ${name} first of all.`;
  return `Releases come from ${stop.after}. What one of them still lacks says fairlead why-not RELEASE --env ${name}.`;
}

function stopFacts(stop: Stop): Record<string, string> {
  const { hotfix, override, verification, rollBackOn } = stop;
  const { alerts, watchSeconds } = rollBackOn;
  return {
    "brought in by": broughtInBy(stop),
    "verified by": verification.map(({ name }) => name).join(", ") || "having entered",
    "goes back by itself":
      [
        verification.length > 0 ? "if a check fails" : [],
        alerts.length > 0 ? `if ${alerts.join(" or ")} fires within ${readableSeconds(watchSeconds)}` : [],
      ]
        .flat()
        .join(", ") || "if it cannot be brought in",
    hotfixes: hotfix ? "on a way of their own" : "no way of their own",
    "in an emergency": override
      ? `role ${override.role} may let it in against what is asked, for ${readableSeconds(override.longestSeconds)} at most`
      : "nobody may let it in against what is asked",
  };
}

function broughtInBy({ deploy }: Stop): string {
  switch (deploy.kind) {
    case "lock-file":
      return "the lock file, for whoever deploys";
    case "git":
      return `the lock file, as a commit on ${deploy.branch} of ${deploy.remote}`;
    case "terraform":
      return "the lock file, and a plan of the stacks that is applied";
  }
}

/** Each thing that is asked once, with the ways on which it is. */
function askedTable(platform: string, { promotion, stop }: { promotion: Promotion; stop: Stop }) {
  const shown = ways.filter((way) => way !== "hotfix" || stop.hotfix);
  const asked = new Map<Way, string[]>(
    shown.map((way) => [way, askedToEnter({ platform, promotion }, { environment: stop.environment, way })]),
  );
  const all = [...new Set([...asked.values()].flat())];
  const rows = all.map((one) => [one, ...shown.map((way) => (asked.get(way)?.includes(one) ? "✔" : "-"))]);
  return {
    title: "Before it enters",
    rows: [["ASKED", ...shown.map((way) => way.toUpperCase())], ...rows],
  };
}

function freezeTables({ freezes }: Stop) {
  if (freezes.length === 0) return [];
  const rows = freezes.map((one) => [
    one.name,
    `${one.begins} ${one.timeZone}`,
    one.lasts,
    one.repeats ?? "once",
    one.reason,
  ]);
  return [{ title: "Freezes", rows: [["FREEZE", "BEGINS", "LASTS", "REPEATS", "REASON"], ...rows] }];
}
