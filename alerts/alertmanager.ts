import type { Environment, Platform } from "../model/model.ts";
import { receiverOf } from "./receivers.ts";

// Each alert of a service is told for itself: a second one need not wait for the first one's interval.
const GROUPED_BY = ["platform", "service", "alertname"];

/**
 * Alertmanager's configuration: who is told of the platform's alerts, how soon and how often. Every route and inhibition asks
 * for the platform, so that the configurations of several platforms can be put together into one.
 */
export function alertmanagerConfiguration(platform: Platform, environment: Environment): object {
  const { name, routing } = platform;
  const of = (severity: string) => `${name}/${severity}`;
  const { critical, warning } = routing.routes;
  return {
    route: {
      receiver: of("nobody"),
      group_by: GROUPED_BY,
      routes: [platformRoute(name, of)],
    },
    inhibit_rules: inhibitions(name),
    receivers: [
      receiverOf(of("critical"), critical, { environment, sendResolved: true }),
      receiverOf(of("warning"), warning, { environment, sendResolved: true }),
      // A resolved Watchdog would reach the heartbeat receiver as one more sign of life.
      receiverOf(of("heartbeat"), [routing.heartbeat], { environment, sendResolved: false }),
      // For alerts of other platforms; this platform's own never get here.
      { name: of("nobody") },
    ],
  };
}

function platformRoute(platform: string, of: (severity: string) => string): object {
  return {
    matchers: [matcher("platform", platform)],
    // An alert of a severity that no route below names is told like a warning, rather than to nobody.
    receiver: of("warning"),
    group_by: GROUPED_BY,
    group_wait: "30s",
    group_interval: "5m",
    repeat_interval: "12h",
    routes: [
      {
        matchers: [matcher("severity", "none"), matcher("alertname", "Watchdog")],
        receiver: of("heartbeat"),
        group_wait: "0s",
        group_interval: "1m",
        repeat_interval: "1m",
      },
      {
        matchers: [matcher("severity", "critical")],
        receiver: of("critical"),
        group_wait: "0s",
        group_interval: "1m",
        // Alertmanager knows no acknowledgement: a silence is one. Until then the alert is told again each hour.
        repeat_interval: "1h",
      },
      { matchers: [matcher("severity", "warning")], receiver: of("warning") },
    ],
  };
}

function inhibitions(platform: string): object[] {
  const own = matcher("platform", platform);
  return [
    {
      source_matchers: [own, 'tier=~"page-.+"'],
      target_matchers: [own, 'tier=~"ticket-.+"'],
      equal: ["platform", "slo"],
    },
    {
      // Alerts without a cause have nothing in common: an empty label would count as equal.
      source_matchers: [own, matcher("severity", "critical"), 'cause=~".+"'],
      target_matchers: [own, matcher("severity", "warning"), 'cause=~".+"'],
      equal: ["platform", "service", "cause"],
    },
  ];
}

function matcher(label: string, value: string): string {
  return `${label}="${value}"`;
}
