import type { Environment, Platform } from "../model/model.ts";
import { type Inhibition, inhibitions } from "./inhibitions.ts";
import { matcherText } from "./matchers.ts";
import { receiverOf } from "./receivers.ts";
import { escalationName, GROUPED_BY, platformRoute, type Route, receiverName } from "./routes.ts";
import { intervalOfFile, namedWindows } from "./time-intervals.ts";

/**
 * Alertmanager's configuration: who is told of the platform's alerts, how soon and how often. Every route and inhibition asks
 * for the platform, so that the configurations of several platforms can be put together into one.
 */
export function alertmanagerConfiguration(platform: Platform, environment: Environment): object {
  const { name } = platform;
  const windows = namedWindows(platform, environment);
  return {
    route: {
      receiver: receiverName(name, "nobody"),
      group_by: GROUPED_BY,
      routes: [routeOf(platformRoute(platform, environment))],
    },
    ...(windows.length > 0 && { time_intervals: windows.map(intervalOfFile) }),
    inhibit_rules: inhibitions(platform).map(inhibitRule),
    receivers: [
      ...toldReceivers(platform).map((told) => receiverOf(told, environment)),
      // For alerts of other platforms; this platform's own never get here.
      { name: receiverName(name, "nobody") },
    ],
  };
}

/** The receivers of the routes, each with the catalog's receivers that it tells. */
export function toldReceivers({ name, routing }: Platform) {
  const { critical, warning } = routing.routes;
  return [
    { name: receiverName(name, "critical"), receivers: critical, sendResolved: true },
    ...routing.escalation.map(({ to }, i) => ({
      name: escalationName(name, i),
      receivers: to,
      sendResolved: true,
    })),
    { name: receiverName(name, "warning"), receivers: warning, sendResolved: true },
    // A resolved Watchdog would reach the heartbeat receiver as one more sign of life.
    { name: receiverName(name, "heartbeat"), receivers: [routing.heartbeat], sendResolved: false },
  ];
}

function routeOf({ matchers, receiver, groupBy, routes, ...times }: Route): object {
  const { groupWait, groupInterval, repeatInterval, muted = [] } = times;
  return {
    matchers: matchers.map(matcherText),
    receiver,
    ...(groupBy && { group_by: groupBy }),
    ...(groupWait && { group_wait: groupWait }),
    ...(groupInterval && { group_interval: groupInterval }),
    ...(repeatInterval && { repeat_interval: repeatInterval }),
    ...(muted.length > 0 && { mute_time_intervals: muted }),
    ...(times.continue && { continue: true }),
    ...(routes && { routes: routes.map(routeOf) }),
  };
}

function inhibitRule({ source, target, equal }: Inhibition): object {
  return { source_matchers: source.map(matcherText), target_matchers: target.map(matcherText), equal };
}
