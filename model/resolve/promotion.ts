import type { PromotionSpec, StopSpec } from "../../catalog/promotion.ts";
import { secondsOf } from "../../catalog/units.ts";
import type { Alert, Environment, Origin, Slo } from "../model.ts";
import { at } from "../problems.ts";
import type { DeployBy, LedgerPlace, Promotion, Stop } from "../promotion.ts";
import { checkFreezes, freezesOf } from "./freezes.ts";
import { checkRoad, inOrder } from "./promotion-road.ts";
import type { Scope } from "./scope.ts";

/** What of a platform a promotion speaks of. */
interface Promoted {
  alerts: readonly Alert[];
  slos: readonly Slo[];
  environments: readonly Environment[];
}

/** How releases move, in the order of their way; what is asked for must exist. */
export function resolvePromotion(scope: Scope, promoted: Promoted): Promotion | undefined {
  const { described } = scope;
  if (!described.promotion) return undefined;
  const { spec, origin } = described.promotion;
  checkServices(scope, spec, origin);
  const stops = Object.entries(spec.environments).map(([environment, stop]) => {
    checkStop(scope, promoted, { environment, stop, spec, origin: inside(origin, environment) });
    const isDeliveredFromGit = promoted.environments.some((one) => one.name === environment && one.gitops);
    return { ...stopOf(environment, stop), deploy: deployBy(stop, isDeliveredFromGit) };
  });
  checkRoad(scope, { stops, environments: promoted.environments, origin });
  return {
    meets: spec.meets,
    origin,
    ledger: ledgerOf(described.name, spec.ledger),
    thirdParty: [...spec.thirdParty].sort(),
    together: spec.together,
    stops: inOrder(stops, promoted.environments),
  };
}

function inside(origin: Origin, environment: string): Origin {
  const path = [...origin.path, "environments", environment];
  return { ...origin, path, label: `${origin.label}.environments.${environment}` };
}

function ledgerOf(platform: string, ledger: PromotionSpec["ledger"]): LedgerPlace {
  return ledger.kind === "git" ? { ...ledger, ref: ledger.ref ?? `refs/fairlead/${platform}` } : ledger;
}

function deployBy({ deploy }: StopSpec, isDeliveredFromGit: boolean): DeployBy {
  return deploy.kind === "git" ? { ...deploy, manifests: deploy.manifests ?? isDeliveredFromGit } : deploy;
}

function stopOf(environment: string, spec: StopSpec): Omit<Stop, "deploy"> {
  const { after, soak, verification, approvals, freezes, hotfix, override, rollBackOn } = spec;
  return {
    environment,
    ...(after !== undefined && { after }),
    soakSeconds: secondsOf(soak),
    gates: [...spec.gates],
    verification: Object.entries(verification).map(([name, { command, timeout }]) => ({
      ...{ name, command, timeoutSeconds: secondsOf(timeout) },
    })),
    approvals: agreed(approvals),
    prerequisites: spec.prerequisites,
    freezes: freezesOf(freezes),
    ...(hotfix && {
      hotfix: { soakSeconds: secondsOf(hotfix.soak), approvals: agreed(hotfix.approvals) },
    }),
    ...(override && { override: { role: override.role, longestSeconds: secondsOf(override.longest) } }),
    rollBackOn: {
      alerts: [...(rollBackOn?.alerts ?? [])],
      watchSeconds: rollBackOn ? secondsOf(rollBackOn.watch) : 0,
    },
  };
}

function agreed(approvals: StopSpec["approvals"]): Stop["approvals"] {
  return Object.entries(approvals).map(([role, count]) => ({ role, count }));
}

function checkServices({ references, problems }: Scope, spec: PromotionSpec, origin: Origin): void {
  references.checkAll("services", spec.thirdParty, at(origin, "thirdParty"));
  for (const [set, services] of Object.entries(spec.together)) {
    references.checkAll("services", services, at(origin, "together", set));
    for (const [i, service] of services.entries()) {
      if (!spec.thirdParty.includes(service)) continue;
      const message = `"${service}" is of third parties, and moves in set "${set}" with services of releases`;
      problems.add("promotion/third-party-set", at(origin, "together", set, i), message, {
        fix: "take it out of the set, or out of thirdParty",
      });
    }
  }
}

/** One environment of the promotion, as it is written. */
interface WrittenStop {
  environment: string;
  stop: StopSpec;
  spec: PromotionSpec;
  origin: Origin;
}

function checkStop(scope: Scope, promoted: Promoted, written: WrittenStop): void {
  const { environment, stop, origin } = written;
  const { references } = scope;
  const isKnown = references.check("environments", environment, { ...at(origin), key: true });
  references.checkAll("gates", stop.gates, at(origin, "gates"));
  const watched = [...promoted.alerts, ...promoted.slos].map(({ name }) => name);
  const isComplete = !(["alerts", "slos"] as const).some((kind) => scope.described.unread.has(kind));
  for (const [i, name] of (stop.rollBackOn?.alerts ?? []).entries())
    if (isComplete) references.among("alert", name, watched, at(origin, "rollBackOn", "alerts", i));
  checkBefore(scope, written);
  checkFreezes(scope, stop.freezes, at(origin, "freezes"));
  if (!isKnown) return;
  checkGates(scope, written);
  const { stage } = promoted.environments.find(({ name }) => name === environment) ?? {};
  if (stage === "prod") checkProduction(scope, written);
}

function checkGates({ described, problems }: Scope, { environment, stop, origin }: WrittenStop): void {
  for (const [i, name] of stop.gates.entries()) {
    const gate = described.entries.gates.find((one) => one.name === name);
    const environments = gate?.spec.environments ?? [environment];
    if (!gate || !problems.isSound(at(gate.origin, "environments"))) continue;
    if ((environments as readonly string[]).includes(environment)) continue;
    const message = `gate "${name}" does not stand at the door of ${environment}`;
    problems.add("promotion/gate-elsewhere", at(origin, "gates", i), message, {
      fix: `add "${environment}" to the gate's environments, or leave the gate out here`,
    });
  }
}

/** Soak and smoke tests are of the environment before. */
function checkBefore({ problems }: Scope, { environment, stop, spec, origin }: WrittenStop): void {
  if (!problems.isSound(at(origin, "after"))) return;
  const { after, prerequisites } = stop;
  const smokeTests = prerequisites.indexOf("smoke-tests");
  if (after === undefined) {
    const fix = "leave it out, or say in after which environment is before";
    const message = (what: string) => `${environment} is the first environment, and ${what}`;
    if (secondsOf(stop.soak) > 0)
      problems.add("promotion/nothing-before", at(origin, "soak"), message("asks for a soak before it"), {
        fix,
      });
    if (smokeTests >= 0)
      problems.add(
        "promotion/nothing-before",
        at(origin, "prerequisites", smokeTests),
        message("asks for smoke tests before it"),
        { fix },
      );
    return;
  }
  const before = spec.environments[after];
  if (smokeTests < 0 || !before || Object.keys(before.verification).length > 0) return;
  const message = `${environment} asks for the smoke tests of ${after}, which has no verification`;
  problems.add("promotion/nothing-before", at(origin, "prerequisites", smokeTests), message, {
    fix: `give ${after} a verification, such as { "smoke-tests": { command: ["npm", "run", "smoke"] } }`,
  });
}

function checkProduction({ problems }: Scope, { environment, stop, origin }: WrittenStop): void {
  const missing = [
    ...(Object.keys(stop.approvals).length === 0 ? ["approvals"] : []),
    ...(stop.gates.length === 0 ? ["gates"] : []),
  ];
  if (missing.length === 0) return;
  const message = `${environment} is a production environment, and releases enter it without ${missing.join(" or ")}`;
  problems.add("promotion/open-production", { ...at(origin), key: true }, message, {
    severity: "warning",
    fix: `say which ${missing.join(" and ")} it asks for`,
  });
}
