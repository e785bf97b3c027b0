import type { Environment, ReceiverSpec } from "../model/model.ts";
import { NOTIFICATION } from "./notification.ts";

/** A receiver of a route: its name, and the catalog's receivers that it tells. */
export interface Told {
  name: string;
  receivers: readonly string[];
  sendResolved: boolean;
}

/** One Alertmanager receiver with the integrations of all the catalog's receivers that are named. */
export function receiverOf({ name, receivers, sendResolved }: Told, environment: Environment): object {
  const integrations = new Map<string, object[]>();
  for (const receiver of receivers) {
    const spec = environment.receivers[receiver];
    if (!spec) continue;
    const [kind, settings] = integration(spec);
    integrations.set(kind, [...(integrations.get(kind) ?? []), { send_resolved: sendResolved, ...settings }]);
  }
  return { name, ...Object.fromEntries([...integrations].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function integration(spec: ReceiverSpec): [kind: string, settings: object] {
  switch (spec.kind) {
    case "pagerduty":
      return [
        "pagerduty_configs",
        { routing_key_file: secretFile(spec.routingKey), ...NOTIFICATION.pagerduty },
      ];
    case "slack": {
      const { titleLink, ...text } = NOTIFICATION.slack;
      const { channel, webhook } = spec;
      return [
        "slack_configs",
        { api_url_file: secretFile(webhook), channel, ...text, title_link: titleLink },
      ];
    }
    case "webhook":
      return ["webhook_configs", { url: webhookUrl(spec.url) }];
    case "webhook-secret":
      return ["webhook_configs", { url_file: secretFile(spec.address) }];
  }
}

/** Newer versions of Alertmanager read the URL as a template: its braces are encoded. */
export function webhookUrl(url: string): string {
  return url.replaceAll("{", "%7B").replaceAll("}", "%7D");
}

/** Where the Prometheus operator mounts the Secrets that an Alertmanager resource names. */
function secretFile({ secret, key }: { secret: string; key: string }): string {
  return `/etc/alertmanager/secrets/${secret}/${key}`;
}
