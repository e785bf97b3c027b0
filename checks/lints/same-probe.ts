import { at } from "../../model/problems.ts";
import type { Lint } from "./lint.ts";

/** Services that are restarted whenever they are not ready: an outage of what they call restarts all of them. */
export const sameProbe: Lint = {
  rule: "lint/same-probe",
  severity: "warning",
  look: ({ platform }) =>
    platform.services.flatMap(({ name, probes, dependsOn, origin }) => {
      const { readiness, liveness } = probes;
      const isSame =
        "http" in readiness &&
        "http" in liveness &&
        readiness.http === liveness.http &&
        readiness.port === liveness.port;
      if (!isSame || dependsOn.length === 0) return [];
      return [
        {
          place: at(origin, "probes", "liveness"),
          message: `liveness of "${name}" asks what readiness asks: when ${dependsOn.join(", ")} is down, its pods are restarted`,
          fix: "let liveness ask only whether the process itself still answers",
        },
      ];
    }),
};
