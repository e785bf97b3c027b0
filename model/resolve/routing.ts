import type { RoutingSpec } from "../../catalog/routing.ts";
import { secondsOf } from "../../catalog/units.ts";
import type { Origin, Routing } from "../model.ts";
import { at } from "../problems.ts";
import type { Scope } from "./scope.ts";
import { windowsOf } from "./time-windows.ts";

/** Who is told of what; a platform without routing would alert nobody. */
export function resolveRouting({ described, references, problems }: Scope): Routing {
  const { routing, origin } = described;
  if (!routing) {
    if (!described.unread.has("routing"))
      problems.add(
        "routing/missing",
        at(origin),
        `platform "${described.name}" does not say who is told of its alerts`,
        {
          fix: "add a part with routing: defineRouting({ receivers, routes, heartbeat })",
        },
      );
    return {
      routes: { critical: [], warning: [] },
      escalation: [],
      muteTimes: [],
      heartbeat: "",
      meets: [],
      origin,
    };
  }
  const { spec } = routing;
  for (const severity of ["critical", "warning"] as const) {
    references.checkAll("receivers", spec.routes[severity], at(routing.origin, "routes", severity));
  }
  references.check("receivers", spec.heartbeat, at(routing.origin, "heartbeat"));
  checkEscalation({ references, problems }, routing);
  return {
    routes: spec.routes,
    escalation: spec.escalation.map(({ after, to }) => ({ after, afterSeconds: secondsOf(after), to })),
    muteTimes: windowsOf(spec.muteTimes),
    heartbeat: spec.heartbeat,
    meets: spec.meets,
    origin: routing.origin,
  };
}

function checkEscalation(
  { references, problems }: Pick<Scope, "references" | "problems">,
  { spec, origin }: { spec: RoutingSpec; origin: Origin },
): void {
  let before = 0;
  for (const [i, { after, to }] of spec.escalation.entries()) {
    references.checkAll("receivers", to, at(origin, "escalation", i, "to"));
    const seconds = secondsOf(after);
    const place = at(origin, "escalation", i, "after");
    if (seconds <= before) {
      const earlier = i === 0 ? "the first notification" : "the step before it";
      const message = `step ${i + 1} of the escalation, after ${after}, is not later than ${earlier}`;
      problems.add("routing/escalation-order", place, message, {
        fix: "write the steps in the order in which they come, the first one later than at once",
      });
    }
    before = Math.max(before, seconds);
  }
}
