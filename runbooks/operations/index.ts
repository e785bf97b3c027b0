import { Same } from "../../model/kept.ts";
import type { Operation, Origin, Platform } from "../../model/model.ts";
import { once } from "../../model/once.ts";
import { type StandardPage, standardPages } from "../../model/standard-pages.ts";
import { listedAlerts } from "../listed.ts";
import { backUp } from "./back-up.ts";
import { breakGlass } from "./break-glass.ts";
import { deploy } from "./deploy.ts";
import { disasterRecovery } from "./disaster-recovery.ts";
import { emergencyStop } from "./emergency-stop.ts";
import type { Procedure } from "./procedure.ts";
import { rollBack } from "./roll-back.ts";
import { scale } from "./scale.ts";
import { lifeOfSecrets, rotateSecrets } from "./secrets.ts";
import { startAndStop } from "./start-and-stop.ts";
import { troubleshooting } from "./troubleshooting.ts";
import { tune } from "./tune.ts";

export type { Procedure } from "./procedure.ts";

/** A procedure, and what of the catalog it comes from. */
export interface PlacedProcedure {
  procedure: Procedure;
  origin: Origin;
}

const derived: Record<StandardPage, (platform: Platform) => Procedure> = {
  troubleshooting,
  deploy,
  "roll-back": rollBack,
  scale,
  "start-and-stop": startAndStop,
  "emergency-stop": emergencyStop,
  "break-glass": breakGlass,
  "back-up-and-restore": backUp,
  "disaster-recovery": disasterRecovery,
  secrets: lifeOfSecrets,
  "rotate-secrets": rotateSecrets,
  "tune-performance": tune,
};

/**
 * How the platform is run: the pages that every platform has, from its services, volumes, secrets and environments, with its own
 * operations of the same name first in them; then its other operations.
 */
export const operationsOf = once((platform: Platform): readonly PlacedProcedure[] => {
  const own = new Map(platform.operations.map((operation) => [operation.name, operation]));
  const standard = standardPages.map((name) => {
    const operation = own.get(name);
    const general = derived[name](platform);
    return {
      procedure: operation ? joined(described(platform, operation), general) : general,
      origin: operation?.origin ?? platform.origin,
    };
  });
  const others = platform.operations.filter(
    ({ name }) => !(standardPages as readonly string[]).includes(name),
  );
  const all = [
    ...standard,
    ...others.map((operation) => ({ procedure: described(platform, operation), origin: operation.origin })),
  ];
  return same.of(platform.origin, all);
});

const same = new Same<readonly PlacedProcedure[]>();

function described(platform: Platform, operation: Operation): Procedure {
  const { name, title, purpose, when, before, parts, verify, undo, tell, alerts } = operation;
  return {
    name,
    title,
    purpose,
    when,
    before,
    parts: parts.map(({ title: part, text, steps }) => ({
      title: part,
      steps,
      ...(text !== undefined && { text }),
    })),
    verify,
    undo,
    tell: tell ?? `The team \`${platform.team}\`.`,
    alerts: listedAlerts(platform).filter((alert) => alerts.includes(alert.name)),
  };
}

/** The platform's own words and steps, then those that can be derived. */
function joined(own: Procedure, made: Procedure): Procedure {
  return {
    ...own,
    before: [...own.before, ...made.before],
    parts: [...own.parts, ...made.parts],
    verify: [...own.verify, ...made.verify],
    undo: [...own.undo, ...made.undo],
    alerts: [...new Map([...own.alerts, ...made.alerts].map((alert) => [alert.name, alert])).values()],
  };
}
