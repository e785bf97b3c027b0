import type { Environment, Platform, ReceiverSpec } from "../model/model.ts";
import { toldReceivers } from "./alertmanager.ts";
import { type Inhibition, inhibitions } from "./inhibitions.ts";
import type { Matcher } from "./matchers.ts";
import { NOTIFICATION } from "./notification.ts";
import { type Told, webhookUrl } from "./receivers.ts";
import { platformRoute, type Route } from "./routes.ts";
import { intervalOfResource, namedWindows } from "./time-intervals.ts";

/**
 * The same routes, inhibitions and receivers as in Alertmanager's own configuration, as the spec of an AlertmanagerConfig
 * (monitoring.coreos.com/v1alpha1), by which the Prometheus operator adds them to an Alertmanager that others use too.
 */
export function alertmanagerConfigSpec(platform: Platform, environment: Environment): object {
  const windows = namedWindows(platform, environment);
  return {
    route: routeOf(platformRoute(platform, environment)),
    ...(windows.length > 0 && { muteTimeIntervals: windows.map(intervalOfResource) }),
    inhibitRules: inhibitions(platform).map(inhibitRule),
    receivers: toldReceivers(platform).map((told) => receiverOf(told, environment)),
  };
}

function routeOf({ matchers, routes, muted = [], ...route }: Route): object {
  return {
    matchers: matchers.map(matcherOf),
    ...route,
    ...(muted.length > 0 && { muteTimeIntervals: muted }),
    ...(routes && { routes: routes.map(routeOf) }),
  };
}

function inhibitRule({ source, target, equal }: Inhibition): object {
  return { sourceMatch: source.map(matcherOf), targetMatch: target.map(matcherOf), equal };
}

function matcherOf({ label, op, value }: Matcher): object {
  return { name: label, matchType: op, value };
}

function receiverOf({ name, receivers, sendResolved }: Told, environment: Environment): object {
  const integrations = new Map<string, object[]>();
  for (const receiver of receivers) {
    const spec = environment.receivers[receiver];
    if (!spec) continue;
    const [kind, settings] = integration(spec);
    integrations.set(kind, [...(integrations.get(kind) ?? []), { sendResolved, ...settings }]);
  }
  return { name, ...Object.fromEntries([...integrations].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function integration(spec: ReceiverSpec): [kind: string, settings: object] {
  switch (spec.kind) {
    case "pagerduty": {
      const { details, links, ...text } = NOTIFICATION.pagerduty;
      return [
        "pagerdutyConfigs",
        {
          routingKey: secretKey(spec.routingKey),
          ...text,
          details: Object.entries(details).map(([key, value]) => ({ key, value })),
          pagerDutyLinkConfigs: links.map(({ href, text: alt }) => ({ href, alt })),
        },
      ];
    }
    case "slack":
      return [
        "slackConfigs",
        { apiURL: secretKey(spec.webhook), channel: spec.channel, ...NOTIFICATION.slack },
      ];
    case "webhook":
      return ["webhookConfigs", { url: webhookUrl(spec.url) }];
    case "webhook-secret":
      return ["webhookConfigs", { urlSecret: secretKey(spec.address) }];
  }
}

/** A key of a Secret in the AlertmanagerConfig's own namespace. */
function secretKey({ secret, key }: { secret: string; key: string }): object {
  return { name: secret, key };
}
