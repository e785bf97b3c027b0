import type { Environment, Platform, ReceiverSpec } from "./model.ts";

/** Who is told of something in environments where it is the same people. */
export interface Told {
  environments: string[];
  /** "chat (Slack #alerts)", sorted as the catalog routes them. */
  receivers: string[];
}

/** Who is told of alerts of a severity, "none" meaning the Watchdog's: environments where that is the same stand together. */
export function toldOf(platform: Platform, severity: "critical" | "warning" | "none"): Told[] {
  const { routes, heartbeat } = platform.routing;
  const names = severity === "none" ? [heartbeat] : routes[severity];
  const told = new Map<string, Told>();
  for (const environment of platform.environments) {
    const receivers = names.map((name) => receiverText(environment, name));
    const key = JSON.stringify(receivers);
    const same = told.get(key) ?? { environments: [], receivers };
    same.environments.push(environment.name);
    told.set(key, same);
  }
  return [...told.values()];
}

/** A receiver as it is in an environment: its name, and where its messages go. */
export function receiverText({ receivers }: Environment, name: string): string {
  const spec = receivers[name];
  return spec ? `${name} (${addressText(spec)})` : name;
}

function addressText(spec: ReceiverSpec): string {
  switch (spec.kind) {
    case "pagerduty":
      return `PagerDuty, key ${spec.routingKey.secret}/${spec.routingKey.key}`;
    case "slack":
      return `Slack ${spec.channel}, address ${spec.webhook.secret}/${spec.webhook.key}`;
    case "webhook":
      return `webhook ${spec.url}`;
    case "webhook-secret":
      return `webhook, address ${spec.address.secret}/${spec.address.key}`;
  }
}
