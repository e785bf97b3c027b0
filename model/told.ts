import type { Environment, Platform, ReceiverSpec } from "./model.ts";

/** Who is told of something in environments where it is the same people. */
export interface Told {
  environments: string[];
  /** "chat (Slack #alerts)", sorted as the catalog routes them. */
  receivers: string[];
  /** Who else, the longer nobody silences it. */
  later?: { after: string; receivers: string[] }[];
}

/** Who is told of alerts of a severity, "none" meaning the Watchdog's: environments where that is the same stand together. */
export function toldOf(platform: Platform, severity: "critical" | "warning" | "none"): Told[] {
  const { routes, heartbeat, escalation } = platform.routing;
  const steps = severity === "critical" ? escalation : [];
  const names = severity === "none" ? [heartbeat] : routes[severity];
  const told = new Map<string, Told>();
  for (const environment of platform.environments) {
    const texts = (some: readonly string[]) => some.map((name) => receiverText(environment, name));
    const receivers = texts(names);
    const later = steps.map(({ after, to }) => ({ after, receivers: texts(to) }));
    const key = JSON.stringify([receivers, later]);
    const same = told.get(key) ?? { environments: [], receivers, ...(later.length > 0 && { later }) };
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
