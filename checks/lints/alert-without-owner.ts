import type { Environment, Platform, ReceiverSpec } from "../../model/model.ts";
import { at } from "../../model/problems.ts";
import type { Finding, Lint } from "./lint.ts";

/** Alerts in production that reach nobody who must act: critical ones only in a chat, or sent to this very machine. */
export const alertWithoutOwner: Lint = {
  rule: "lint/alert-without-owner",
  severity: "error",
  perEnvironment: true,
  look: ({ platform }) =>
    platform.environments
      .filter(({ stage }) => stage === "prod")
      .flatMap((one) => inEnvironment(platform, one)),
};

function inEnvironment({ alerts, routing }: Platform, { name, receivers }: Environment): Finding[] {
  return (["critical", "warning"] as const).flatMap((severity): Finding[] => {
    const count = alerts.filter((alert) => alert.severity === severity).length;
    const reached = routing.routes[severity].flatMap((receiver) => receivers[receiver] ?? []);
    if (count === 0 || reached.some((receiver) => reachesSomebody(receiver, severity))) return [];
    const what = severity === "critical" ? "wake nobody" : "reach nobody";
    return [
      {
        place: at(routing.origin, "routes", severity),
        message: `in ${name} ${count} ${severity} alerts ${what}: ${routing.routes[severity].join(", ")}`,
        fix:
          severity === "critical"
            ? "route them to a pager, or to a webhook that pages"
            : "route them to a receiver that somebody reads",
      },
    ];
  });
}

function reachesSomebody(receiver: ReceiverSpec, severity: "critical" | "warning"): boolean {
  if (receiver.kind === "slack") return severity !== "critical";
  if (receiver.kind !== "webhook") return true;
  return !/^(localhost|127\.|\[::1\])/.test(new URL(receiver.url).hostname);
}
